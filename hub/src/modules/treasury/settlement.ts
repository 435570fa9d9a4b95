import { checkBooks } from '../../journal/index.ts';
import { type AttemptSummary, outbox, recentAttempts } from '../../outbox/index.ts';
import type { Actor, Hex, Reader, Reads, SeatNumber, Store } from '../../platform/ports/index.ts';
import {
  clearingOnChain,
  expectedOnChain,
  type ForeignMovement,
  foreignMovements,
  issuedOnChain,
  type SeatAmount,
} from './treasury.store.ts';

export interface SettlementDeps {
  readonly store: Store;
  readonly reads: () => Reads | undefined;
  /** Why nothing is sent at the moment, or undefined. */
  readonly unavailable: () => Promise<string | undefined>;
  /** Every seat with all of its keys: what lies at a former one is the seat's. */
  readonly seats: (reader: Reader) => readonly { seat: SeatNumber; addresses: readonly Hex[] }[];
  /** The co-op's clearing account; undefined until there is a chain. */
  readonly clearing: () => Hex | undefined;
  /** Charges that the chain has not finally taken yet, per seat; the modules below tell. */
  readonly unsettledCharges: (reader: Reader) => readonly SeatAmount[];
  /** Lines of orders that a restore brought back and the chain settled without. */
  readonly leftOver: (reader: Reader, sinceMs: number) => SettlementView['leftOver'];
  readonly nowMs: () => number;
  /** How far a restored hub's comparison with its chain is; undefined when there is none. */
  readonly catchingUp: () => SettlementView['catchingUp'];
  /** Lets people act again before the chain could be read. */
  readonly release: (actor: Actor, idempotencyKey: string) => Promise<void>;
}

/** A code of the outbox, and how many wait because of it. */
export interface WaitReason {
  readonly reason: string;
  readonly count: number;
}

export interface SettlementView {
  readonly isOnline: boolean;
  readonly reason?: string;
  readonly waiting: readonly { lane: string; count: number; oldestAtMs: number; reasons: readonly WaitReason[] }[];
  readonly attempts: readonly AttemptSummary[];
  readonly supplyMicros?: number;
  readonly reserveMicros?: number;
  readonly journalMicros: number;
  readonly differences: readonly string[];
  readonly leftOver: readonly { title: string; orderId: string; seat: SeatNumber; amountMicros: number }[];
  readonly foreign: readonly ForeignMovement[];
  readonly catchingUp?: {
    readonly restoredAtMs?: number;
    readonly takenAtMs?: number;
    readonly releasedAtMs?: number;
    readonly isHolding: boolean;
    readonly readBlock?: number;
    readonly toBlock?: number;
  };
}

/** How long the treasurer reads of what the hub cannot explain. */
const unexplainedForMs = 45 * 24 * 60 * 60 * 1000;

/** What waits, what was sent and whether the journal and the finalized chain agree, seat by seat. */
export async function settlementView(deps: SettlementDeps): Promise<SettlementView> {
  const { store } = deps;
  const sinceMs = deps.nowMs() - unexplainedForMs;
  const local = store.read((reader) => ({
    waiting: outbox.waiting(reader),
    reasons: outbox.waitingReasons(reader),
    attempts: recentAttempts(reader, 'chain', 50),
    wrong: checkBooks(reader),
    expected: expectedOnChain(reader, deps.unsettledCharges(reader)),
    clearingMicros: clearingOnChain(reader, deps.unsettledCharges(reader)),
    issuedMicros: issuedOnChain(reader),
    seats: deps.seats(reader),
    leftOver: deps.leftOver(reader, sinceMs),
    foreign: foreignMovements(reader, sinceMs),
  }));
  const view = {
    waiting: local.waiting.map((lane) => ({
      ...lane,
      reasons: local.reasons.filter((row) => row.lane === lane.lane).map(({ reason, count }) => ({ reason, count })),
    })),
    attempts: local.attempts,
    journalMicros: local.issuedMicros,
    leftOver: local.leftOver,
    foreign: local.foreign,
    catchingUp: deps.catchingUp(),
  };
  const reason = await deps.unavailable();
  const reads = deps.reads();
  if (reason || !reads) return { ...view, isOnline: false, reason, differences: local.wrong };
  const of = (fn: string, args: unknown[] = []) =>
    reads.read<bigint>({ contract: 'FoodUSD', fn, args }, 'finalized').then(Number);
  const clearing = deps.clearing();
  const [supplyMicros, reserveMicros, clearingMicros, ...balances] = await Promise.all([
    of('totalSupply'),
    of('attestedReserve'),
    clearing ? of('balanceOf', [clearing]) : local.clearingMicros,
    ...local.seats.map(async ({ addresses }) => {
      const each = await Promise.all(addresses.map((address) => of('balanceOf', [address])));
      return each.reduce((sum, micros) => sum + micros, 0);
    }),
  ]);
  const differences = local.seats.flatMap(({ seat }, index) => {
    const expected = local.expected.get(seat) ?? 0;
    return balances[index] === expected ? [] : [`seat ${seat}: journal ${expected}, chain ${balances[index]}`];
  });
  if (clearingMicros !== local.clearingMicros)
    differences.push(`clearing account: journal ${local.clearingMicros}, chain ${clearingMicros}`);
  return { ...view, isOnline: true, supplyMicros, reserveMicros, differences: [...local.wrong, ...differences] };
}
