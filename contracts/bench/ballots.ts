import { packBallots, type Votes } from '../test/support/votes.ts';

/** What must hold of ballots of up to 5 votes, which need no lock. */
export const ballotGates = { marginal: 13_000, fifty: 750_000 };

/**
 * Gas of a transaction that brings `count` first ballots of one proposal, 21,000 and calldata included: in a season that the
 * seats have not voted in yet, so that every slot is new. From 6 votes on the locks are asked, and must give that many.
 */
export async function ballotGas(votes: Votes, count: number, votesEach: number): Promise<number> {
  const { building, ballot, governor, recorded, tallyOf } = votes;
  const seasonLength = 91 * 24 * 3600;
  await building.warpTo((Math.floor((await building.now()) / seasonLength) + 1) * seasonLength + 3600);
  const { id } = await recorded();
  const items = packBallots(
    Array.from({ length: count }, (_, index) => ballot(id, index + 1, index % 3 === 0 ? 0 : 1, votesEach)),
  );
  const receipt = await building.send(governor, 'castBallots', id, items);
  const { heads } = await tallyOf(id);
  if (heads !== count) throw new Error(`Only ${heads} of ${count} ballots were counted`);
  return Number(receipt.gasUsed);
}
