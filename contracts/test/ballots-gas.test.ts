import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ballotGas, ballotGates } from '../bench/ballots.ts';
import { type Building, createBuilding } from './support/building.ts';
import { createVotes, type Votes } from './support/votes.ts';

describe('the gas of ballots', () => {
  let building: Building;
  let votes: Votes;
  before(async () => {
    building = await createBuilding({ members: 100 });
    votes = await createVotes(building, { parameters: { 'vote.proposalsPerSeason': 100 } });
  });
  after(() => building.close());

  it('stays within its gate in a batch', async () => {
    const fifty = await ballotGas(votes, 50, 5);
    const hundred = await ballotGas(votes, 100, 5);
    const marginal = (hundred - fifty) / 50;
    assert.ok(marginal <= ballotGates.marginal, `a further ballot: ${marginal}; 50: ${fifty}, 100: ${hundred}`);
    assert.ok(fifty <= ballotGates.fifty, `50 ballots: ${fifty}`);
  });
});
