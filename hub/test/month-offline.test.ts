import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeBytes32String } from 'ethers';
import { checkBooks } from '../src/journal/index.ts';
import type { Proposal } from '../src/modules/governance/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import type { Transfer } from '../src/modules/transfers/index.ts';
import type { Money } from '../src/modules/treasury/treasury.schema.ts';
import { outbox } from '../src/outbox/index.ts';
import { createDistantBuilding, type DistantBuilding } from './support/distant-building.ts';
import { createMonth, dayMs, type Month, type MonthProposal } from './support/month.ts';

interface HubInfo {
  readonly nowMs: number;
  readonly isClockTrusted: boolean;
  readonly clockSaysMs?: number;
  readonly isOnline: boolean;
  readonly offlineSinceMs?: number;
  readonly waitingCount: number;
  readonly waitingSinceMs?: number;
}
interface Settlement {
  readonly isOnline: boolean;
  readonly waiting: readonly { lane: string; count: number; oldestAtMs: number }[];
  readonly attempts: readonly { id: string; lane: string; state: string; itemCount: number; gasUsed?: number }[];
  readonly differences: readonly string[];
}

const hourMs = 3_600_000;
/** Lanes in the order in which a member's items leave. */
const ranks = ['deposits', 'transfers', 'proposals', 'orders', 'votes'];

describe('a month without internet', { timeout: 600_000 }, () => {
  let building: DistantBuilding;
  let month: Month;
  let attemptsBefore: number;
  let cutAtMs: number;
  let firstWaitsAtMs: number;
  let orderPlace = 0;
  let transferPlace = 0;
  let sentBefore: number;
  const foundersHeld = new Map<number, number>();

  const house = () => building.house;
  const info = async () => (await house().browser().get<HubInfo>('/api/hub')).body;
  const settlement = async () => (await month.holderOf('treasurer').get<Settlement>('/api/settlement')).body;
  const sortedWaiting = () => [...month.ledger.waiting].filter(([, count]) => count > 0).sort();
  const sendings = () => building.line.asked.filter(({ method }) => method === 'eth_sendRawTransaction');

  before(async () => {
    building = await createDistantBuilding();
    await house().until(() => house().hub.state().isOnline && house().hub.state().waitingCount === 0);
    month = createMonth(building);
    await month.arrive();
    attemptsBefore = (await settlement()).attempts.length;
    await building.line.setUp(false);
    await house().until(() => !house().hub.state().isOnline);
    cutAtMs = (await info()).offlineSinceMs!;
    sentBefore = sendings().length;
  });
  after(() => building.dispose());

  const waiting = () => house().hub.building!.store.read((reader) => outbox.waiting(reader));
  /** What was sent since the line was cut, in the order of its places on chain. */
  const carried = () =>
    house().hub.building!.store.read((reader) =>
      reader
        .prepare(
          `SELECT i.id, i.lane, i.seat, i.state, i.reason, t.sender_nonce AS nonce, t.gas_used AS gasUsed FROM attempts t
           JOIN attempt_items x ON x.attempt_id = t.id JOIN intents i ON i.id = x.intent_id
           WHERE t.carrier = 'chain' AND t.created_at_ms >= @sinceMs ORDER BY t.sender_nonce, i.id`,
        )
        .all<{ id: number; lane: string; seat: number | null; state: string; nonce: number; gasUsed: number }>({
          sinceMs: cutAtMs,
        }),
    );
  const step = (ms: number) => building.clock.stepBy(ms);

  async function trade(orders: number, transfers: number): Promise<void> {
    for (let count = 0; count < orders; count++) await month.fill(orderPlace++);
    for (let count = 0; count < transfers; count++, transferPlace++) {
      const from = month.seatOf(transferPlace);
      const to = month.seatOf(transferPlace + 1 + (transferPlace % 5));
      await month.send(from, to, 1_000_001 + 10_007 * (transferPlace % 13));
    }
  }

  /** The neighbours from `first` on; what the building decides is known before: proposals 1 and 3 fail. */
  async function vote(proposal: MonthProposal, first: number, count: number): Promise<void> {
    const number = month.proposals.indexOf(proposal);
    const places = Array.from({ length: count }, (_, index) => first + index);
    await Promise.all(
      places.map((place) => {
        const support = (place % 4 === 0) === (number % 2 === 1) ? 'for' : 'against';
        return month.vote(proposal, month.seatOf(place + number), support, 1 + (place % 2));
      }),
    );
  }

  /** What the demonstration opened ends too: no order reached its target, and two had voted. */
  function foundersOrdersEnd(): void {
    const theirs = (seat: number) =>
      month.orders
        .filter(({ state }) => state === 'open')
        .some(({ lines }) => lines.some((line) => line.seat === seat));
    for (const [seat, held] of foundersHeld) {
      assert.equal(theirs(seat), false);
      month.ledger.giveBack(seat, held);
    }
    month.ledger.waits('votes', 2);
  }

  /** The timetable's minute, and what its openers do then. */
  async function closeDue(): Promise<void> {
    await month.close();
    await month.closeOrders();
    const nowMs = await month.nowMs();
    for (const [number, proposal] of month.proposals.entries()) {
      const { body } = await month.phoneOf(proposal.seat).get<Proposal>(`/api/proposals/${proposal.id}`);
      if (proposal.state !== 'open' || body.closesAtMs > nowMs) continue;
      month.closeProposal(proposal, number % 2 === 0 ? 'passed' : 'rejected');
    }
  }

  /** The page tells what people did, no more and no less, and that nothing has left. */
  async function assertTruth(): Promise<void> {
    const { isOnline, offlineSinceMs, waitingCount, waitingSinceMs } = await info();
    assert.deepEqual({ isOnline, offlineSinceMs }, { isOnline: false, offlineSinceMs: cutAtMs });
    const view = await settlement();
    assert.deepEqual(view.waiting.map(({ lane, count }) => [lane, count]).sort(), sortedWaiting());
    assert.equal(
      waitingCount,
      sortedWaiting().reduce((sum, [, count]) => sum + count, 0),
    );
    assert.ok(waitingSinceMs! >= firstWaitsAtMs && waitingSinceMs! < firstWaitsAtMs + 60_000, `${waitingSinceMs}`);
    assert.equal(view.attempts.length, attemptsBefore);
    await assertMoney();
    await assertOrders();
    const health = (await house().browser().get<{ status: string; faults: unknown[] }>('/health')).body;
    assert.deepEqual([health.status, health.faults], ['ok', []]);
  }

  async function assertOrders(): Promise<void> {
    for (const order of month.orders) {
      const { body } = await month.phoneOf(order.opener).get<Order>(`/api/orders/${order.id}`);
      const record = { failed: 'void', settled: 'recorded' }[order.state as string] ?? 'here';
      assert.deepEqual([body.state, body.record], [order.state, record], `order ${body.title}`);
    }
  }

  async function assertMoney(): Promise<void> {
    for (const [seat, { available, held }] of month.ledger.purses) {
      const { availableMicros, heldMicros } = (await month.phoneOf(seat).get<Money>('/api/money')).body;
      assert.deepEqual([availableMicros, heldMicros], [available, held], `seat ${seat}`);
    }
  }

  it('has fifteen orders, fifty transfers and two proposals on its first day', async () => {
    for (const { seat } of house().people) {
      const { availableMicros, heldMicros } = (await month.phoneOf(seat).get<Money>('/api/money')).body;
      month.ledger.start(seat, { available: availableMicros, held: heldMicros });
      foundersHeld.set(seat, heldMicros);
    }
    firstWaitsAtMs = await month.nowMs();
    await month.findSuppliers(4);
    await trade(15, 50);
    await month.miss(0);
    await month.propose(month.seatOf(6), { openForDays: 4, number: { key: 'orders.markup', value: 450 } });
    await month.propose(month.seatOf(7), { openForDays: 4 });
    for (const proposal of month.proposals) await vote(proposal, 0, 20);
    await assertTruth();
  });

  it('closes what is due, takes in deposits and goes on on the ninth day', async () => {
    step(9 * dayMs);
    await month.signIn('everybody');
    await closeDue();
    foundersOrdersEnd();
    month.ledger.waits('executions');
    for (const { seat } of house().people) await month.deposit(seat, 80_000_000 + seat);
    await trade(15, 50);
    await month.miss(1);
    for (const place of [8, 9]) await month.propose(month.seatOf(place), { openForDays: 7 });
    await vote(month.proposals[2]!, 0, 20);
    await vote(month.proposals[3]!, 0, 8);
    await assertTruth();
  });

  it('loses power for days, wakes in 1970, and goes on from the newest it knows without closing anything', async () => {
    await building.stop();
    step(-building.clock.nowMs() + dayMs);
    const woken = await building.start();
    await month.arrive();
    const { isClockTrusted, clockSaysMs, nowMs } = await info();
    assert.equal(isClockTrusted, false);
    assert.ok(clockSaysMs! < 2 * dayMs, 'this is what a coordinator is asked about');
    assert.ok(Math.abs(nowMs - cutAtMs - 9 * dayMs) < 600_000, 'people go by the time of the building');
    assert.equal(woken.hub.building!.clockTrust.isTrusted(), false);
    await trade(15, 50);
    await vote(month.proposals[3]!, 8, 12);
    const late = { kind: 'text', title: 'Too early', text: 'What time is it?', openForDays: 4 };
    assert.equal((await month.phoneOf(month.seatOf(10)).post('/api/proposals', late)).body.code, 'clock_untrusted');
    await month.close();
    await assertTruth();
  });

  it('closes once, in order, what has fallen due when somebody sets the clock on the seventeenth day', async () => {
    step(cutAtMs + 17 * dayMs - building.clock.nowMs());
    assert.equal((await info()).isClockTrusted, true);
    await month.signIn('openers');
    await closeDue();
    await assertTruth();
  });

  it('has its last orders, transfers and votes', async () => {
    step(7 * dayMs);
    await month.signIn('everybody');
    await month.propose(month.seatOf(10), { openForDays: 4 });
    await vote(month.proposals[4]!, 0, 20);
    await trade(15, 50);
    await assertTruth();
    step(6 * dayMs);
    await month.signIn('openers');
    await closeDue();
    await assertTruth();
    const settling = month.orders.filter(({ state }) => state === 'executing');
    assert.ok(settling.length >= 60 && month.suppliers.length >= 4);
    assert.equal(settling.flatMap(({ lines }) => lines).length, 1000);
    assert.equal(month.transfers.length, 200);
    assert.equal(month.proposals.flatMap(({ ballots }) => ballots).length, 100);
  });

  it('settles all of it in at most forty transactions when the line is back', async (t) => {
    // What was closed last has waited for company as long as its lane lets it.
    step(7 * hourMs);
    await building.passTime();
    const beganMs = performance.now();
    await building.line.setUp(true);
    await house().until(() => waiting().every(({ lane }) => lane === 'executions'));
    const sent = new Set(
      sendings()
        .slice(sentBefore)
        .map(({ params }) => String(params[0])),
    );
    t.diagnostic(`${sent.size} transactions in ${Math.round(performance.now() - beganMs)} ms`);
    for (const [lane, items] of Map.groupBy(carried(), (item) => item.lane))
      t.diagnostic(`${lane}: ${items.length} items in ${new Set(items.map(({ nonce }) => nonce)).size} transactions`);
    assert.ok(sent.size <= 40, `${sent.size} transactions`);
    for (const raw of sent) assert.ok((raw.length - 2) / 2 < 65_536, 'a message of Filecoin has at most 64 KiB');
  });

  it('carried each of it once, and nobody’s later before their earlier', () => {
    const items = carried();
    assert.equal(new Set(items.map(({ id }) => id)).size, items.length, 'nothing twice');
    assert.deepEqual([...new Set(items.map(({ state }) => state))], ['final']);
    for (const own of Map.groupBy(items, ({ seat }) => seat).values()) {
      const inOrder = own.filter(({ seat }) => seat !== null).sort((a, b) => a.id - b.id);
      for (const [index, later] of inOrder.entries()) {
        const before = inOrder.slice(0, index).filter(({ lane }) => ranks.indexOf(lane) < ranks.indexOf(later.lane));
        for (const one of before)
          assert.ok(one.nonce < later.nonce, `${one.lane} ${one.id}, ${later.lane} ${later.id}`);
      }
    }
  });

  it('shows everybody what came of it, to the micro, and that it is recorded', async () => {
    for (const { from, to, amount } of month.transfers) month.ledger.arrive(from, to, amount);
    for (const order of month.orders) if (order.state === 'executing') order.state = 'settled';
    await assertMoney();
    await assertOrders();
    for (const { seat } of house().people) {
      const { items } = (await month.phoneOf(seat).get<{ items: Transfer[] }>('/api/transfers?limit=100')).body;
      const own = month.transfers.filter(({ from, to }) => from === seat || to === seat);
      assert.deepEqual(
        items.map(({ state, amountMicros }) => `${state} ${amountMicros}`).sort(),
        own.map(({ amount }) => `recorded ${amount}`).sort(),
      );
    }
    for (const { id, ballots, state } of month.proposals) {
      for (const { seat, support, votes } of ballots) {
        const { body } = await month.phoneOf(seat).get<Proposal>(`/api/proposals/${id}`);
        const { ballot } = body.my!;
        assert.deepEqual([body.state, body.record, ballot?.record], [state, 'recorded', 'recorded']);
        assert.deepEqual([ballot?.support, ballot?.votes], [support, votes]);
      }
    }
    const view = await settlement();
    assert.deepEqual([view.isOnline, view.differences], [true, []]);
    assert.deepEqual(house().hub.building!.store.read(checkBooks), []);
    assert.equal((await info()).offlineSinceMs, undefined);
  });

  it('stands on chain as people meant it: money, orders, ballots', async () => {
    for (const [seat, { available, held }] of month.ledger.purses) {
      const key = await building.ask<string>('SeatRegistry', 'keyOf', seat);
      assert.deepEqual([Number(await building.ask('FoodUSD', 'balanceOf', key)), held], [available, 0], `seat ${seat}`);
    }
    const settled = await building.events('GroupBuying', 'OrderSettled');
    const meant = month.orders.filter(({ state }) => state === 'settled').map(({ total }) => total);
    assert.deepEqual(settled.map(({ newTotal }) => Number(newTotal)).sort(), meant.sort());
    assert.deepEqual(await building.events('GroupBuying', 'OrderSkipped'), []);
    const recorded = await building.events('CoopGovernor', 'ProposalRecorded');
    for (const { seat: proposer, ballots } of month.proposals) {
      const { id } = recorded.findLast((event) => Number(event.proposer) === proposer)!;
      for (const { seat, support, votes } of ballots) {
        const word = await building.ask<bigint>('CoopGovernor', 'ballotWord', id, seat >> 4);
        const ballot = Number((word >> BigInt((seat & 15) * 16)) & 0xffffn);
        assert.equal(ballot, (1 << 8) | ((support === 'for' ? 1 : 0) << 4) | votes, `seat ${seat}`);
      }
    }
  });

  it('carries out what was decided when its time has come, and then nothing waits', async () => {
    step(53 * dayMs);
    await building.passTime();
    await house().until(() => waiting().length === 0);
    assert.equal(Number(await building.ask('Parameters', 'get', encodeBytes32String('orders.markup'))), 450);
    const { waitingCount, waitingSinceMs } = await info();
    assert.deepEqual([waitingCount, waitingSinceMs], [0, undefined]);
  });
});
