import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeBytes32String } from 'ethers';
import type { Proposal } from '../src/modules/governance/index.ts';
import { createPin } from '../src/modules/members/index.ts';
import { outbox } from '../src/outbox/index.ts';
import { system } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import type { TestHub } from './support/create-test-hub.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

interface Settlement {
  readonly attempts: readonly { lane: string; state: string; itemCount: number }[];
}

/** One building through one decision: proposed and voted on without internet, recorded and carried out afterwards. */
describe('a vote of the building', { timeout: 300_000 }, () => {
  const clock = createMovableClock();
  let outside: OutsideBuilding;
  let house: TestHub;
  let id: string;
  /** The demonstration has a proposal of its own. */
  let sentBefore: number;

  const building = () => house.hub.building!;
  const personAt = (index: number) => house.people[index]!;
  const phoneOf = (index: number) => house.phone(personAt(index));
  const view = (seat?: number) =>
    building().store.read((reader) => building().governance.view(reader, id, { seat, roles: [] }))!;
  const waiting = () => building().store.read((reader) => outbox.waiting(reader));
  const close = () =>
    building()
      .jobs.find(({ name }) => name === 'proposals.close')!
      .run(AbortSignal.abort());
  /** Newest first. */
  const sentForVotes = async () => {
    const treasurer = await house.phone(house.personWith('treasurer'));
    const { attempts } = (await treasurer.get<Settlement>('/api/settlement')).body;
    return attempts.filter(({ lane }) => lane === 'proposals' || lane === 'votes');
  };
  const put = (browser: Browser, ballot: object, of = id) =>
    browser.put<Proposal>(`/api/proposals/${of}/ballot`, ballot);

  const passTime = async (ms: number): Promise<void> => {
    clock.stepBy(ms);
    await outside.warp(ms / 1000);
  };
  const markupOnChain = async () =>
    Number(await outside.at('Parameters').getFunction('get')(encodeBytes32String('orders.markup')));

  before(async () => {
    outside = await createOutsideBuilding({ clock });
    house = outside.house;
    const numbers = () => house.browser().get<{ items: { key: string; value: number }[] }>('/api/numbers');
    await house.until(() => waiting().length === 0);
    // The numbers come with the chain's events.
    while ((await numbers()).body.items.length === 0) await building().chain.poll();
    sentBefore = (await sentForVotes()).length;
    await outside.cutLine();
  });
  after(() => outside.dispose());

  it('opens without internet: 3 votes cost 9 credits, and nobody sees how it stands', async () => {
    const ana = await phoneOf(2);
    const { status, body } = await ana.post<Proposal>('/api/proposals', {
      kind: 'parameters',
      title: 'A higher mark-up',
      titleEs: 'Un recargo mayor',
      text: 'The fridge is old.\nIt costs us ice.',
      openForDays: 3,
      number: { key: 'orders.markup', value: 450 },
    });
    assert.equal(status, 201, JSON.stringify(body));
    id = body.id;
    assert.equal(body.record, 'here');
    assert.deepEqual(body.number, { key: 'orders.markup', value: 450, before: 300 });
    assert.equal(body.quorumCount, 8);
    for (const [index, ballot] of [
      [2, { support: 'for', votes: 3 }],
      [3, { support: 'for', votes: 5 }],
      [4, { support: 'for', votes: 1 }],
      [5, { support: 'for', votes: 2 }],
      [6, { support: 'against', votes: 5 }],
      [7, { support: 'abstain', votes: 1 }],
      [8, { support: 'for', votes: 1 }],
      [9, { support: 'for', votes: 1 }],
    ] as const) {
      const { status, body } = await put(await phoneOf(index), ballot);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.counts, undefined);
      assert.equal(body.my?.ballot?.credits, ballot.votes ** 2);
    }
    const mine = view(personAt(2).seat).my!;
    assert.deepEqual(mine, {
      ballot: { support: 'for', votes: 3, credits: 9, record: 'here', reason: undefined },
      refusal: undefined,
      seasonCredits: 100,
      // The demonstration's own vote has taken nine of this member's.
      leftCredits: 91,
      mostVotes: 5,
    });
    assert.equal(view().votedCount, 8);
    assert.equal(view().my, undefined);
  });

  it('lets a ballot be replaced until the close, and only the last one count', async () => {
    const fay = await phoneOf(6);
    const { body } = await put(fay, { support: 'against', votes: 2 });
    assert.equal(body.my?.ballot?.credits, 4);
    assert.equal(body.votedCount, 8);
  });

  it('refuses what is not a member’s own vote within their credits', async () => {
    const ana = await phoneOf(2);
    const refusal = async (browser: Browser, ballot: object, of = id) => {
      const { status, body } = await put(browser, ballot, of);
      return [status, (body as unknown as { code: string }).code];
    };
    assert.deepEqual(await refusal(ana, { support: 'for', votes: 6 }), [409, 'not_enough_credits']);
    assert.deepEqual(await refusal(ana, { support: 'for', votes: 8 }), [400, 'bad_request']);
    assert.deepEqual(await refusal(ana, { support: 'for', votes: 0 }), [400, 'bad_request']);
    assert.deepEqual(await refusal(ana, { support: 'for', votes: 1, seat: 5 }), [400, 'bad_request']);
    assert.deepEqual(await refusal(ana, { support: 'maybe', votes: 1 }), [400, 'bad_request']);
    assert.deepEqual(await refusal(house.browser(), { support: 'for', votes: 1 }), [401, 'not_signed_in']);
    const mute = await house.phone(personAt(2), { mayNotSign: true });
    assert.deepEqual(await refusal(mute, { support: 'for', votes: 1 }), [403, 'grant_needed']);
    const elsewhereId = '0190a5d2-7b1c-7c3a-9f00-000000000001';
    assert.deepEqual(await refusal(ana, { support: 'for', votes: 1 }, elsewhereId), [404, 'not_found']);

    const pin = createPin();
    const guest = { name: 'A fan', seatClass: 'guest', roles: [], pin } as const;
    const { seat } = await building().members.enrol(system('test'), guest);
    const fan = await house.phone({ seat, name: 'A fan', pin, recoveryCode: '', roles: [] });
    assert.deepEqual(await refusal(fan, { support: 'for', votes: 1 }), [403, 'not_allowed']);
    const latePin = createPin();
    const late = { name: 'New neighbour', seatClass: 'resident', roles: ['resident'], pin: latePin } as const;
    const { seat: lateSeat } = await building().members.enrol(system('test'), late);
    const newcomer = await house.phone({ seat: lateSeat, name: late.name, pin: latePin, recoveryCode: '', roles: [] });
    assert.deepEqual(await refusal(newcomer, { support: 'for', votes: 1 }), [409, 'seat_too_new']);
    assert.equal(view(personAt(2).seat).my?.ballot?.votes, 3);
  });

  it('survives a restart, and closes by the building’s clock while the line is away', async () => {
    house = await outside.restart();
    clock.stepBy(3 * dayMs - minuteMs);
    await close();
    assert.equal(view().state, 'open');
    clock.stepBy(2 * minuteMs);
    const late = await put(await phoneOf(10), { support: 'for', votes: 1 });
    assert.equal((late.body as unknown as { code: string }).code, 'proposal_closed');
    await close();
    const closed = view();
    assert.equal(closed.state, 'passed');
    assert.deepEqual(closed.counts, { for: 13, against: 2, abstain: 1, headsFor: 6, heads: 8 });
    assert.equal(closed.record, 'here');
    assert.equal(closed.executesAtMs, closed.closesAtMs + 45 * dayMs + 7 * dayMs);
    assert.deepEqual(
      // The newcomers' seats wait too.
      waiting().flatMap(({ lane, count }) => (lane === 'seats' ? [] : [`${lane} ${count}`])),
      ['executions 1', 'proposals 1', 'votes 8'],
    );
  });

  it('is recorded in two transactions once the line is back: the proposal, then every last ballot', async () => {
    await outside.joinLine();
    await outside.warp((3 * dayMs + minuteMs) / 1000);
    await house.until(() => view().record === 'recorded');
    const sent = (await sentForVotes()).slice(0, -sentBefore);
    assert.deepEqual(sent.map(({ lane, itemCount, state }) => `${lane} ${itemCount} ${state}`).sort(), [
      'proposals 1 final',
      'votes 8 final',
    ]);
    assert.equal(view(personAt(6).seat).my?.ballot?.record, 'recorded');
    assert.equal(view(personAt(6).seat).my?.ballot?.votes, 2);
    assert.equal(await markupOnChain(), 300);
  });

  it('is carried out by the hub after its delay, by nobody before', async () => {
    await passTime(45 * dayMs);
    await building().dispatcher.round();
    assert.equal(view().state, 'passed');
    assert.equal(await markupOnChain(), 300);
    await passTime(7 * dayMs + minuteMs);
    await house.until(() => view().state === 'executed' && waiting().length === 0);
    assert.equal(await markupOnChain(), 450);
    const { items } = (await house.browser().get<{ items: { key: string; value: number }[] }>('/api/numbers')).body;
    assert.equal(items.find(({ key }) => key === 'orders.markup')?.value, 450);
  });
});
