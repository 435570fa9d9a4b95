import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createPlace } from './place.ts';
import { tempFolder } from './test/fixture.ts';

const address = (digit: string) => `0x${digit.repeat(40)}`;
const contracts = { SeatRegistry: address('A'), FoodUSD: address('B'), GroupBuying: address('C') };
const clearing = address('D');

function placeOf(more: object, own = contracts as object) {
  const deploymentFile = join(tempFolder(), 'deployment.json');
  const hash = `0x${'ab'.repeat(32)}`;
  const file = { chainId: 314, genesisHash: hash, hubId: hash, deployedAtBlock: 7, contracts: { ...own, ...more } };
  writeFileSync(deploymentFile, JSON.stringify(file));
  return createPlace({ deploymentFile, clearing });
}

describe('the building’s place on a chain', () => {
  it('is where the registry, the token and the book are, whatever else was deployed', () => {
    const others = ['Board', 'AccessManager', 'GroToken', 'SeatLock', 'CoopGovernor', 'Parameters'];
    const place = placeOf(Object.fromEntries(others.map((name) => [name, address('E')])));
    assert.deepEqual(place.onChain(), {
      chainId: 314,
      hubId: `0x${'ab'.repeat(32)}`,
      seatRegistry: address('a'),
      foodUsd: address('b'),
      groupBuying: address('c'),
      contracts: {
        SeatRegistry: address('a'),
        FoodUSD: address('b'),
        GroupBuying: address('c'),
        ...Object.fromEntries(others.map((name) => [name, address('e')])),
      },
      clearing: address('d'),
    });
    assert.equal(place.deployment()?.contracts.CoopGovernor, address('e'));
  });

  it('is nowhere while one of the three is missing', () => {
    for (const missing of Object.keys(contracts)) {
      const own = Object.fromEntries(Object.entries(contracts).filter(([name]) => name !== missing));
      assert.equal(placeOf({ Board: address('E') }, own).onChain(), undefined, missing);
    }
  });
});
