import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { demoPrivateKeys } from '@stoop/contracts/dev-chain/accounts.ts';
import { Wallet } from 'ethers';
import { checkBooks } from '../src/journal/index.ts';
import type { Proposal } from '../src/modules/governance/index.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Intent, Lane } from '../src/platform/ports/index.ts';
import { compactSignature, concat, fieldsOf, toHex, uintBytes } from '../src/signing/index.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

const dayMs = 86_400_000;
const dollar = 1_000_000;
const voters = [2, 3, 4, 5, 6, 7, 8, 9];

interface Settlement {
  readonly differences: readonly string[];
}

/** Keeps the hub from carrying ballots and what passed while `isHeld`: others do it. */
const holding = (isHeld: () => boolean) => (lane: Lane) =>
  lane.name !== 'votes' && lane.name !== 'executions'
    ? lane
    : {
        ...lane,
        preflight: async (...args: Parameters<Lane['preflight']>) =>
          isHeld() ? args[0].map(() => ({ verdict: 'not-yet', reason: 'held' }) as const) : lane.preflight(...args),
      };

/** Members' votes spend the building's money, whoever carries what they signed. */
describe('a vote on money', { timeout: 300_000 }, () => {
  const clock = createMovableClock();
  const stranger = new Wallet(demoPrivateKeys[4]!);
  let outside: OutsideBuilding;
  let id: string;
  let isHeld = false;

  const house = () => outside.house;
  const building = () => house().hub.building!;
  const read = <T>(work: Parameters<ReturnType<typeof building>['store']['read']>[0]) =>
    building().store.read(work) as T;
  const view = () => read<Proposal>((reader) => building().governance.view(reader, id, { roles: [] }));
  const intents = (lane: string): Intent[] =>
    read((reader) =>
      reader
        .prepare('SELECT public_id AS id FROM intents WHERE lane = @lane')
        .all<{ id: string }>({ lane })
        .map((row) => outbox.find(reader, row.id)!),
    );
  const availableOf = async (index: number) =>
    (await (await house().phone(house().people[index]!)).get<{ availableMicros: number }>('/api/money')).body
      .availableMicros;
  const settlement = async () =>
    (await (await house().phone(house().personWith('treasurer'))).get<Settlement>('/api/settlement')).body;
  const close = () =>
    building()
      .jobs.find(({ name }) => name === 'proposals.close')!
      .run(AbortSignal.abort());
  const isQuiet = () => read<unknown[]>((reader) => outbox.waiting(reader)).length === 0;
  const passTime = async (ms: number): Promise<void> => {
    clock.stepBy(ms);
    await outside.warp(ms / 1000);
  };
  const send = async (contract: string, fn: string, ...args: unknown[]) => {
    await outside.provider.send('hardhat_setBalance', [stranger.address, '0xde0b6b3a7640000']);
    const by = outside.at(contract).connect(stranger.connect(outside.provider)) as ReturnType<typeof outside.at>;
    await (await by.getFunction(fn)(...args)).wait();
  };
  /** Opens a spending of `amount` to that person, and lets eight neighbours agree. */
  async function agree(amountMicros: number, toSeat: number): Promise<void> {
    const proposer = await house().phone(house().people[voters[0]!]!);
    const { status, body } = await proposer.post<Proposal>('/api/proposals', {
      kind: 'spending',
      title: 'Pay for the paint',
      text: 'It was bought for the stairs.',
      openForDays: 3,
      spending: { amountMicros, toSeat },
    });
    assert.equal(status, 201, JSON.stringify(body));
    id = body.id;
    for (const index of voters) {
      const phone = await house().phone(house().people[index]!);
      const vote = await phone.put(`/api/proposals/${id}/ballot`, { support: 'for', votes: 1 });
      assert.equal(vote.status, 200);
    }
  }

  before(async () => {
    outside = await createOutsideBuilding({ clock, sabotage: { lane: holding(() => isHeld) } });
    await house().until(isQuiet);
    // The building's treasury is the governor's own account.
    await outside.moveByWallet(house().people[20]!, outside.contracts.CoopGovernor!, 30 * dollar);
    await house().until(() =>
      read<unknown>((reader) => reader.prepare("SELECT 1 FROM movements WHERE kind = 'foreign'").get()),
    );
  });
  after(() => outside.dispose());

  it('refuses what no vote may spend', async () => {
    const phone = await house().phone(house().people[2]!);
    const ask = async (more: object) => {
      const wish = { kind: 'spending', title: 'Paint', text: 'Red.', openForDays: 3, ...more };
      const { status, body } = await phone.post<{ code: string; field?: string }>('/api/proposals', wish);
      return `${status} ${body.code} ${body.field ?? ''}`.trim();
    };
    assert.equal(await ask({}), '400 bad_request spending');
    assert.equal(await ask({ spending: { amountMicros: 0 } }), '400 bad_request spending.amountMicros');
    assert.equal(await ask({ spending: { amountMicros: 1001 * dollar } }), '400 bad_request spending.amountMicros');
    assert.equal(await ask({ spending: { amountMicros: dollar, toSeat: 4711 } }), '400 bad_request spending.toSeat');
    assert.equal(await ask({ kind: 'text', spending: { amountMicros: dollar } }), '400 bad_request spending');
    assert.equal(await ask({ kind: 'roles' }), '400 bad_request kind');
  });

  it('pays the seat once the hub has carried it out, and the books still agree', async () => {
    await agree(12 * dollar, house().people[22]!.seat);
    const before = await availableOf(22);
    await passTime(3 * dayMs + 1000);
    await close();
    await house().until(() => view().record === 'recorded');
    await passTime(46 * dayMs);
    await house().until(() => view().state === 'executed' && isQuiet());
    assert.equal((await availableOf(22)) - before, 12 * dollar);
    assert.deepEqual((await settlement()).differences, []);
    assert.deepEqual(
      read<unknown>((reader) => checkBooks(reader)),
      [],
    );
  });

  it('counts and pays once what strangers carry in the hub’s place', async () => {
    await agree(5 * dollar, house().people[23]!.seat);
    const before = await availableOf(23);
    // What is signed is all that anybody needs.
    const proposal = intents('proposals').at(-1)!;
    await house().until(() => view().record === 'recorded');
    await passTime(3 * dayMs + 1000);
    isHeld = true;
    await close();
    const ballots = intents('votes').filter((intent) => intent.subject === proposal.subject);
    const packed = toHex(
      concat(
        ...ballots.map((intent) => {
          const { seat, support, votes, revision } = fieldsOf(intent.message, 'Ballot');
          const head = [uintBytes(seat, 3), uintBytes(support, 1), uintBytes(votes, 1), uintBytes(revision, 1)];
          return concat(...head, compactSignature(intent.authorisations[0]!.signature));
        }),
      ),
    );
    assert.equal(ballots.length, voters.length);
    await send('CoopGovernor', 'castBallots', proposal.subject, packed);
    await passTime(46 * dayMs);
    await send('CoopGovernor', 'execute', fieldsOf(proposal.message, 'Proposal'));
    await house().until(() => view().state === 'executed' && isQuiet());
    assert.equal(view().record, 'recorded');
    assert.ok(ballots.every((ballot) => read<Intent>((reader) => outbox.find(reader, ballot.id)!).state === 'final'));
    assert.equal((await availableOf(23)) - before, 5 * dollar);
    assert.deepEqual((await settlement()).differences, []);
  });
});
