import { id } from 'ethers';
import type { EscrowOrder } from '../support/escrow.ts';
import { type Money, UNLIMITED } from './money.ts';
import { type MoneyChain, NONCES, SEATS } from './money-chain.ts';
import type { Account } from './money-words.ts';
import type { Orders } from './orders.ts';

/** What a story has named so far: everything that is looked at. */
export interface Names {
  readonly accounts: string[];
  readonly orders: { order: EscrowOrder; orderId: string }[];
  readonly redemptions: string[];
  readonly deposits: string[];
}

const STATES = ['none', 'pending', 'paid', 'restored'];

const subjectsOf = (names: Names): string[] => [...new Set(names.orders.map(({ order }) => order.subject))];

/** Results of ethers as plain lists and objects. */
function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const result = value as unknown as { toObject(): Record<string, unknown> };
  try {
    const named = result.toObject();
    if (Object.keys(named).every((key) => key !== '_' && Number.isNaN(Number(key))) && Object.keys(named).length > 0) {
      return Object.fromEntries(Object.entries(named).map(([key, each]) => [key, plain(each)]));
    }
  } catch {
    // A list has no names.
  }
  return [...value].map(plain);
}

/** The chain, read at its latest block. */
export async function seen(chain: MoneyChain, names: Names): Promise<unknown> {
  const { building, lens } = chain;
  const asked = {
    accounts: names.accounts,
    seats: SEATS,
    subjects: subjectsOf(names),
    orderIds: names.orders.map(({ orderId }) => orderId),
    redemptions: names.redemptions.map((each) => id(each)),
    deposits: names.deposits.map((each) => id(each)),
    nonces: NONCES,
    minter: building.minter.address,
  };
  return plain(await lens.getFunction('look')(building.token.target, building.book.target, asked));
}

/** The same of the model. */
export function expected(money: Money, orders: Orders, names: Names): unknown {
  return {
    supply: money.supply,
    reserve: money.reserve,
    sequence: BigInt(money.sequence),
    pausedUntil: BigInt(money.pausedUntil),
    mintedToday: money.mintedToday(),
    accounts: names.accounts.map((key) => accountOf(money, money.account(key))),
    seats: SEATS.map((number) => {
      const seat = money.seats.get(number)!;
      return {
        key: seat.key,
        class: seat.retired ? 3n : 1n,
        isFrozen: seat.frozen,
        newKey: seat.change?.newKey ?? `0x${'00'.repeat(20)}`,
        changeAt: BigInt(seat.change?.at ?? 0),
        usedNonces: NONCES.map((nonce) => money.usedNonces.has(`${number} ${nonce}`)),
      };
    }),
    subjects: subjectsOf(names).map((subject) => ({
      used: SEATS.filter((seat) => money.usedSpends.has(`${subject} ${seat}`)).reduce(
        (sum, seat) => sum | (1n << BigInt(seat)),
        0n,
      ),
      taken: orders.settled.get(subject)?.total ?? 0n,
    })),
    orders: names.orders.map(({ orderId }) => {
      const found = orders.escrows.get(orderId);
      const entries = found?.entries ?? [];
      return {
        header: {
          total: found?.total ?? 0n,
          deadline: BigInt(found?.deadline ?? 0),
          count: BigInt(entries.length),
          executed: found?.executed ?? false,
        },
        entrySeats: entries.map((each) => BigInt(each?.seat ?? 0)),
        entryAmounts: entries.map((each) => each?.amount ?? 0n),
        joined: SEATS.map((seat) => found?.joined.has(seat) ?? false),
      };
    }),
    redemptions: names.redemptions.map((ref) => {
      const found = money.redemptions.get(ref);
      return {
        seat: BigInt(found?.seat ?? 0),
        amount: found?.amount ?? 0n,
        requestedAt: BigInt(found?.at ?? 0),
        state: BigInt(STATES.indexOf(found?.state ?? 'none')),
      };
    }),
    minted: names.deposits.map((ref) => money.deposits.has(ref)),
  };
}

function accountOf(money: Money, account: Account): Record<string, unknown> {
  const limit = money.limitOf(account);
  const left = limit - money.spentToday(account);
  return {
    balance: account.balance,
    leftToday: limit === UNLIMITED ? UNLIMITED : left < 0n ? 0n : left,
    limit,
    isFrozen: account.frozen,
    allowance: account.allowance,
    raisedTo: account.raise?.to ?? 0n,
    raisedAt: BigInt(account.raise?.at ?? 0),
    limitRevision: BigInt(account.limitRevision),
  };
}
