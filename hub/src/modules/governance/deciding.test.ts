import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createJournal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { system } from '../../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../../store/testing/temp-store.ts';
import { createGovernanceRoom, type GovernanceRoom } from './index.ts';
import { findProposal } from './proposals.store.ts';
import { buildingOf24 } from './testing/building.ts';

const dayMs = 86_400_000;
const against = 0;

/** A counted ballot as `BallotsCast` tells it: seat (3 bytes), 16 bits before, revision (8) | 00 | support (2) | votes (4). */
const change = (seat: number, revision: number, support: number, votes: number): string =>
  [
    seat.toString(16).padStart(6, '0'),
    '0000',
    revision.toString(16).padStart(2, '0'),
    ((support << 4) | votes).toString(16).padStart(2, '0'),
  ].join('');

// Of 24 neighbours eight must vote and five be for it; each step goes on where the one before has ended.
describe('a decision, as the chain tells of more ballots', () => {
  let nowMs = Date.UTC(2026, 2, 2);
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  let temp: TempStore;
  let room: GovernanceRoom;
  let id: string;
  let logIndex = 0;

  before(async () => {
    temp = await createTempStore(clock);
    room = createGovernanceRoom({ ...buildingOf24(temp, clock), journal: createJournal('FUSD', () => []) });
    const wish = { kind: 'spending', title: 'A trolley', text: 'For the crates.', openForDays: 3 } as const;
    const spending = { amountMicros: 90_000_000, toSeat: 3 };
    id = await room.propose({ actor: { seat: 1, roles: ['resident'] } }, { ...wish, spending });
    for (const seat of [1, 2, 3, 4, 5]) await vote(seat, 'for', 2);
    for (const seat of [6, 7, 8, 9]) await vote(seat, 'against', 1);
    nowMs += 3 * dayMs + 1;
    await room.jobs[0]!.run(AbortSignal.abort());
  });
  after(() => temp.dispose());

  const vote = (seat: number, support: 'for' | 'against', votes: number) =>
    room.vote({ actor: { seat, roles: ['resident'] } }, id, { support, votes });
  const proposal = () => temp.store.read((reader) => findProposal(reader, id))!;
  const intents = (lane: string) =>
    temp.store
      .read((reader) => outbox.ofSubject(reader, proposal().hash))
      .filter((intent) => intent.lane === lane)
      .map(({ state, reason }) => (reason ? `${state} ${reason}` : state));
  const tell = (name: string, args: object) =>
    temp.store.act({ name: 'seen', actor: system('chain') }, (tx) =>
      room.onChainEvent!(tx, {
        contract: 'CoopGovernor',
        name,
        args: { id: proposal().hash, ...args },
        txHash: `0x${'ab'.repeat(32)}`,
        logIndex: logIndex++,
        blockNumber: 1,
        atMs: nowMs,
      }),
    );
  const cast = (...changes: string[]) => tell('BallotsCast', { changes: `0x${changes.join('')}` });

  it('stands at the building’s close, and waits to be carried out', () => {
    assert.equal(proposal().state, 'passed');
    assert.deepEqual(intents('executions'), ['queued']);
  });

  it('turns when wallets have brought other ballots, and nothing is carried out', async () => {
    await cast(...[6, 7, 8, 9].map((seat) => change(seat, 2, against, 4)));
    assert.equal(proposal().state, 'rejected');
    assert.deepEqual(intents('executions'), ['void rejected']);
    assert.deepEqual(intents('votes').filter((state) => state === 'void overtaken').length, 4);
  });

  it('turns back, and is carried out once', async () => {
    await cast(change(6, 3, against, 1), change(7, 3, against, 1));
    assert.equal(proposal().state, 'rejected', '10 for, 10 against');
    await cast(change(8, 3, against, 1));
    assert.equal(proposal().state, 'passed', '10 for, 7 against');
    assert.deepEqual(intents('executions'), ['void rejected', 'queued']);
    await cast(change(9, 3, against, 1));
    assert.deepEqual(intents('executions'), ['void rejected', 'queued']);
  });

  it('does not turn by a ballot that came before the one that counts', async () => {
    await cast(change(9, 2, against, 4));
    assert.equal(proposal().state, 'passed');
  });

  it('ends when the guardian cancels it: what waits goes nowhere', async () => {
    await tell('ProposalCancelled', {});
    assert.equal(proposal().state, 'void');
    assert.deepEqual(intents('executions'), ['void rejected', 'void cancelled']);
    assert.ok(intents('votes').every((state) => state.startsWith('void')));
  });
});
