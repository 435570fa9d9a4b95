/** What a member should have by plain sums, in micro-units. */
interface Purse {
  available: number;
  held: number;
}

/** The test's own books: what people did, added up without a line of the hub's. */
export interface MonthLedger {
  readonly purses: ReadonlyMap<number, Purse>;
  /** What should wait for the line, by lane. */
  readonly waiting: Map<string, number>;
  /** What the clearing account should have got. */
  readonly taken: () => number;
  start(seat: number, purse: Purse): void;
  deposit(seat: number, amount: number): void;
  setAside(seat: number, amount: number): void;
  giveBack(seat: number, amount: number): void;
  /** Set aside before, spent now. */
  spend(seat: number, amount: number): void;
  /** A transfer that the chain has carried. */
  arrive(from: number, to: number, amount: number): void;
  waits(lane: string, count?: number): void;
}

export function createMonthLedger(): MonthLedger {
  const purses = new Map<number, Purse>();
  const waiting = new Map<string, number>();
  const of = (seat: number): Purse => purses.get(seat)!;
  let taken = 0;
  return {
    purses,
    waiting,
    taken: () => taken,
    start(seat, { available, held }) {
      purses.set(seat, { available, held });
    },
    deposit(seat, amount) {
      of(seat).available += amount;
    },
    setAside(seat, amount) {
      of(seat).available -= amount;
      of(seat).held += amount;
    },
    giveBack(seat, amount) {
      of(seat).available += amount;
      of(seat).held -= amount;
    },
    spend(seat, amount) {
      of(seat).held -= amount;
      taken += amount;
    },
    arrive(from, to, amount) {
      of(from).held -= amount;
      of(to).available += amount;
    },
    waits(lane, count = 1) {
      waiting.set(lane, (waiting.get(lane) ?? 0) + count);
    },
  };
}
