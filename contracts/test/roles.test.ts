import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, getAddress, type Wallet, ZeroAddress } from 'ethers';
import { committed, factoryOf } from '../deploy/artifact.ts';
import { role } from '../deploy/roles.ts';
import { boardroomOf } from './support/boardroom.ts';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { revertOf } from './support/receipts.ts';

const WEEK = 7 * 24 * 3600;
const IMPLEMENTATION_SLOT = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';

describe('who may do what', () => {
  let building: Building;
  let back: () => Promise<void>;
  let room: ReturnType<typeof boardroomOf>;
  before(async () => {
    building = await createBuilding({ members: 3 });
    room = boardroomOf(building);
    await building.fund([1, 2], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const as = (contract: Contract, wallet: Wallet): Contract => contract.connect(wallet) as Contract;
  const signedCall = (...args: Parameters<ReturnType<typeof boardroomOf>['signedCall']>) => room.signedCall(...args);
  const execute = (target: unknown, data: string) => room.execute(target, data);
  const delayed = (target: unknown, data: string) => room.delayed(target, data);
  const managed = (fn: string, ...args: unknown[]): string => room.managed(fn, ...args);
  const order = () => {
    const it_ = { subject: building.subject('order'), terms: building.terms() };
    return building.orderOf(it_, [building.spend(1, 100n * FUSD, it_)]);
  };

  it('settling is the relayer’s alone', async () => {
    const { book, stranger, deployer } = building;
    for (const wallet of [stranger, deployer]) {
      const refused = await revertOf(book, as(book, wallet).getFunction('settle')([order()]));
      assert.equal(refused, `AccessManagedUnauthorized(${wallet.address})`);
    }
    await building.send(book, 'settle', [order()]);
  });

  it('nobody can initialise the proxy or the implementation', async () => {
    const { book, provider, stranger, at } = building;
    const slot = await provider.getStorage(book.target, IMPLEMENTATION_SLOT);
    const implementation = at('GroupBuying', getAddress(`0x${slot.slice(-40)}`));
    for (const contract of [book, implementation]) {
      const initialize = as(contract, stranger).getFunction('initialize')(stranger.address);
      assert.equal(await revertOf(book, initialize), 'InvalidInitialization()');
    }
    assert.equal(await implementation.getFunction('authority')(), ZeroAddress);
    const upgrade = as(implementation, stranger).getFunction('upgradeToAndCall')(stranger.address, '0x');
    assert.equal(await revertOf(book, upgrade), 'UUPSUnauthorizedCallContext()');
  });

  it('an upgrade keeps what orders took', async () => {
    const { book, manager, token, deployer, now, warpTo, provider } = building;
    await building.send(book, 'settle', [order()]);
    const made = await factoryOf('GroupBuying', deployer).deploy(token.target);
    await made.waitForDeployment();
    const next = await made.getAddress();
    await execute(book.target, book.interface.encodeFunctionData('announceUpgrade', [next]));
    await warpTo((await now()) + WEEK);
    await execute(book.target, book.interface.encodeFunctionData('upgradeToAndCall', [next, '0x']));
    const slot = await provider.getStorage(book.target, IMPLEMENTATION_SLOT);
    assert.equal(getAddress(`0x${slot.slice(-40)}`), next);
    const taken = (await book.getFunction('takenOf')(building.subject('order'))) as { total: bigint };
    assert.equal(taken.total, 100n * FUSD);
    assert.equal(await book.getFunction('authority')(), manager.target);
  });

  it('one board key can do nothing through the board', async () => {
    const { boardroom, manager, board, members, start } = building;
    const data = managed('grantRole', role.relayer, walletOf('thief').address, 0);
    const [a, b] = board as [Wallet, Wallet];
    for (const by of [[a], [a, a], [b, a], [a, members[0]!], []]) {
      const call = building.send(boardroom, 'execute', ...(await signedCall(manager.target, data, { by })));
      assert.equal(await revertOf(boardroom, call), 'NotBoardSigned()');
    }
    const late = await signedCall(manager.target, data, { validUntil: start });
    assert.equal(await revertOf(boardroom, building.send(boardroom, 'execute', ...late)), `MessageExpired(${start})`);
  });

  it('a board message is carried out once, by anybody, and not at an empty address', async () => {
    const { boardroom, manager, stranger } = building;
    const relayer = walletOf('new relayer').address;
    const args = await signedCall(manager.target, managed('grantRole', role.relayer, relayer, 0));
    await building.send(as(boardroom, stranger), 'execute', ...args);
    assert.deepEqual([...(await manager.getFunction('hasRole')(role.relayer, relayer))], [true, 0n]);
    assert.match(await revertOf(boardroom, building.send(boardroom, 'execute', ...args)), /^AlreadyDone/);
    const empty = await signedCall(relayer, '0x');
    assert.equal(await revertOf(boardroom, building.send(boardroom, 'execute', ...empty)), `NotAContract(${relayer})`);
  });

  it('the board takes a relayer away at once', async () => {
    const { book, manager, relayer } = building;
    await execute(manager.target, managed('revokeRole', role.relayer, relayer.address));
    assert.match(await revertOf(book, book.getFunction('settle')([order()])), /^AccessManagedUnauthorized/);
  });

  it('minters and attestors are named after seven days, and never the same key', async () => {
    const { token, manager, attestor, minter, deployer } = building;
    const key = walletOf('second minter').address;
    const set = token.interface.encodeFunctionData('setMinter', [key, 1000n * FUSD]);
    assert.match(
      await revertOf(token, as(token, deployer).getFunction('setMinter')(key, 1000n * FUSD)),
      /^AccessManagedUnauthorized/,
    );
    assert.match(
      await revertOf(manager, execute(manager.target, managed('execute', token.target, set))),
      /^AccessManagerNotScheduled/,
    );
    await delayed(token.target, set);
    assert.equal(await token.getFunction('isMinter')(key), true);
    await delayed(token.target, token.interface.encodeFunctionData('setMinter', [minter.address, 0]));
    assert.equal(await token.getFunction('isMinter')(minter.address), false);
    const both = token.interface.encodeFunctionData('setMinter', [attestor.address, 1]);
    await assert.rejects(delayed(token.target, both), (error: { data?: string }) => {
      assert.equal(token.interface.parseError(error.data ?? '')?.name, 'RolesOverlap');
      return true;
    });
  });

  it('the token is not made with one key as minter and attestor', async () => {
    const { seats, manager, deployer, minter, token } = building;
    const make = (minters: string[], attestors: string[], limit = 1, allowance = 1) =>
      revertOf(
        token,
        factoryOf('FoodUSD', deployer).deploy(seats.target, manager.target, minters, attestors, limit, allowance),
      );
    assert.equal(await make([minter.address], [minter.address]), `RolesOverlap(${minter.address})`);
    assert.equal(await make([ZeroAddress], []), `RolesOverlap(${ZeroAddress})`);
    assert.equal(await make([minter.address], [], 0), 'BadLimit()');
    assert.equal(await make([minter.address], [], 1, 0), 'BadLimit()');
  });

  it('no function of the token debits anybody by a role', () => {
    const writes = token_writes();
    assert.deepEqual(writes, [
      'applyDailyLimit',
      'approve',
      'attest',
      'cancelAuthorization',
      'cancelAuthorization',
      'carry',
      'confirmRedemption',
      'mintBatch',
      'mirror',
      'pause',
      'permit',
      'permit',
      'receiveWithAuthorization',
      'receiveWithAuthorization',
      'removeAttestor',
      'removeMinter',
      'requestRedemptions',
      'restoreLateRedemption',
      'restoreRedemption',
      'setAttestor',
      'setAuthority',
      'setDailyLimit',
      'setMinter',
      'settleSpends',
      'transfer',
      'transferBatch',
      'transferFrom',
      'transferWithAuthorization',
      'transferWithAuthorization',
      'unpause',
    ]);
  });

  const token_writes = (): string[] =>
    (committed('FoodUSD').abi as { type: string; name: string; stateMutability: string }[])
      .filter((each) => each.type === 'function' && each.stateMutability === 'nonpayable')
      .map((each) => each.name)
      .sort();
});
