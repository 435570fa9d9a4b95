import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, getAddress, type Wallet, ZeroAddress } from 'ethers';
import { type ContractName, interfaceOf } from '../deploy/artifact.ts';
import { boardroomOf } from './support/boardroom.ts';
import { type Building, createBuilding } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';

const DAY = 24 * 3600;
const IMPLEMENTATION_SLOT = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';

describe('an upgrade', () => {
  let building: Building;
  let room: ReturnType<typeof boardroomOf>;
  let upgradeable: [ContractName, Contract][];
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 1 });
    room = boardroomOf(building);
    upgradeable = Object.entries(building.deployment.contracts)
      .filter(([name]) => interfaceOf(name as ContractName).hasFunction('announceUpgrade'))
      .map(([name, address]) => [name as ContractName, building.at(name as ContractName, address)]);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const implementationOf = async (contract: Contract): Promise<string> =>
    getAddress(`0x${(await building.provider.getStorage(contract.target, IMPLEMENTATION_SLOT)).slice(-40)}`);
  const data = (contract: Contract, fn: string, ...args: unknown[]): string =>
    contract.interface.encodeFunctionData(fn, args);
  const announce = (contract: Contract, next: string) =>
    room.execute(contract.target, data(contract, 'announceUpgrade', next));
  const upgrade = (contract: Contract, next: string) =>
    room.execute(contract.target, data(contract, 'upgradeToAndCall', next, '0x'));
  const refused = (contract: Contract, call: Promise<unknown>): Promise<string> => revertOf(contract, call);

  it('of every contract but the immutable ones is announced, waits seven days, and is used up', async () => {
    assert.ok(upgradeable.some(([name]) => name === 'GroupBuying'));
    for (const immutable of ['SeatRegistry', 'FoodUSD', 'Board'])
      assert.ok(!upgradeable.some(([name]) => name === immutable));
    for (const [, contract] of upgradeable) {
      const next = await implementationOf(contract);
      assert.equal(await refused(contract, upgrade(contract, next)), `UpgradeNotAnnounced(${next})`);
      const receipt = await announce(contract, next);
      const effectiveAt = (await building.now()) + 7 * DAY;
      assert.deepEqual(eventsOf(contract, receipt, 'UpgradeAnnounced'), [
        { oldImplementation: ZeroAddress, implementation: next, effectiveAt: BigInt(effectiveAt) },
      ]);
      assert.deepEqual(
        [...((await contract.getFunction('announcedUpgrade')()) as unknown[])],
        [next, BigInt(effectiveAt)],
      );
      await building.warpTo(effectiveAt - 60);
      assert.equal(await refused(contract, upgrade(contract, next)), `UpgradeTooEarly(${effectiveAt})`);
      await building.warpTo(effectiveAt);
      const done = await upgrade(contract, next);
      assert.deepEqual(eventsOf(contract, done, 'Upgraded'), [{ implementation: next }]);
      assert.equal(await refused(contract, upgrade(contract, next)), `UpgradeNotAnnounced(${next})`);
      assert.deepEqual([...((await contract.getFunction('announcedUpgrade')()) as unknown[])], [ZeroAddress, 0n]);
    }
  });

  it('is announced, carried out and withdrawn by nobody but the board', async () => {
    const { stranger, deployer, relayer, board } = building;
    for (const [, contract] of upgradeable) {
      const next = await implementationOf(contract);
      await announce(contract, next);
      await building.warpTo((await building.now()) + 8 * DAY);
      for (const wallet of [stranger, deployer, relayer, board[0]!] as Wallet[]) {
        await building.simulator.request('hardhat_setBalance', [wallet.address, '0xde0b6b3a7640000']);
        const own = contract.connect(wallet.connect(building.provider)) as Contract;
        const tries: [string, ...unknown[]][] = [
          ['announceUpgrade', next],
          ['upgradeToAndCall', next, '0x'],
          ['withdrawUpgrade'],
        ];
        for (const [fn, ...args] of tries)
          assert.equal(
            await refused(contract, own.getFunction(fn)(...args)),
            `AccessManagedUnauthorized(${wallet.address})`,
          );
      }
    }
  });

  it('is to the implementation that was announced last, and to code', async () => {
    const [, contract] = upgradeable[0]!;
    const current = await implementationOf(contract);
    const other = String(building.token.target);
    await announce(contract, current);
    await announce(contract, other);
    await building.warpTo((await building.now()) + 8 * DAY);
    assert.equal(await refused(contract, upgrade(contract, current)), `UpgradeNotAnnounced(${current})`);
    assert.equal(await refused(contract, upgrade(contract, other)), `ERC1967InvalidImplementation(${other})`);
    const empty = building.stranger.address;
    assert.equal(await refused(contract, announce(contract, empty)), `NotAnImplementation(${empty})`);
    assert.equal(await implementationOf(contract), current);
  });

  it('is withdrawn by the board at once, and lapses after thirty days', async () => {
    const [, contract] = upgradeable[0]!;
    const current = await implementationOf(contract);
    const withdraw = () => room.execute(contract.target, data(contract, 'withdrawUpgrade'));
    assert.equal(await refused(contract, withdraw()), `UpgradeNotAnnounced(${ZeroAddress})`);
    await announce(contract, current);
    assert.deepEqual(eventsOf(contract, await withdraw(), 'UpgradeWithdrawn'), [{ implementation: current }]);
    await building.warpTo((await building.now()) + 8 * DAY);
    assert.equal(await refused(contract, upgrade(contract, current)), `UpgradeNotAnnounced(${current})`);
    await announce(contract, current);
    const lapsesAt = (await building.now()) + 37 * DAY;
    await building.warpTo(lapsesAt + 1);
    assert.equal(await refused(contract, upgrade(contract, current)), `UpgradeTooLate(${lapsesAt})`);
  });
});
