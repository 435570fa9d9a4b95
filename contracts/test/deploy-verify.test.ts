import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, getAddress, id, type Wallet, ZeroAddress } from 'ethers';
import { type ContractName, interfaceOf } from '../deploy/artifact.ts';
import { differences, implementationOf } from '../deploy/verify.ts';
import { boardroomOf } from './support/boardroom.ts';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { revertOf } from './support/receipts.ts';

const WEEK = 7 * 24 * 3600;

/** The table of `contracts/README.md`, written down again: who has which role, and with what delay. */
const table = (building: Building): string[] => {
  const { Board, CoopGovernor } = building.deployment.contracts;
  return [
    `0 ${Board} ${WEEK}`,
    `1 ${building.relayer.address} 0`,
    `2 ${Board} 0`,
    `2 ${CoopGovernor} 0`,
    `3 ${Board} 0`,
    `4 ${building.guardian.address} 0`,
    `5 ${CoopGovernor} 0`,
  ];
};
/** And which functions are whose; every other one is the admin's. */
const functions: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  FoodUSD: { pause: 4, unpause: 3, removeMinter: 3, removeAttestor: 3 },
  GroupBuying: { settle: 1 },
  GroToken: { removeCertifier: 3, removeSteward: 3, setRecalled: 3 },
  CoopGovernor: { cancel: 4, setAllowed: 5, setGuardianUntil: 5 },
  Parameters: { set: 5, declare: 5 },
};
const upgrades = { announceUpgrade: 2, upgradeToAndCall: 2, withdrawUpgrade: 3 };
const proxies = ['GroupBuying', 'GroToken', 'SeatLock', 'CoopGovernor', 'Parameters'] as const;

describe('a deployed building', () => {
  let building: Building;
  let room: ReturnType<typeof boardroomOf>;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 2 });
    room = boardroomOf(building);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const check = (isNew = false) => {
    const { provider, deployment, config, deployer } = building;
    return differences({ provider, deployment, config, deployer: deployer.address, isNew });
  };
  const send = (method: string, ...params: unknown[]) => building.simulator.request(method, params);
  const contractsOf = (): [ContractName, string][] =>
    Object.entries(building.deployment.contracts) as [ContractName, string][];

  it('has no difference', async () => {
    assert.deepEqual(await check(true), []);
  });

  it('gives its roles to those of the table and to nobody else', async () => {
    const { manager } = building;
    const held: string[] = [];
    const everybody = await manager.queryFilter(manager.filters.RoleGranted!());
    for (const event of everybody) {
      const [role, account] = (event as unknown as { args: [bigint, string] }).args;
      const [isMember, delay] = (await manager.getFunction('hasRole')(role, account)) as [boolean, bigint];
      if (isMember) held.push(`${role} ${account} ${delay}`);
    }
    assert.deepEqual([...new Set(held)].sort(), table(building).sort());
    // The admin's was the deployer's once, and is not any more.
    assert.equal(everybody.length, table(building).length + 1);
    for (let role = 0; role <= 5; role += 1) {
      const has = await manager.getFunction('hasRole')(role, building.deployer.address);
      assert.deepEqual([...has], [false, 0n], `role ${role}`);
    }
  });

  it('lets each role call the functions of the table and no other', async () => {
    for (const [name, address] of contractsOf()) {
      const due = { ...functions[name], ...((proxies as readonly string[]).includes(name) ? upgrades : {}) };
      for (const fn of Object.keys(due)) assert.ok(interfaceOf(name).getFunction(fn), `${name}.${fn}`);
      for (const fragment of interfaceOf(name).fragments) {
        if (fragment.type !== 'function') continue;
        const { name: fn, selector } = fragment as unknown as { name: string; selector: string };
        const is = (await building.manager.getFunction('getTargetFunctionRole')(address, selector)) as bigint;
        assert.equal(Number(is), due[fn as keyof typeof due] ?? 0, `${name}.${fn}`);
      }
    }
  });

  it('is described by the README’s table of roles', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const rows = [...readme.matchAll(/^\| (\d) \| \w+ \|.*\| (.*) \|$/gm)];
    assert.deepEqual(
      rows.map(([, role]) => Number(role)),
      [0, 1, 2, 3, 4, 5],
    );
    const said = rows.slice(1).flatMap(([, role, cell]) => {
      let contract = 'of the five';
      return [...cell!.matchAll(/`(?:(\w+)\.)?(\w+)`/g)].map(([, owner, fn]) => {
        contract = owner ?? contract;
        return `${contract}.${fn} ${role}`;
      });
    });
    const due = Object.entries({ 'of the five': upgrades, ...functions }).flatMap(([name, list]) =>
      Object.entries(list).map(([fn, role]) => `${name}.${fn} ${role}`),
    );
    assert.deepEqual(said.sort(), due.sort());
  });

  it('cannot be initialized by a stranger, no proxy and nothing behind one', async () => {
    const { provider, stranger } = building;
    const calls: Record<string, readonly unknown[]> = {
      GroupBuying: [stranger.address],
      GroToken: [stranger.address, [stranger.address], [stranger.address]],
      SeatLock: [stranger.address],
      CoopGovernor: [stranger.address, []],
      Parameters: [stranger.address, []],
    };
    for (const [name, address] of contractsOf()) {
      assert.equal(interfaceOf(name).hasFunction('initialize'), name in calls, name);
      if (!calls[name]) continue;
      const implementation = await implementationOf(provider, address);
      for (const target of [address, implementation]) {
        const contract = building.at(name, target).connect(stranger) as Contract;
        assert.equal(
          await revertOf(contract, contract.getFunction('initialize')(...calls[name])),
          'InvalidInitialization()',
          `${name} at ${target}`,
        );
      }
      const behind = building.at(name, implementation);
      assert.equal(await behind.getFunction('authority')(), ZeroAddress);
      const upgrade = (behind.connect(stranger) as Contract).getFunction('upgradeToAndCall')(stranger.address, '0x');
      assert.equal(await revertOf(behind, upgrade), 'UUPSUnauthorizedCallContext()');
    }
  });

  it('is said to differ when somebody could initialize it', async () => {
    const { GroToken } = building.deployment.contracts;
    // ERC-7201 of "openzeppelin.storage.Initializable".
    const slot = '0xf0c57e16840df040f15088dc2f81fe391c3923bec73e23a9662efc9c229c6a00';
    const implementation = await implementationOf(building.provider, GroToken);
    for (const [target, title] of [
      [GroToken, 'GroToken: anybody can initialize it'],
      [implementation, 'GroToken’s code: anybody can initialize it'],
    ]) {
      const kept = await building.provider.getStorage(target!, slot);
      await send('hardhat_setStorageAt', target, slot, `0x${'0'.repeat(64)}`);
      assert.deepEqual(await check(), [title]);
      await send('hardhat_setStorageAt', target, slot, kept);
    }
    assert.deepEqual(await check(), []);
  });

  it('is said to differ for one byte of code, but not for what constructors put into it', async () => {
    const { provider, deployment } = building;
    for (const [name, address] of [
      ['SeatRegistry', deployment.contracts.SeatRegistry],
      ['SeatLock', deployment.contracts.SeatLock],
      ['SeatLock’s code', await implementationOf(provider, deployment.contracts.SeatLock)],
      ['GroToken’s issuing', String(await building.gro.getFunction('issuing')())],
    ]) {
      const code = Buffer.from((await provider.getCode(address!)).slice(2), 'hex');
      code[code.length - 60]! ^= 1;
      const kept = await provider.getCode(address!);
      await send('hardhat_setCode', address, `0x${code.toString('hex')}`);
      assert.ok((await check()).includes(`${name}: there is other code at ${address}`), name);
      await send('hardhat_setCode', address, kept);
    }
    // Committed with holes, deployed with the registry's address in them.
    const hex = (text: string) => text.toLowerCase().slice(2);
    const code = await provider.getCode(await implementationOf(provider, deployment.contracts.SeatLock));
    assert.ok(code.includes(hex(deployment.contracts.SeatRegistry)));
    assert.deepEqual(await check(), []);
  });

  it('is said to differ for a holder more or less, another delay or another giver', async () => {
    const { manager } = building;
    const thief = walletOf('thief').address;
    const guardian = building.guardian.address;
    await room.execute(manager.target, room.managed('grantRole', 1, thief, 0));
    await room.execute(manager.target, room.managed('revokeRole', 4, guardian));
    assert.deepEqual(await check(), [
      `guardian, ${guardian}: expected has it after 0 s, found has it not`,
      `relayer, ${thief}: expected has it not, found has it after 0 s`,
    ]);
    await room.delayed(manager.target, room.managed('setRoleAdmin', 1, 5));
    await room.delayed(manager.target, room.managed('setGrantDelay', 2, 60));
    await building.warpTo((await building.now()) + WEEK);
    assert.deepEqual((await check()).slice(0, 1), ['delay of giving upgrader: expected 0, found 60']);
    assert.ok((await check()).includes('who gives relayer: expected 3, found 5'));
  });

  it('is said to differ for a function more or less that a role may call', async () => {
    const { manager, deployment } = building;
    const selector = (name: ContractName, fn: string) => interfaceOf(name).getFunction(fn)!.selector;
    const set = (name: 'FoodUSD' | 'GroupBuying', fn: string, role: number) =>
      room.managed('setTargetFunctionRole', deployment.contracts[name], [selector(name, fn)], role);
    await room.delayed(manager.target, set('FoodUSD', 'setMinter', 1));
    await room.delayed(manager.target, set('GroupBuying', 'settle', 0));
    await room.delayed(manager.target, room.managed('setTargetClosed', deployment.contracts.SeatLock, true));
    assert.deepEqual(await check(), [
      'SeatLock closed: expected false, found true',
      'role of FoodUSD.setMinter: expected admin, found relayer',
      'role of GroupBuying.settle: expected relayer, found admin',
    ]);
  });

  it('is said to differ for a call that members may vote for', async () => {
    const { CoopGovernor, FoodUSD } = building.deployment.contracts;
    const { selector } = interfaceOf('FoodUSD').getFunction('setMinter')!;
    await send('hardhat_impersonateAccount', CoopGovernor);
    await send('hardhat_setBalance', CoopGovernor, '0xde0b6b3a7640000');
    const data = interfaceOf('CoopGovernor').encodeFunctionData('setAllowed', [3, FoodUSD, selector, true]);
    await send('eth_sendTransaction', { from: CoopGovernor, to: CoopGovernor, data });
    assert.deepEqual(await check(), [`votes of kind 3 ${FoodUSD} ${selector}: expected false, found true`]);
  });

  it('is said to differ for another number, bound, officer or board', async () => {
    const { CoopGovernor, Parameters } = building.deployment.contracts;
    const quorum = `0x${Buffer.from('vote.quorum').toString('hex').padEnd(64, '0')}`;
    await send('hardhat_impersonateAccount', CoopGovernor);
    await send('hardhat_setBalance', CoopGovernor, '0xde0b6b3a7640000');
    const vote = (fn: string, args: unknown[]) =>
      send('eth_sendTransaction', {
        from: CoopGovernor,
        to: Parameters,
        data: interfaceOf('Parameters').encodeFunctionData(fn, args),
      });
    await vote('declare', [{ key: quorum, value: 3000, least: 1, most: 10_000 }]);
    assert.deepEqual(await check(), [`Parameters.boundsOf(${quorum}): expected 1000,10000, found 1,10000`]);
    await vote('set', [quorum, 1]);
    assert.match((await check()).join('\n'), /Parameters\.getAll\(…\): expected .*3000.* found/);
    const { token, gro, minter, certifier } = building;
    await room.execute(token.target, interfaceOf('FoodUSD').encodeFunctionData('removeMinter', [minter.address]));
    await room.execute(gro.target, interfaceOf('GroToken').encodeFunctionData('removeCertifier', [certifier.address]));
    const found = (await check()).join('\n');
    assert.match(found, new RegExp(`FoodUSD.isMinter\\(${minter.address}\\): expected true, found false`));
    assert.match(found, new RegExp(`GroToken.isCertifier\\(${certifier.address}\\): expected true, found false`));
  });

  it('is no different for what its members do every day', async () => {
    await building.fund([1, 2], 1_000_000n);
    assert.deepEqual(await check(), []);
    const found = (await check(true)).join('\n');
    assert.match(found, /FoodUSD\.totalSupply\(\): expected 0, found 2000000/);
    assert.match(found, /FoodUSD\.minterOf\(0x\w+\): expected \d+,0,0, found \d+,2000000,\d+/);
  });

  it('leaves its proxies with the implementations that were deployed', async () => {
    const { provider, deployment } = building;
    const seen = new Set<string>();
    for (const name of proxies) {
      const implementation = await implementationOf(provider, deployment.contracts[name]);
      assert.equal(implementation, getAddress(implementation));
      seen.add(implementation);
    }
    assert.equal(seen.size, proxies.length);
    const nobody: Wallet = building.stranger;
    const book = building.book.connect(nobody) as Contract;
    assert.match(await revertOf(book, book.getFunction('announceUpgrade')(id('x').slice(0, 42))), /Unauthorized/);
  });
});
