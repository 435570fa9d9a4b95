import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { escrowOf } from './support/escrow.ts';
import { revertOf } from './support/receipts.ts';
import { registryOf } from './support/registry.ts';

describe('a board that would make a contract a member, to take what it keeps', () => {
  let building: Building;
  let registry: ReturnType<typeof registryOf>;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 2 });
    registry = registryOf(building);
    await building.fund([1, 2], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  it('gets no seat for the book, the token or any other contract, so that nothing can be carried off them', async () => {
    const { book, token, seats, deployment } = building;
    const desk = escrowOf(building);
    const order = desk.order('kept');
    await desk.bring([order, [building.spend(1, 60n * FUSD, order)]]);
    for (const address of Object.values(deployment.contracts)) {
      const seat = registry.issue([registry.guest(99, address)]);
      assert.equal(await revertOf(seats, seat), `BadKey(${address})`);
    }
    assert.equal(await revertOf(token, building.send(token, 'carry', book.target)), `NotAFormerKey(${book.target})`);
    assert.equal(await building.balanceOf(String(book.target)), 60n * FUSD);
  });

  it('nor in place of another key, at once or later', async () => {
    const { seats, members, book, simulator } = building;
    const target = String(book.target);
    assert.equal(await revertOf(seats, registry.correct(1, members[0]!.address, target)), `BadKey(${target})`);
    // A key that became a contract while its change waited.
    const next = walletOf('counterfactual');
    await registry.recoverKey(2, next);
    await simulator.request('hardhat_setCode', [next.address, '0x00']);
    await building.warpTo((await building.now()) + 7 * 24 * 3600 + 1);
    assert.equal(await revertOf(seats, registry.applyKeyChange(2)), `BadKey(${next.address})`);
  });

  it('while a wallet that delegates to code is a key like any other', async () => {
    const { seats, simulator } = building;
    const codes: [string, boolean][] = [
      [`0xef0100${'12'.repeat(20)}`, true],
      [`0x000100${'12'.repeat(20)}`, false],
      [`0x${'00'.repeat(24)}`, false],
    ];
    for (const [index, [code, isKey]] of codes.entries()) {
      const { address } = walletOf(`wallet with code ${index}`);
      await simulator.request('hardhat_setCode', [address, code]);
      const issued = registry.issue([registry.guest(50 + index, address)]);
      assert.equal(await revertOf(seats, issued), isKey ? 'did not revert' : `BadKey(${address})`, code);
    }
  });
});
