import type { Call, DeclaredCall, Hex, Readiness, Reads, SeatNumber } from '../../platform/ports/index.ts';
import { type SeatOnChain, seatsOnChain, seatWordsCall } from '../members/index.ts';
import { isMoneyPaused } from './treasury.lanes.ts';

/** Food-USD that a seat's key signed away, as the token will look at it. */
export interface Outgoing {
  readonly seat: SeatNumber;
  readonly signer: Hex;
  readonly amountMicros: number;
  /** Where it goes; undefined: to the token's own account, to be paid out by bank. */
  readonly to?: Hex;
  /** The seat that `to` was the key of when it was signed. */
  readonly toSeat?: SeatNumber;
  /** A retired seat may take its money out, and do nothing else. */
  readonly mayBeRetired?: boolean;
}

/** What is read of the chain before money is sent. */
export const outgoingCalls: readonly DeclaredCall[] = [
  seatWordsCall,
  { contract: 'FoodUSD', fn: 'balanceOf', inputs: ['address'] },
  { contract: 'FoodUSD', fn: 'leftToday', inputs: ['address'] },
  { contract: 'FoodUSD', fn: 'dailyLimitOf', inputs: ['address'] },
  { contract: 'FoodUSD', fn: 'defaultDailyLimit', inputs: [] },
  { contract: 'FoodUSD', fn: 'pausedUntil', inputs: [] },
];

const ready: Readiness = { verdict: 'ready' };
const never = (reason: string): Readiness => ({ verdict: 'never', reason });
const notYet = (reason: string): Readiness => ({ verdict: 'not-yet', reason });

interface Account {
  balance: bigint;
  left: bigint;
  readonly limit: bigint;
}

/**
 * Whether each can leave now, in the order of the batch: what an earlier one takes or brings counts for the later ones
 * (contracts/coop/foodusd/Ledger.sol, `_take`).
 */
export async function outgoingReadiness(items: readonly Outgoing[], reads: Reads, nowMs: number): Promise<Readiness[]> {
  if (await isMoneyPaused(reads, nowMs)) return items.map(() => notYet('money_paused'));
  const ledger = await ledgerOf(items, reads);
  return items.map((item) => {
    const verdict = ledger.verdictOf(item);
    if (verdict.verdict === 'ready') ledger.take(item);
    return verdict;
  });
}

/** What the chain's accounts and seats allow, and would still allow behind what was taken. */
export interface OutgoingLedger {
  verdictOf(item: Outgoing): Readiness;
  take(item: Outgoing): void;
  putBack(item: Outgoing): void;
}

/** As the token stands at the newest block, for these items. */
export async function ledgerOf(items: readonly Outgoing[], reads: Reads): Promise<OutgoingLedger> {
  const asked = items.flatMap(({ seat, toSeat }) => (toSeat === undefined ? [seat] : [seat, toSeat]));
  const [seats, finalSeats] = await Promise.all([
    seatsOnChain(reads, asked, 'latest'),
    seatsOnChain(reads, asked, 'finalized'),
  ]);
  const addresses = new Set(items.flatMap(({ signer, to }) => (to === undefined ? [signer] : [signer, to])));
  const accounts = new Map(
    await Promise.all([...addresses].map(async (address) => [address, await accountOf(reads, address)] as const)),
  );
  return {
    verdictOf(item) {
      const verdict = seatReadiness(item, seats) ?? moneyReadiness(item, accounts.get(item.signer)!);
      // What a block says that is not final may be taken back; the limit is its own member's to raise.
      const isAboutSeats = verdict.verdict === 'never' && verdict.reason !== 'above_daily_limit';
      return isAboutSeats && seatReadiness(item, finalSeats)?.verdict !== 'never' ? notYet(verdict.reason) : verdict;
    },
    take: (item) => move(item, accounts, 1n),
    putBack: (item) => move(item, accounts, -1n),
  };
}

function seatReadiness(item: Outgoing, seats: ReadonlyMap<SeatNumber, SeatOnChain>): Readiness | undefined {
  const from = seats.get(item.seat)!;
  if (!from.isRecorded) return notYet('seat_not_recorded');
  if (from.key !== item.signer) return never('key_changed');
  if (from.isRetired && !item.mayBeRetired) return never('seat_retired');
  if (from.isFrozen) return notYet('seat_frozen');
  if (item.toSeat === undefined) return undefined;
  const to = seats.get(item.toSeat)!;
  if (!to.isRecorded) return notYet('payee_not_recorded');
  // Money at a former key is in the hands of whoever has that key until somebody carries it home.
  return to.key === item.to ? undefined : never('payee_key_changed');
}

function moneyReadiness({ amountMicros }: Outgoing, { balance, left, limit }: Account): Readiness {
  const amount = BigInt(amountMicros);
  if (amount > limit) return never('above_daily_limit');
  if (balance < amount) return notYet('not_funded_yet');
  return left < amount ? notYet('daily_limit') : ready;
}

function move({ signer, to, amountMicros }: Outgoing, accounts: ReadonlyMap<Hex, Account>, sign: 1n | -1n): void {
  const amount = sign * BigInt(amountMicros);
  const from = accounts.get(signer)!;
  from.balance -= amount;
  from.left -= amount;
  if (to !== undefined) accounts.get(to)!.balance += amount;
}

/** A seat's account that the token has not met yet has the default limit all the same. */
async function accountOf(reads: Reads, address: Hex): Promise<Account> {
  const ask = (fn: string, ...args: unknown[]) => reads.read<bigint>({ contract: 'FoodUSD', fn, args }, 'latest');
  const [balance, left, own, common] = await Promise.all([
    ask('balanceOf', address),
    ask('leftToday', address),
    ask('dailyLimitOf', address),
    ask('defaultDailyLimit'),
  ]);
  const limit = own === noLimit ? common : own;
  return { balance, left: left < limit ? left : limit, limit };
}

const noLimit = 2n ** 256n - 1n;

/**
 * Asks the token what it would do with this batch: an item that it would skip all the same waits instead of costing gas
 * again and again. `okMask` has bit i for item i.
 */
export async function triedReadiness(
  verdicts: readonly Readiness[],
  batchMax: number,
  reads: Reads,
  callOf: (indexes: readonly number[]) => Call,
): Promise<Readiness[]> {
  const tried = verdicts.flatMap(({ verdict }, index) => (verdict === 'ready' ? [index] : [])).slice(0, batchMax);
  if (tried.length === 0) return [...verdicts];
  const okMask = await reads.read<bigint>(callOf(tried), 'latest');
  return verdicts.map((verdict, index) => {
    const place = tried.indexOf(index);
    return place < 0 || (okMask >> BigInt(place)) % 2n === 1n ? verdict : notYet('token_refuses');
  });
}

/** An own wallet has spent what was set aside for an item: it would wait for nothing. */
export const neverWhenShort = (verdicts: readonly Readiness[], isShort: (index: number) => boolean): Readiness[] =>
  verdicts.map((verdict, index) =>
    verdict.verdict === 'not-yet' && verdict.reason === 'not_funded_yet' && isShort(index)
      ? never('account_short')
      : verdict,
  );
