import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Building, createBuilding } from './support/building.ts';
import { DAY, GRO, type Gro, groOf, WEEK } from './support/gro.ts';
import { runs } from './support/runs.ts';

const TWO_YEARS = 2 * 365 * DAY;
const SEATS = [1, 2, 3];
const EACH = 1_000n * GRO;

interface Change {
  readonly time: number;
  readonly amount: bigint;
  readonly until: number;
}

/** The locks as plain lists of what was and when: nothing packed, nothing searched. */
class Locks {
  readonly changes = new Map<number, Change[]>();
  readonly free = new Map(SEATS.map((seat) => [seat, EACH]));

  at(seat: number, time: number): Change {
    const before = (this.changes.get(seat) ?? []).filter((each) => each.time <= time);
    return before.at(-1) ?? { time: 0, amount: 0n, until: 0 };
  }

  /** Whether the lock is taken. */
  lock(seat: number, time: number, value: bigint, until: number): boolean {
    const now = this.at(seat, time);
    const amount = now.amount + value;
    const runs = now.amount > 0n && now.until > time;
    const end = runs && until === 0 && value > 0n ? now.until : until;
    const isLongEnough = !runs ? end >= time + WEEK : value > 0n ? end >= now.until : end > now.until;
    if (value > this.free.get(seat)! || amount === 0n || !isLongEnough || end > time + TWO_YEARS) return false;
    this.free.set(seat, this.free.get(seat)! - value);
    this.put(seat, { time, amount, until: end });
    return true;
  }

  withdraw(seat: number, time: number): boolean {
    const now = this.at(seat, time);
    if (now.amount === 0n || time < now.until) return false;
    this.free.set(seat, this.free.get(seat)! + now.amount);
    this.put(seat, { time, amount: 0n, until: 0 });
    return true;
  }

  /** 1 + the share of the cap × the share of two years, in ten-thousandths, rounded down. */
  multiplier(seat: number, time: number, cap: bigint): bigint {
    const { amount, until } = this.at(seat, time);
    const left = until > time ? BigInt(until - time) : 0n;
    const counted = amount > cap ? cap : amount;
    return 10_000n + (10_000n * counted * left) / (cap * BigInt(TWO_YEARS));
  }

  private put(seat: number, change: Change): void {
    this.changes.set(seat, [...(this.changes.get(seat) ?? []), change]);
  }
}

describe('locks over any history', () => {
  let building: Building;
  let gro: Gro;
  before(async () => {
    building = await createBuilding({
      members: 3,
      config: {
        parameters: {
          'gro.perShift': { value: Number(10n * GRO) },
          'gro.seasonCapPerSeat': { value: Number(EACH) },
        },
      },
    });
    gro = groOf(building);
    await gro.reward(SEATS.map((seat) => [seat, 100] as const));
    for (const seat of SEATS) await gro.walletAt(seat);
  });
  after(() => building.close());

  const wait = fc.oneof(
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 1, max: 3 * WEEK }),
    fc.integer({ min: 1, max: TWO_YEARS }),
  );
  const length = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom(WEEK - 1, WEEK, TWO_YEARS, TWO_YEARS + 1, 0),
    fc.integer({ min: 0, max: 5 * WEEK }),
    fc.integer({ min: WEEK, max: TWO_YEARS }),
  );
  const amount = fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: 1n, max: 10n }),
    fc.bigInt({ min: 1n, max: EACH / 2n }),
    fc.constant(EACH),
  );
  const step = fc.record({
    seat: fc.constantFrom(...SEATS),
    wait,
    withdraw: fc.nat({ max: 3 }).map((die) => die === 0),
    amount,
    length,
  });
  const caps = fc.oneof(fc.constantFrom(1n, 500n * GRO), fc.bigInt({ min: 1n, max: 2n ** 64n }));

  it('are taken, refused, paid out and multiplied as a plain list of them is', async () => {
    let taken = 0;
    let refused = 0;
    let paid = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 24 }),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), caps), { minLength: 6, maxLength: 12 }),
        async (steps, questions) => {
          const back = await building.snapshot();
          const locks = new Locks();
          const start = await building.now();
          let time = start;
          for (const each of steps) {
            time += each.wait;
            await building.simulator.request('evm_setNextBlockTimestamp', [time]);
            // No length at all is an `until` of 0: leave the end as it is.
            const until = each.length === undefined ? 0 : time + each.length;
            const call = each.withdraw
              ? building.send(gro.lock, 'withdraw', each.seat)
              : gro.lockUp(each.seat, each.amount, until);
            const done = await call.then(
              () => true,
              () => false,
            );
            if (!done) await building.warpTo(time);
            const expected = each.withdraw
              ? locks.withdraw(each.seat, time)
              : locks.lock(each.seat, time, each.amount, until);
            assert.equal(done, expected, JSON.stringify({ ...each, amount: String(each.amount), time }));
            if (!done) refused += 1;
            else if (each.withdraw) paid += 1;
            else taken += 1;
          }
          let locked = 0n;
          for (const seat of SEATS) {
            const own = locks.at(seat, time);
            const found = await gro.lockStanding(seat);
            assert.deepEqual([found.amount, found.until, found.since], [own.amount, own.until, own.time]);
            assert.equal(await gro.balance(building.members[seat - 1]!.address), locks.free.get(seat));
            locked += own.amount;
          }
          assert.equal(await gro.balance(String(gro.lock.target)), locked);
          // Any moment, and the seconds around every change.
          const edges = [...locks.changes.values()].flat().flatMap((each) => [each.time - 1, each.time, each.until]);
          const moments = [
            ...questions.map(([share, cap]) => [Math.floor(start + share * (time - start)), cap] as const),
            ...edges.filter((each) => each >= start && each <= time).map((each) => [each, 500n * GRO] as const),
          ];
          for (const [moment, cap] of moments) {
            const found = await gro.multipliers(SEATS, moment, cap);
            assert.deepEqual(
              found,
              SEATS.map((seat) => locks.multiplier(seat, moment, cap)),
              `at ${moment}`,
            );
            assert.ok(found.every((each) => each >= 10_000n && each <= 20_000n));
          }
          await back();
        },
      ),
      { numRuns: runs(25), seed: 20_261_121 },
    );
    // The steps reach what they are to test.
    assert.ok(taken > 40 && refused > 40 && paid > 5, `${taken} taken, ${refused} refused, ${paid} paid out`);
  });
});
