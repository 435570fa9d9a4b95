import { v7 as uuidv7 } from 'uuid';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { isStoopError } from '../../platform/errors.ts';
import {
  type Hex,
  type Job,
  type OnChain,
  type Reader,
  type Reads,
  type SeatNumber,
  type SeenEvent,
  type Store,
  system,
  type Tx,
} from '../../platform/ports/index.ts';
import { subjectOf } from '../../signing/index.ts';
import { coopSeat } from '../members/index.ts';
import { type AccountLimit, microsOf, readAccount, readDefault } from './limit-reads.ts';
import { raiseMessage, raisesLane } from './limits.lanes.ts';
import {
  defaultLimit,
  dueRaises,
  knownAccounts,
  learnLimit,
  saveApply,
  saveDefaultLimit,
  setLimit,
  setRaise,
} from './limits.store.ts';
import { tellLimit } from './limits.ts';

/** The chain's clock may be behind the hub's. */
const marginMs = 60_000;
const yearMs = 365 * 86_400_000;
/** Accounts that are read at one time. */
const readMax = 50;
const actor = system('limits');

export interface LimitSightingsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly onChain: () => OnChain | undefined;
  readonly reads: () => Reads | undefined;
  readonly isClockTrusted: () => boolean;
  readonly seatOf: (reader: Reader, account: Hex) => SeatNumber | undefined;
  /** The present key of every seat. */
  readonly accounts: (reader: Reader) => readonly Hex[];
}

/** What the finalized token says of limits, and what the hub does about it. */
export function createLimitSightings(deps: LimitSightingsDeps) {
  const { store, clock } = deps;
  /** Money of a former key brings that key's limit along, and leaves a raise of the new one as it is. */
  let carried: { txHash: Hex; account: Hex } | undefined;

  const seatOf = (reader: Reader, account: Hex): SeatNumber | undefined =>
    account === deps.onChain()?.clearing ? coopSeat : deps.seatOf(reader, account);

  function tell(tx: Tx, account: Hex): void {
    const seat = seatOf(tx, account);
    if (seat !== undefined) tellLimit(tx, seat);
  }

  const handlers: Readonly<Record<string, (tx: Tx, event: SeenEvent, account: Hex) => void>> = {
    Carried(_, { txHash, args }) {
      carried = { txHash, account: args.newKey as Hex };
    },
    DailyLimitSet(tx, { txHash, args }, account) {
      setLimit(tx, account, microsOf(args.newLimit as bigint));
      const isCarried = carried?.txHash === txHash && carried.account === account;
      if (!isCarried) setRaise(tx, account);
      tell(tx, account);
    },
    DailyLimitRaiseAnnounced(tx, { args }, account) {
      setRaise(tx, account, microsOf(args.newLimit as bigint), Number(args.effectiveAt) * 1000);
      tell(tx, account);
    },
  };

  const unread = (reader: Reader): Hex[] => {
    const known = knownAccounts(reader);
    const clearing = deps.onChain()?.clearing;
    const accounts = clearing ? [clearing, ...deps.accounts(reader)] : [];
    return accounts.filter((account) => !known.has(account)).slice(0, readMax);
  };

  /** State decides: what the hub has no word of yet is read, whatever events there were before it looked. */
  async function read(): Promise<void> {
    const wanted = store.read((reader) => ({ common: defaultLimit(reader), accounts: unread(reader) }));
    const reads = deps.reads();
    if (wanted.accounts.length === 0 || !reads?.isOnline()) return;
    const told = await ask(reads, wanted).catch((error: unknown) => {
      // The line is away: whoever watches it says so, and the next look asks again.
      if (isStoopError(error, 'chain_offline') || isStoopError(error, 'chain_refused')) return undefined;
      throw error;
    });
    if (!told) return;
    await store.act({ name: 'limits.read', actor }, (tx) => {
      saveDefaultLimit(tx, told.common);
      for (const limit of told.limits) {
        learnLimit(tx, limit);
        tell(tx, limit.account);
      }
      tx.audit({ count: told.limits.length });
    });
  }

  /** One after the other: a public endpoint counts what it is asked in a second. */
  async function ask(reads: Reads, wanted: { common: number | undefined; accounts: readonly Hex[] }) {
    const common = wanted.common ?? (await readDefault(reads));
    const limits: AccountLimit[] = [];
    for (const account of wanted.accounts) limits.push(await readAccount(reads, account, common));
    return { common, limits };
  }

  async function apply(): Promise<void> {
    if (!deps.isClockTrusted()) return;
    const beforeMs = clock.nowMs() - marginMs;
    const onChain = deps.onChain();
    if (!onChain || store.read((reader) => dueRaises(reader, beforeMs)).length === 0) return;
    await store.act({ name: 'limits.apply', actor }, (tx) => {
      const due = dueRaises(tx, beforeMs);
      for (const { account, raisedToMicros, effectiveAtMs } of due) {
        const seat = seatOf(tx, account);
        if (seat === undefined) continue;
        const fields = { seat, account, raisedTo: raisedToMicros, effectiveAt: effectiveAtMs / 1000 };
        const intentId = outbox.add(tx, {
          lane: raisesLane,
          subject: subjectOf(onChain.hubId, 'limit-raise', uuidv7()),
          seat,
          message: raiseMessage(fields),
          // Nobody can stop it but its own account, and anybody may carry it.
          authorisations: [],
          validUntilMs: tx.nowMs + yearMs,
        });
        outbox.queue(tx, intentId);
        saveApply(tx, account, intentId);
      }
      tx.audit({ count: due.length });
    });
  }

  return {
    /** Once per finalized event, in the chain's order; inside the watcher's unit of work. */
    onEvent(tx: Tx, event: SeenEvent): void {
      if (event.contract === 'FoodUSD') handlers[event.name]?.(tx, event, event.args.account as Hex);
    },
    jobs: [
      { name: 'limits.read', run: read },
      { name: 'limits.apply', run: apply },
    ] satisfies Job[],
  };
}
