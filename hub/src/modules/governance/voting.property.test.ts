import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { outbox } from '../../outbox/index.ts';
import { systemClock } from '../../platform/clock.ts';
import { isStoopError } from '../../platform/errors.ts';
import { fieldsOf } from '../../signing/index.ts';
import { createTempStore, type TempStore } from '../../store/testing/temp-store.ts';
import type { Support } from './governance.schema.ts';
import { findProposal } from './proposals.store.ts';
import { type ProposalsDeps, propose } from './proposals.ts';
import { buildingOf24 } from './testing/building.ts';
import { vote } from './voting.ts';

const supports: readonly Support[] = ['for', 'against', 'abstain'];
const proposalCount = 6;

describe('votes cast and changed in any order', () => {
  let temp: TempStore;
  let deps: ProposalsDeps;
  let seat = 100;

  before(async () => {
    temp = await createTempStore();
    deps = buildingOf24(temp, systemClock);
  });
  after(() => temp.dispose());

  it('never take more credits than there are, and leave one ballot of each seat: the last', async () => {
    const ids: string[] = [];
    for (let turn = 1; turn <= proposalCount; turn++) {
      const wish = { kind: 'text', title: `Wish ${turn}`, text: 'Please.', openForDays: 3 } as const;
      ids.push(await propose(deps, { actor: { seat: turn, roles: ['resident'] } }, wish));
    }
    const casts = fc.array(
      fc.record({
        on: fc.nat(proposalCount - 1),
        votes: fc.integer({ min: 1, max: 7 }),
        support: fc.constantFrom(...supports),
      }),
      { minLength: 1, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(casts, async (wishes) => {
        seat += 1;
        const actor = { seat, roles: ['resident' as const] };
        const model = new Map<number, { votes: number; support: Support; revision: number }>();
        for (const { on, votes, support } of wishes) {
          const before = model.get(on);
          const others = [...model].reduce((sum, [other, own]) => sum + (other === on ? 0 : own.votes ** 2), 0);
          const isAffordable = votes ** 2 <= 25 && others + votes ** 2 <= 100;
          const isAllowed = isAffordable || votes <= (before?.votes ?? 0);
          try {
            await vote(deps, { actor }, ids[on]!, { votes, support });
            assert.ok(isAllowed, `${votes} votes were taken beside ${others} credits`);
            model.set(on, { votes, support, revision: (before?.revision ?? 0) + 1 });
          } catch (error) {
            if (!isStoopError(error, 'not_enough_credits')) throw error;
            assert.ok(!isAllowed, `${votes} votes were refused beside ${others} credits`);
          }
        }
        assert.ok([...model.values()].reduce((sum, own) => sum + own.votes ** 2, 0) <= 100);
        temp.store.read((reader) => {
          for (const [on, own] of model) {
            const { hash } = findProposal(reader, ids[on]!)!;
            const mine = outbox.ofSubject(reader, hash).filter((intent) => intent.seat === seat);
            const alive = mine.filter(({ state }) => state === 'signed');
            assert.equal(alive.length, 1);
            const { votes, support, revision } = fieldsOf(alive[0]!.message, 'Ballot');
            assert.deepEqual([votes, revision], [own.votes, own.revision]);
            assert.equal(support, { against: 0, for: 1, abstain: 2 }[own.support]);
            assert.ok(mine.every(({ state, reason }) => state === 'signed' || reason === 'replaced'));
          }
        });
      }),
      { numRuns: 40 },
    );
  });
});
