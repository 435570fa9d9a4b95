import assert from 'node:assert/strict';
import type { Order } from '../../src/modules/orders/index.ts';
import type { Browser } from './browser.ts';
import type { DistantBuilding } from './distant-building.ts';
import { createMonthLedger } from './month-ledger.ts';
import { phonesOf, twoAtATime } from './residents.ts';

export const dayMs = 86_400_000;

export interface MonthOrder {
  readonly id: string;
  readonly opener: number;
  readonly executes: 'at-target' | 'at-last-call';
  readonly lines: readonly { readonly seat: number; readonly amount: number }[];
  readonly total: number;
  /** What the page should say of it. */
  state: Order['state'];
}

export interface MonthProposal {
  readonly id: string;
  readonly seat: number;
  readonly openForDays: number;
  readonly ballots: { readonly seat: number; readonly support: 'for' | 'against'; readonly votes: number }[];
  state: 'open' | 'passed' | 'rejected';
}

/** The residents of a building without a line: what they do through its page, and what should come of it. */
export function createMonth(building: DistantBuilding) {
  const ledger = createMonthLedger();
  const orders: MonthOrder[] = [];
  const proposals: MonthProposal[] = [];
  const suppliers: string[] = [];
  const transfers: { from: number; to: number; amount: number }[] = [];
  let phones: Browser[] = [];
  const people = () => building.house.people;
  const seatOf = (place: number) => people()[place % people().length]!.seat;
  const phoneOf = (seat: number) => phones[people().findIndex((person) => person.seat === seat)]!;

  async function done<T>(answer: Promise<{ status: number; body: T }>): Promise<T> {
    const { status, body } = await answer;
    assert.ok(status < 300, JSON.stringify(body));
    return body;
  }
  /** By the page's clock, which is the hub's. */
  const nowMs = async () => (await building.house.browser().get<{ nowMs: number }>('/api/hub')).body.nowMs;
  const holderOf = (role: string) => phoneOf(building.house.personWith(role).seat);

  async function open(place: number, lineCount: number, missing: number): Promise<MonthOrder> {
    // Few open, so that few have to sign what they close.
    const opener = seatOf(3 + (place % 4));
    const unitPriceMicros = 1_100_003 + 70_001 * (place % 9);
    const lines = Array.from({ length: lineCount }, (_, index) => {
      const units = 1 + ((place + index) % 2);
      return { seat: seatOf(place * 7 + index), units, amount: units * unitPriceMicros };
    });
    const total = lines.reduce((sum, { amount }) => sum + amount, 0);
    const executes = place % 3 === 2 ? 'at-last-call' : 'at-target';
    const { id } = await done(
      phoneOf(opener).post<Order>('/api/orders', {
        title: `Order ${place + 1}`,
        supplierId: suppliers[place % suppliers.length]!,
        unit: 'bag',
        unitPriceMicros,
        unitsPerCase: 1,
        targetMicros: total + missing * unitPriceMicros,
        deadlineAtMs: (await nowMs()) + 3 * dayMs,
        executes,
      }),
    );
    const order: MonthOrder = { id, opener, executes, lines, total, state: 'open' };
    orders.push(order);
    await Promise.all(lines.map(({ seat, units }) => done(phoneOf(seat).post(`/api/orders/${id}/line`, { units }))));
    for (const { seat, amount } of lines) ledger.setAside(seat, amount);
    if (executes === 'at-target' && missing === 0) execute(order);
    return order;
  }

  function execute(order: MonthOrder): void {
    order.state = 'executing';
    for (const { seat, amount } of order.lines) ledger.spend(seat, amount);
    ledger.waits('orders', order.lines.length);
  }

  const month = {
    ledger,
    orders,
    proposals,
    transfers,
    suppliers,
    seatOf,
    phoneOf,
    holderOf,
    nowMs,
    /** New phones for everybody, as after a restart at another address. */
    async arrive() {
      phones = await phonesOf(building.house, people());
    },
    /** Everybody types the PIN again, or those who open orders do. */
    async signIn(who: 'everybody' | 'openers') {
      const isAsked = (seat: number) => who === 'everybody' || orders.some(({ opener }) => opener === seat);
      const asked = people().filter(({ seat }) => isAsked(seat));
      await twoAtATime(asked, ({ seat, pin }) => done(phoneOf(seat).post('/api/grants', { pin })));
    },
    async findSuppliers(count: number) {
      const { items } = (await building.house.browser().get<{ items: { id: string }[] }>('/api/suppliers')).body;
      suppliers.push(...items.map(({ id }) => id));
      while (suppliers.length < count) {
        const name = `Supplier ${suppliers.length + 1}`;
        suppliers.push((await done(holderOf('coordinator').post<{ id: string }>('/api/suppliers', { name }))).id);
      }
    },
    async deposit(seat: number, amountMicros: number) {
      const reference = `MONTH-${seat}`;
      await done(holderOf('treasurer').post('/api/deposits', { seat, amountMicros, reference }));
      ledger.deposit(seat, amountMicros);
      ledger.waits('deposits');
    },
    /** An order that fills up, at its target or for its last call. */
    fill: (place: number) => open(place, place % 3 === 2 ? 16 : 17, 0),
    /** An order that one unit will be missing to. */
    miss: (place: number) => open(3 * place, 4, 1),
    async send(from: number, to: number, amount: number) {
      await done(phoneOf(from).post('/api/transfers', { toSeat: to, amountMicros: amount, note: 'For the bread' }));
      transfers.push({ from, to, amount });
      ledger.setAside(from, amount);
      ledger.waits('transfers');
    },
    async propose(seat: number, wish: { openForDays: number; number?: object }) {
      const kind = wish.number ? 'parameters' : 'text';
      const body = { kind, title: 'A question', text: 'Do we want it?', ...wish };
      const { id } = await done(phoneOf(seat).post<{ id: string }>('/api/proposals', body));
      const proposal: MonthProposal = { id, seat, openForDays: wish.openForDays, ballots: [], state: 'open' };
      proposals.push(proposal);
      ledger.waits('proposals');
      return proposal;
    },
    async vote(proposal: MonthProposal, seat: number, support: 'for' | 'against', votes: number) {
      await done(phoneOf(seat).put(`/api/proposals/${proposal.id}/ballot`, { support, votes }));
      proposal.ballots.push({ seat, support, votes });
    },
    /** The timetable's minute, and what follows: openers close what reached its target. */
    async close() {
      for (const name of ['orders.close', 'proposals.close'])
        await building.house.hub.building!.jobs.find((job) => job.name === name)!.run(AbortSignal.abort());
    },
    /** What should have closed by a deadline now. */
    async closeOrders() {
      for (const order of orders.filter(({ state }) => state === 'open')) {
        if (order.executes === 'at-last-call') {
          assert.equal(await month.stateOf(order), 'awaiting-closing');
          await done(phoneOf(order.opener).post(`/api/orders/${order.id}/closing`));
          execute(order);
        } else {
          order.state = 'failed';
          for (const { seat, amount } of order.lines) ledger.giveBack(seat, amount);
        }
      }
    },
    closeProposal(proposal: MonthProposal, state: 'passed' | 'rejected') {
      proposal.state = state;
      ledger.waits('votes', proposal.ballots.length);
    },
    stateOf: async (order: MonthOrder) =>
      (await phoneOf(order.opener).get<Order>(`/api/orders/${order.id}`)).body.state,
  };
  return month;
}

export type Month = ReturnType<typeof createMonth>;
