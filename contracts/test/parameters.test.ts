import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, encodeBytes32String, ZeroAddress } from 'ethers';
import { factoryOf, interfaceOf } from '../deploy/artifact.ts';
import { boardroomOf } from './support/boardroom.ts';
import { type Building, createBuilding } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';

const key = encodeBytes32String;
const MARKUP = key('orders.markup');
const CAP = key('lock.cap');
const founding = [
  { key: MARKUP, value: 300n, least: 0n, most: 2_000n },
  { key: CAP, value: 100_000_000n, least: 1n, most: 10n ** 12n },
];

describe('the building’s numbers', () => {
  let building: Building;
  let room: ReturnType<typeof boardroomOf>;
  let parameters: Contract;
  let back: () => Promise<void>;
  const deployed = async (list: readonly object[]): Promise<Contract> => {
    const { deployer, manager, at } = building;
    const implementation = await factoryOf('Parameters', deployer).deploy();
    await implementation.waitForDeployment();
    const initialize = interfaceOf('Parameters').encodeFunctionData('initialize', [manager.target, list]);
    const proxy = await factoryOf('ERC1967Proxy', deployer).deploy(implementation.target, initialize);
    await proxy.waitForDeployment();
    return at('Parameters', String(proxy.target));
  };
  before(async () => {
    building = await createBuilding({ members: 1 });
    room = boardroomOf(building);
    parameters = await deployed(founding);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const read = (fn: string, ...args: unknown[]): Promise<unknown> => parameters.getFunction(fn)(...args);
  const refused = (call: Promise<unknown>): Promise<string> => revertOf(parameters, call);
  /** As the admin: two board keys, announced for seven days. */
  const change = (fn: string, ...args: unknown[]) =>
    room.delayed(parameters.target, parameters.interface.encodeFunctionData(fn, args));

  it('are read one by one or together, with their bounds', async () => {
    assert.equal(await read('get', MARKUP), 300n);
    assert.deepEqual([...((await read('getAll', [CAP, MARKUP, CAP])) as bigint[])], [100_000_000n, 300n, 100_000_000n]);
    assert.deepEqual([...((await read('getAll', [])) as bigint[])], []);
    assert.deepEqual([...((await read('boundsOf', MARKUP)) as bigint[])], [0n, 2_000n]);
    assert.deepEqual([...((await read('keys')) as string[])], [MARKUP, CAP]);
  });

  it('that nobody declared are refused, not zero', async () => {
    const unknown = key('orders.mark-up');
    for (const call of [
      () => read('get', unknown),
      () => read('getAll', [MARKUP, unknown]),
      () => read('boundsOf', unknown),
      () => change('set', unknown, 1),
    ])
      assert.equal(await refused(call()), `UnknownParameter(${unknown})`);
  });

  it('change within their bounds, and say so', async () => {
    const { manager } = building;
    for (const value of [0n, 2_000n]) {
      const before = (await read('get', MARKUP)) as bigint;
      const receipt = await change('set', MARKUP, value);
      assert.deepEqual(eventsOf(parameters, receipt, 'ParameterSet'), [
        { key: MARKUP, oldValue: before, newValue: value, by: manager.target },
      ]);
      assert.equal(await read('get', MARKUP), value);
    }
    assert.equal(await refused(change('set', MARKUP, 2_001)), `ParameterOutOfBounds(${MARKUP},2001,0,2000)`);
    assert.equal(await refused(change('set', CAP, 0)), `ParameterOutOfBounds(${CAP},0,1,${10n ** 12n})`);
    assert.equal(await read('get', CAP), 100_000_000n);
  });

  it('are declared with new bounds without standing twice in the list', async () => {
    const receipt = await change('declare', { key: MARKUP, value: 500, least: 100, most: 600 });
    assert.deepEqual(eventsOf(parameters, receipt, 'ParameterDeclared'), [
      { key: MARKUP, oldValue: 300n, newValue: 500n, oldLeast: 0n, least: 100n, oldMost: 2_000n, most: 600n },
    ]);
    assert.deepEqual(
      [await read('get', MARKUP), ...((await read('boundsOf', MARKUP)) as bigint[])],
      [500n, 100n, 600n],
    );
    await change('declare', { key: key('garden.plantingPlan'), value: 0, least: 0, most: 2n ** 256n - 1n });
    assert.deepEqual([...((await read('keys')) as string[])], [MARKUP, CAP, key('garden.plantingPlan')]);
    const outside = { key: MARKUP, value: 700, least: 100, most: 600 };
    assert.equal(await refused(change('declare', outside)), `ParameterOutOfBounds(${MARKUP},700,100,600)`);
    const upsideDown = { key: MARKUP, value: 100, least: 100, most: 99 };
    assert.equal(await refused(change('declare', upsideDown)), `ParameterOutOfBounds(${MARKUP},100,100,99)`);
  });

  it('are changed by nobody else, and founded once', async () => {
    const { stranger, relayer, deployer, provider } = building;
    for (const wallet of [stranger, relayer, deployer]) {
      const own = parameters.connect(wallet) as Contract;
      const denied = `AccessManagedUnauthorized(${wallet.address})`;
      assert.equal(await refused(own.getFunction('set')(MARKUP, 1)), denied);
      assert.equal(await refused(own.getFunction('declare')(founding[0])), denied);
      assert.equal(await refused(own.getFunction('initialize')(wallet.address, [])), 'InvalidInitialization()');
    }
    const slot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';
    const implementation = building.at(
      'Parameters',
      `0x${(await provider.getStorage(parameters.target, slot)).slice(-40)}`,
    );
    assert.equal(
      await refused(implementation.getFunction('initialize')(stranger.address, founding)),
      'InvalidInitialization()',
    );
    assert.equal(await implementation.getFunction('authority')(), ZeroAddress);
    const broken = deployed([{ ...founding[0]!, value: 9_999n }]);
    assert.equal(await refused(broken), `ParameterOutOfBounds(${MARKUP},9999,0,2000)`);
  });
});
