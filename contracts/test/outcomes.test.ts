import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Building, createBuilding } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';
import { registryOf } from './support/registry.ts';
import { runs } from './support/runs.ts';
import { ABSTAIN, AGAINST, createVotes, DAY, FINAL, FOR, kind, type Votes } from './support/votes.ts';

const RESIDENTS = 12;
/** The most votes that a seat can have on one proposal: 7 cost 49 of the 50 credits that a quarter of 200 is. */
const MOST = 7;

interface Vote {
  readonly support: number;
  readonly votes: number;
  readonly final: boolean;
}

/** The rule in words of its own, over a list of ballots. Shares in ten-thousandths. */
function passes(ballots: readonly Vote[], rule: { threshold: number; quorum: number; leastFor: number }): boolean {
  const sum = (support: number): number =>
    ballots.filter((each) => each.support === support).reduce((total, each) => total + each.votes, 0);
  const [yes, no] = [sum(FOR), sum(AGAINST)];
  const headsFor = ballots.filter((each) => each.support === FOR).length;
  return (
    yes > no &&
    yes / (yes + no) >= rule.threshold / 10_000 &&
    ballots.length / RESIDENTS >= rule.quorum / 10_000 &&
    headsFor >= Math.min(rule.leastFor, RESIDENTS)
  );
}

describe('the outcome', () => {
  let building: Building;
  let votes: Votes;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: RESIDENTS });
    votes = await createVotes(building, {
      parameters: {
        'vote.proposalsPerSeason': 10_000,
        'vote.quorum': 3000,
        'vote.leastFor': 5,
        'vote.text.threshold': 5000,
        'vote.roles.threshold': 6667,
      },
    });
    for (let seat = 1; seat <= RESIDENTS; seat += 1) await votes.lockNow(seat, 20_000);
    await building.warpTo((await building.now()) + 60);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const refused = (call: Promise<unknown>): Promise<string> => revertOf(votes.governor, call);
  const castList = (proposal: string, list: readonly Vote[]) =>
    votes.castAll(
      proposal,
      list.map((each, index) =>
        votes.ballot(proposal, index + 1, each.support, each.votes, { revision: each.final ? FINAL : 1 }),
      ),
    );
  const final = (support: number, count: number): Vote => ({ support, votes: count, final: true });
  const open = (support: number, count: number): Vote => ({ support, votes: count, final: false });
  /** The state after these ballots and the end of the submission. */
  const outcome = async (list: readonly Vote[], change: { kind?: number } = {}): Promise<string> => {
    const { id: proposal, content } = await votes.recorded(
      change.kind === kind.roles
        ? { kind: kind.roles, targets: [String(votes.chore.target)], calls: [votes.actCall()] }
        : {},
    );
    if (list.length > 0) assert.ok((await castList(proposal, list)).every((code) => code === 0));
    await building.warpTo(content.submissionEnd);
    return votes.stateOf(proposal);
  };

  it('is defeat without ballots, at a tie and with more against', async () => {
    assert.equal(await outcome([]), 'Defeated');
    assert.equal(await outcome([...Array(5).fill(open(FOR, 1)), open(AGAINST, 5)]), 'Defeated');
    assert.equal(await outcome([...Array(5).fill(open(FOR, 1)), open(AGAINST, 6)]), 'Defeated');
    assert.equal(await outcome([...Array(5).fill(open(FOR, 1)), open(AGAINST, 4)]), 'Waiting');
  });

  it('needs enough seats that vote, abstaining ones too', async () => {
    await votes.setParameter('vote.leastFor', 2);
    await votes.setParameter('vote.quorum', 3334);
    assert.equal(await outcome([open(FOR, 5), open(FOR, 5), open(FOR, 5), open(FOR, 5)]), 'Defeated');
    assert.equal(await outcome([open(FOR, 5), open(FOR, 5), open(ABSTAIN, 1), open(ABSTAIN, 1)]), 'Defeated');
    assert.equal(await outcome([open(FOR, 5), open(FOR, 5), ...Array(3).fill(open(ABSTAIN, 1))]), 'Waiting');
    await votes.setParameter('vote.quorum', 3333);
    assert.equal(await outcome([open(FOR, 5), open(FOR, 5), open(ABSTAIN, 1), open(AGAINST, 2)]), 'Waiting');
  });

  it('needs enough seats for it, but not more than there are', async () => {
    assert.equal(await outcome(Array(4).fill(open(FOR, 7))), 'Defeated');
    assert.equal(await outcome(Array(5).fill(open(FOR, 1))), 'Waiting');
    await votes.setParameter('vote.leastFor', 1000);
    assert.equal(await outcome([...Array(11).fill(open(FOR, 1)), open(ABSTAIN, 1)]), 'Defeated');
    assert.equal(await outcome(Array(12).fill(open(FOR, 1))), 'Waiting');
  });

  it('passes with just its share of For, and not with a ten-thousandth less', async () => {
    const sixOfTen = [open(FOR, 2), ...Array(4).fill(open(FOR, 1)), open(AGAINST, 4)];
    await votes.setParameter('vote.text.threshold', 6000);
    assert.equal(await outcome(sixOfTen), 'Waiting');
    await votes.setParameter('vote.text.threshold', 6001);
    assert.equal(await outcome(sixOfTen), 'Defeated');
  });

  it('needs its kind’s share of For', async () => {
    // 20 of 30 is under 66.67 %, 21 of 31 above it.
    const list = (yes: number) => [...Array(5).fill(open(FOR, 4)), open(FOR, yes), open(AGAINST, 5), open(AGAINST, 5)];
    await votes.setParameter('vote.roles.threshold', 6667);
    assert.equal(
      await outcome([...Array(5).fill(open(FOR, 4)), open(AGAINST, 5), open(AGAINST, 5)], { kind: kind.roles }),
      'Defeated',
    );
    assert.equal(await outcome(list(1), { kind: kind.roles }), 'Waiting');
    await votes.setParameter('vote.roles.threshold', 6666);
    assert.equal(
      await outcome([...Array(5).fill(open(FOR, 4)), open(AGAINST, 5), open(AGAINST, 5)], { kind: kind.roles }),
      'Waiting',
    );
    // A threshold under a half still is a majority.
    await votes.setParameter('vote.text.threshold', 1);
    assert.equal(await outcome([...Array(5).fill(open(FOR, 1)), open(AGAINST, 5)]), 'Defeated');
  });

  it('is what any list of ballots says by the rule', { timeout: runs(100_000) }, async () => {
    const vote = fc.record({
      support: fc.constantFrom(AGAINST, FOR, FOR, ABSTAIN),
      votes: fc.integer({ min: 1, max: MOST }),
      final: fc.boolean(),
    });
    const rules = fc.record({
      threshold: fc.constantFrom(5000, 6000, 6667),
      quorum: fc.constantFrom(0, 3000, 5000, 8334),
      leastFor: fc.constantFrom(1, 3, 5),
    });
    const property = fc.asyncProperty(fc.array(vote, { maxLength: RESIDENTS }), rules, async (list, rule) => {
      const before = await building.snapshot();
      await votes.setParameter('vote.text.threshold', rule.threshold);
      await votes.setParameter('vote.quorum', rule.quorum);
      await votes.setParameter('vote.leastFor', rule.leastFor);
      assert.equal(await outcome(list), passes(list, rule) ? 'Waiting' : 'Defeated');
      await before();
    });
    await fc.assert(property, { numRuns: runs(40), seed: 11 });
  });

  it('is early only when final ballots alone decide it, to the last vote', async () => {
    // 9 final seats with 7 each For: 63. Three others: 21 against at most.
    const { id: proposal } = await votes.recorded();
    await castList(proposal, [...Array(9).fill(final(FOR, 2))]);
    // 18 is under 21.
    assert.equal(await refused(building.send(votes.governor, 'endEarly', proposal)), `NotDecided(${proposal})`);
    const { id: equal } = await votes.recorded();
    await castList(equal, [...Array(8).fill(final(FOR, 2)), final(FOR, 5)]);
    // 21 against 21 is no majority yet; 22 is one.
    assert.equal(await refused(building.send(votes.governor, 'endEarly', equal)), `NotDecided(${equal})`);
    const { id: above } = await votes.recorded();
    await castList(above, [...Array(7).fill(final(FOR, 2)), final(FOR, 3), final(FOR, 5)]);
    const receipt = await building.send(votes.governor, 'endEarly', above);
    assert.equal(eventsOf(votes.governor, receipt, 'ProposalEndedEarly')[0]?.newEnd, BigInt(await building.now()));
    assert.equal(await votes.stateOf(above), 'Waiting');
    // It takes no ballots any more, and is not ended twice.
    const ballot = votes.ballot(above, 12, AGAINST, 7);
    assert.equal(await refused(votes.castAll(above, [ballot])), `NotOpen(${above},3)`);
    assert.equal(await refused(building.send(votes.governor, 'endEarly', above)), `NotOpen(${above},3)`);
    await building.warpTo((await building.now()) + DAY);
    assert.equal(await votes.stateOf(above), 'Executable');
  });

  it('is not early by ballots that can still be replaced, nor without the quorum and heads of final ones', async () => {
    const { id: replaceable } = await votes.recorded();
    await castList(replaceable, Array(12).fill(open(FOR, 7)));
    assert.equal(await refused(building.send(votes.governor, 'endEarly', replaceable)), `NotDecided(${replaceable})`);
    await votes.setParameter('vote.leastFor', 12);
    const { id: heads } = await votes.recorded();
    await castList(heads, [...Array(11).fill(final(FOR, 7)), open(FOR, 7)]);
    assert.equal(await refused(building.send(votes.governor, 'endEarly', heads)), `NotDecided(${heads})`);
    await votes.setParameter('vote.leastFor', 2);
    await votes.setParameter('vote.quorum', 10_000);
    const { id: quorum } = await votes.recorded();
    await castList(quorum, [...Array(11).fill(final(FOR, 7)), open(ABSTAIN, 1)]);
    assert.equal(await refused(building.send(votes.governor, 'endEarly', quorum)), `NotDecided(${quorum})`);
    assert.deepEqual(await votes.castAll(quorum, [votes.ballot(quorum, 12, ABSTAIN, 1, { revision: FINAL })]), [0]);
    await building.send(votes.governor, 'endEarly', quorum);
    assert.equal(await votes.stateOf(quorum), 'Waiting');
  });

  it('counts a seat that was frozen or came later among those that could still vote', async () => {
    const registry = registryOf(building);
    const { id: proposal } = await votes.recorded();
    await castList(proposal, [...Array(9).fill(final(FOR, 2))]);
    for (const seat of [10, 11, 12]) await registry.freeze(seat, true, 1);
    assert.equal(await refused(building.send(votes.governor, 'endEarly', proposal)), `NotDecided(${proposal})`);
  });

  it('once ended early would be the same after any further ballots', { timeout: runs(100_000) }, async () => {
    const vote = fc.record({
      support: fc.constantFrom(FOR, FOR, FOR, FOR, FOR, ABSTAIN, AGAINST),
      votes: fc.integer({ min: 1, max: MOST }),
      final: fc.constantFrom(true, true, true, true, true, true, false),
    });
    const rules = fc.record({
      threshold: fc.constantFrom(5000, 6000, 6667),
      quorum: fc.constantFrom(1000, 5000),
      leastFor: fc.constantFrom(2, 5),
    });
    let early = 0;
    const property = fc.asyncProperty(
      fc.array(vote, { minLength: 9, maxLength: RESIDENTS }),
      rules,
      async (list, rule) => {
        const before = await building.snapshot();
        await votes.setParameter('vote.text.threshold', rule.threshold);
        await votes.setParameter('vote.quorum', rule.quorum);
        await votes.setParameter('vote.leastFor', rule.leastFor);
        const { id: proposal } = await votes.recorded();
        assert.ok((await castList(proposal, list)).every((code) => code === 0));
        const said = await refused(building.send(votes.governor, 'endEarly', proposal));
        const fixed = list.filter((each) => each.final);
        const free = RESIDENTS - fixed.length;
        // Every number of the free seats that end Against, Abstain or For or stay away, with least and most votes: the sums
        // that any further ballots can reach lie between these.
        let canFail = false;
        for (let no = 0; no <= free && !canFail; no += 1)
          for (let none = 0; no + none <= free && !canFail; none += 1)
            for (const least of [1, MOST])
              for (const stays of [0, free - no - none]) {
                const rest: Vote[] = [
                  ...Array(no).fill(final(AGAINST, MOST)),
                  ...Array(none).fill(final(ABSTAIN, 1)),
                  ...Array(free - no - none - stays).fill(final(FOR, least)),
                ];
                if (!passes([...fixed, ...rest], rule)) canFail = true;
              }
        assert.equal(said, canFail ? `NotDecided(${proposal})` : 'did not revert');
        if (!canFail) early += 1;
        await before();
      },
    );
    await fc.assert(property, { numRuns: runs(60), seed: 7 });
    assert.ok(early >= 5, `only ${early} ended early`);
  });
});
