import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locks, Proposal } from '../src/modules/governance/index.ts';
import type { ShiftView } from '../src/modules/produce/index.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Browser } from './support/browser.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

const dayMs = 86_400_000;
const gro = 1_000_000;
const seatIndex = 10;

interface Refused {
  readonly code: string;
  readonly field?: string;
}

/** Somebody earns GRO in the garden, locks it, votes with more credits, and gets it back when the lock has ended. */
describe('GRO that is locked', { timeout: 300_000 }, () => {
  const clock = createMovableClock();
  let outside: OutsideBuilding;
  let firstEndMs: number;

  const building = () => outside.house.hub.building!;
  const owner = () => outside.house.people[seatIndex]!;
  const phone = () => outside.house.phone(owner());
  const isQuiet = () => building().store.read(outbox.waiting).length === 0;
  const settled = () => outside.house.until(isQuiet);
  /** What is locked the chain's events say: they may be read a moment after the request is known to be final. */
  const locks = async () => {
    await building().chain.poll();
    return (await (await phone()).get<Locks>('/api/locks')).body;
  };
  const lock = (browser: Browser, amountMicros: number, untilMs: number) =>
    browser.post<Locks & Refused>('/api/locks', { amountMicros, untilMs });
  const refusal = async (answer: Promise<{ status: number; body: Refused }>) => {
    const { status, body } = await answer;
    return [status, body.code, ...(body.field ? [body.field] : [])].join(' ');
  };
  const passTime = async (ms: number): Promise<void> => {
    clock.stepBy(ms);
    await outside.warp(ms / 1000);
  };

  before(async () => {
    outside = await createOutsideBuilding({ clock });
    const worker = await phone();
    const coordinator = await outside.house.phone(outside.house.personWith('coordinator'));
    for (let report = 0; report < 6; report++) {
      const doneOn = new Date(clock.nowMs()).toISOString().slice(0, 10);
      const { body } = await worker.post<{ items: ShiftView[] }>('/api/shifts', {
        work: 'Watering',
        shifts: 8,
        doneOn,
      });
      const open = body.items.find(({ state }) => state === 'reported')!;
      assert.equal((await coordinator.post(`/api/shifts/${open.id}/confirmation`)).status, 200);
    }
    await settled();
  });
  after(() => outside.dispose());

  it('is a resident’s own, and locked for eight days to two years', async () => {
    const { groMicros, lock: none, credits } = await locks();
    assert.deepEqual([groMicros, none, credits], [240 * gro, undefined, 100]);
    const mine = await phone();
    const now = clock.nowMs();
    assert.equal(await refusal(lock(mine, 0, now + 30 * dayMs)), '400 bad_request amountMicros');
    assert.equal(await refusal(lock(mine, -1, now + 30 * dayMs)), '400 bad_request amountMicros');
    assert.equal(await refusal(lock(mine, gro, now + 7 * dayMs)), '400 bad_request untilMs');
    assert.equal(await refusal(lock(mine, gro, now + 731 * dayMs)), '400 bad_request untilMs');
    assert.equal(await refusal(lock(mine, 241 * gro, now + 30 * dayMs)), '409 not_enough_gro');
    assert.equal(await refusal(mine.post('/api/locks/out')), '409 lock_running');
    const mute = await outside.house.phone(owner(), { mayNotSign: true });
    assert.equal(await refusal(lock(mute, gro, now + 30 * dayMs)), '403 grant_needed');
    assert.equal(await refusal(lock(outside.house.browser(), gro, now + 30 * dayMs)), '401 not_signed_in');
  });

  it('is set aside at once, without internet, and lies in the lock contract when the line is back', async () => {
    await outside.cutLine();
    const mine = await phone();
    firstEndMs = Math.floor(clock.nowMs() / 1000) * 1000 + 364 * dayMs;
    const { status, body } = await lock(mine, 100 * gro, firstEndMs);
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.groMicros, 140 * gro);
    assert.deepEqual(
      body.requests.map(({ kind, amountMicros, record }) => [kind, amountMicros, record]),
      [['lock', 100 * gro, 'here']],
    );
    // What is signed already cannot be signed again.
    assert.equal(await refusal(lock(mine, 141 * gro, firstEndMs)), '409 not_enough_gro');
    // And a lock that is still on its way is added to, not made shorter.
    assert.equal(await refusal(lock(mine, gro, firstEndMs - dayMs)), '400 bad_request untilMs');
    const more = await lock(mine, 120 * gro, clock.nowMs() + 728 * dayMs);
    assert.equal(more.status, 201, JSON.stringify(more.body));
    await outside.joinLine();
    await settled();
    const after = await locks();
    assert.deepEqual(
      after.requests.map(({ amountMicros, record }) => [amountMicros, record]),
      [
        [120 * gro, 'recorded'],
        [100 * gro, 'recorded'],
      ],
    );
    assert.equal(after.groMicros, 20 * gro);
    assert.equal(after.lock?.amountMicros, 220 * gro);
    // 220 of 500 GRO for 728 of 730 days: 100 × (1 + 0.44 × 0.997) = 143.8…
    assert.equal(after.credits, 143);
    const [amount] = await outside.at('SeatLock').getFunction('lockOf')(owner().seat);
    assert.equal(Number(amount), 220 * gro);
  });

  it('cannot be ended early, only made longer', async () => {
    const mine = await phone();
    const { lock: now } = await locks();
    assert.equal(await refusal(mine.post('/api/locks/out')), '409 lock_running');
    assert.equal(await refusal(lock(mine, 0, now!.untilMs)), '400 bad_request untilMs');
    assert.equal(await refusal(lock(mine, gro, now!.untilMs - 1000)), '400 bad_request untilMs');
    assert.equal((await lock(mine, 10 * gro, now!.untilMs)).status, 201);
    await settled();
    const after = await locks();
    assert.deepEqual([after.lock?.amountMicros, after.lock?.untilMs], [230 * gro, now!.untilMs]);
    assert.equal(after.credits, 145);
  });

  it('gives six votes on a proposal that opens afterwards, and the chain counts them', async () => {
    // Each block of the simulator is a second later than the one before: its clock runs ahead of the hub's.
    await passTime(60_000);
    await passTime(2000);
    const mine = await phone();
    const { body } = await mine.post<Proposal>('/api/proposals', {
      kind: 'text',
      title: 'Bees on the roof',
      text: 'Two hives.',
      openForDays: 3,
    });
    assert.equal(body.my?.mostVotes, 6);
    assert.equal(body.my?.seasonCredits, 145);
    const cast = (votes: number) =>
      mine.put<Proposal & Refused>(`/api/proposals/${body.id}/ballot`, { support: 'for', votes });
    assert.equal(await refusal(cast(7)), '409 not_enough_credits');
    assert.equal((await cast(6)).status, 200);
    await passTime(3 * dayMs + 1000);
    await building()
      .jobs.find(({ name }) => name === 'proposals.close')!
      .run(AbortSignal.abort());
    await settled();
    const { body: decided } = await (await phone()).get<Proposal>(`/api/proposals/${body.id}`);
    assert.deepEqual(decided.my?.ballot, { support: 'for', votes: 6, credits: 36, record: 'recorded' });
    // One seat is no quorum.
    assert.equal(decided.state, 'rejected');
  });

  it('goes back to its owner when it has ended, carried by the hub and by nobody else’s wish', async () => {
    await passTime(728 * dayMs);
    const mine = await phone();
    assert.equal((await locks()).lock?.isOver, true);
    const { status, body } = await mine.post<Locks>('/api/locks/out');
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(await refusal(mine.post('/api/locks/out')), '409 lock_running');
    await settled();
    const after = await locks();
    assert.deepEqual([after.groMicros, after.lock, after.credits], [240 * gro, undefined, 100]);
    assert.equal(after.requests[0]?.record, 'recorded');
  });
});
