import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gates } from '../bench/gas.ts';
import { settleGas } from '../bench/measure.ts';
import { type Building, createBuilding, FUSD } from './support/building.ts';

describe('gas, with messages that the hub’s own code signs', () => {
  let building: Building;
  before(async () => {
    building = await createBuilding({ members: 100 });
    const seats = building.members.map((_, index) => index + 1);
    await building.fund(seats.slice(0, 50), 100n * FUSD);
    await building.fund(seats.slice(50), 100n * FUSD);
    await settleGas(building, 999, 1);
  });
  after(() => building.close());

  it('stays within its gates', async () => {
    const fifty = await settleGas(building, 50, 50);
    const hundred = await settleGas(building, 100, 100);
    assert.ok(fifty <= gates.settle50, `50 joins: ${fifty}`);
    assert.ok((hundred - fifty) / 50 <= gates.settleMarginal, `a further join: ${(hundred - fifty) / 50}`);
  });
});
