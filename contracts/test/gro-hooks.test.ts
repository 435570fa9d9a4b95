import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AbiCoder, type Contract, encodeBytes32String, id, ZeroHash } from 'ethers';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { GRO, type Gro, groOf, reason } from './support/gro.ts';
import { type Registry, registryOf } from './support/registry.ts';

const mode = { accept: 0, answerWrong: 1, revertWithReason: 2, revertInSilence: 3, eatGas: 4 } as const;
/** `ReentrancyGuardReentrantCall()`, computed once by hand. */
const REENTRANT = id('ReentrancyGuardReentrantCall()').slice(0, 10);
const SHIFT = 10n * GRO;

describe('a receiver’s hook', () => {
  let building: Building;
  let gro: Gro;
  let registry: Registry;
  let lot: bigint;
  let hook: Contract;
  let at: string;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({
      members: 2,
      config: { parameters: { 'gro.perGram': { value: 1000 }, 'gro.perShift': { value: Number(SHIFT) } } },
    });
    gro = groOf(building);
    registry = registryOf(building);
    lot = await gro.certified(5_000n);
    // A resident whose key became a contract: the registry gives a seat to none that is one.
    at = walletOf('a key with code').address;
    await registry.issue([registry.resident(9, at)]);
    const receiver = await gro.receiver();
    await building.simulator.request('hardhat_setCode', [at, await building.provider.getCode(receiver.target)]);
    hook = receiver.attach(at) as Contract;
    await gro.reward([
      [1, 2],
      [9, 1],
    ]);
    await gro.codes('harvestBatch', [gro.harvest(lot, 1, 400n), gro.harvest(lot, 9, 100n)]);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const key = (seat: number): string => building.members[seat - 1]!.address;
  const set = (value: number) => building.send(hook, 'setMode', value);
  const data = (fn: string, ...args: unknown[]) => ({
    target: gro.gro.target,
    data: gro.gro.interface.encodeFunctionData(fn, args),
  });
  const seen = async (name: string): Promise<unknown> => hook.getFunction(name)();
  /** Everything that a hook might try to get in again. */
  const attacks = () => [
    data('safeTransferFrom', at, key(2), 0n, 1n, '0x'),
    data('safeTransferFrom', at, key(2), lot, 1n, '0x'),
    data('safeBatchTransferFrom', at, key(2), [lot], [1n], '0x'),
    data('consume', lot, 1n, ZeroHash),
    data('carry', walletOf('former').address, [0n]),
    data('safeTransferFrom', at, gro.lock.target, 0n, GRO, AbiCoder.defaultAbiCoder().encode(['uint40'], [4e9])),
    data('harvestBatch', [gro.harvest(lot, 9, 1n)]),
    data('shiftBatch', [gro.shift(9, 1)]),
    data('certifyBatch', [gro.certify(1n)]),
    data('consumeBatch', [gro.consume(1, lot, 1n)]),
    data('transferBatch', [gro.transfer(1, at, 0n, GRO)]),
  ];

  it('cannot enter the token again, by any way, and everything stays as it was', async () => {
    const list = attacks();
    await building.send(hook, 'setCalls', list);
    const before = [await gro.supply(), await gro.supply(lot), await gro.balance(at), await gro.balance(at, lot)];
    await gro.move(1, key(1), at, 0n, GRO);
    for (const [index] of list.entries()) {
      assert.equal(await hook.getFunction('done')(index), false, `call ${index}`);
      assert.equal(await hook.getFunction('answers')(index), REENTRANT, `call ${index}`);
    }
    assert.deepEqual(
      [await gro.supply(), await gro.supply(lot), await gro.balance(at), await gro.balance(at, lot)],
      [before[0], before[1], before[2]! + GRO, before[3]],
    );
  });

  it('cannot enter it during a batch either: mint, shift, signed transfer', async () => {
    for (const [batch, item] of [
      ['shiftBatch', gro.shift(9, 1)],
      ['harvestBatch', gro.harvest(lot, 9, 1n)],
      ['transferBatch', gro.transfer(1, at, 0n, 1n)],
    ] as const) {
      const list = attacks();
      await building.send(hook, 'setCalls', list);
      const count = Number(await seen('hooks'));
      const others = [await gro.balance(key(2)), await gro.balance(key(2), lot)];
      assert.deepEqual(await gro.codes(batch, [item]), [0]);
      assert.equal(Number(await seen('hooks')), count + 1);
      for (const [index] of list.entries())
        assert.equal(await hook.getFunction('answers')(index), REENTRANT, `${batch} ${index}`);
      assert.deepEqual([await gro.balance(key(2)), await gro.balance(key(2), lot)], others);
    }
  });

  it('sees totals, balances and nullifiers as they will be', async () => {
    const shift = gro.shift(9, 1);
    const [supply, balance] = [await gro.supply(), await gro.balance(at)];
    await building.send(hook, 'setLook', gro.gro.interface.encodeFunctionData('isShiftUsed', [shift.ref]));
    await gro.codes('shiftBatch', [shift]);
    assert.deepEqual(
      [await seen('seenSupply'), await seen('seenBalance'), await seen('seenUsed')],
      [supply + SHIFT, balance + SHIFT, true],
    );
    const harvest = gro.harvest(lot, 9, 30n);
    await building.send(hook, 'setLook', gro.gro.interface.encodeFunctionData('isHarvestUsed', [lot, harvest.ref]));
    await gro.codes('harvestBatch', [harvest]);
    assert.deepEqual([await seen('seenSupply'), await seen('seenBalance'), await seen('seenUsed')], [530n, 130n, true]);
    const move = gro.transfer(1, at, lot, 20n);
    await building.send(hook, 'setLook', gro.gro.interface.encodeFunctionData('isTransferUsed', [1, move.nonce]));
    await gro.codes('transferBatch', [move]);
    assert.deepEqual([await seen('seenSupply'), await seen('seenBalance'), await seen('seenUsed')], [530n, 150n, true]);
    assert.deepEqual([await seen('operator'), await seen('from')], [String(gro.gro.target), key(1)]);
  });

  it('that refuses is skipped with its booking taken back; the others of the batch are done', async () => {
    const certifier = building.certifier.address;
    for (const how of [mode.answerWrong, mode.revertWithReason, mode.revertInSilence]) {
      await set(how);
      const shift = gro.shift(9, 1);
      const harvest = gro.harvest(lot, 9, 30n);
      const transfer = gro.transfer(1, at, 0n, GRO);
      const season = Math.floor((await building.now()) / (91 * 24 * 3600));
      const state = async () => [
        await gro.supply(),
        await gro.supply(lot),
        ...((await gro.read('issuedIn', season, 9)) as bigint[]),
        await gro.read('gramsToday', certifier),
        ((await gro.read('lotOf', lot)) as { minted: bigint }).minted,
        await gro.balance(at),
        await gro.balance(at, lot),
        await gro.read('isShiftUsed', shift.ref),
        await gro.read('isHarvestUsed', lot, harvest.ref),
        await gro.read('isTransferUsed', 1, transfer.nonce),
      ];
      const before = await state();
      assert.deepEqual(await gro.codes('shiftBatch', [shift]), [reason.refused]);
      assert.deepEqual(await gro.codes('harvestBatch', [harvest]), [reason.refused]);
      assert.deepEqual(await gro.codes('transferBatch', [transfer]), [reason.refused]);
      assert.deepEqual(await state(), before);
      assert.deepEqual(await gro.codes('shiftBatch', [gro.shift(2, 1), shift, gro.shift(1, 1)]), [
        0,
        reason.refused,
        0,
      ]);
      assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 2, 1n), harvest, gro.harvest(lot, 1, 1n)]), [
        0,
        reason.refused,
        0,
      ]);
      assert.deepEqual(
        await gro.codes('transferBatch', [gro.transfer(1, key(2), 0n, 1n), transfer, gro.transfer(1, key(2), 0n, 1n)]),
        [0, reason.refused, 0],
      );
      // Once it accepts, the same messages are done.
      await set(mode.accept);
      assert.deepEqual(await gro.codes('shiftBatch', [shift]), [0]);
      assert.deepEqual(await gro.codes('harvestBatch', [harvest]), [0]);
      assert.deepEqual(await gro.codes('transferBatch', [transfer]), [0]);
    }
  });

  it('that refuses the last unit below its cap has that unit taken back', async () => {
    await set(mode.revertInSilence);
    const season = Math.floor((await building.now()) / (91 * 24 * 3600));
    const issued = async () => [...((await gro.read('issuedIn', season, 9)) as [bigint, bigint])] as const;
    const before = await issued();
    const governor = String(building.governor.target);
    await building.simulator.request('hardhat_impersonateAccount', [governor]);
    await building.simulator.request('hardhat_setBalance', [governor, '0x56bc75e2d63100000']);
    const args = [encodeBytes32String('gro.seasonCapPerSeat'), before[1] + 1n];
    const data = building.parameters.interface.encodeFunctionData('set', args);
    const to = String(building.parameters.target);
    await building.simulator.request('eth_sendTransaction', [{ from: governor, to, data }]);
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 9, 30n)]), [reason.refused]);
    assert.deepEqual(await issued(), before);
    await set(mode.accept);
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 9, 30n)]), [0]);
    assert.deepEqual(await issued(), [before[0] + 1n, before[1] + 1n]);
  });

  it('that refuses a direct transfer undoes it', async () => {
    await set(mode.revertWithReason);
    const own = await gro.as(1);
    await assert.rejects(own.getFunction('safeTransferFrom')(key(1), at, 0n, 1n, '0x'));
    await set(mode.answerWrong);
    assert.equal(
      await gro.refused(own.getFunction('safeTransferFrom')(key(1), at, 0n, 1n, '0x')),
      `ERC1155InvalidReceiver(${at})`,
    );
    // A contract that knows nothing of ERC-1155.
    const deaf = String(building.token.target);
    assert.equal(
      await gro.refused(own.getFunction('safeTransferFrom')(key(1), deaf, 0n, 1n, '0x')),
      `ERC1155InvalidReceiver(${deaf})`,
    );
    assert.deepEqual(await gro.codes('transferBatch', [gro.transfer(1, deaf, 0n, 1n)]), [reason.refused]);
    assert.equal(await gro.balance(key(1)), 20n * GRO + 400_000n);
  });

  it('that eats all gas takes nothing with it but its own item or the whole transaction', async () => {
    await set(mode.eatGas);
    const [supply, used] = [await gro.supply(), gro.shift(9, 1)];
    const batch = [used, gro.shift(1, 1)];
    const call = gro.gro.getFunction('shiftBatch');
    let found: string;
    try {
      const sent = await call(batch, { gasLimit: 12_000_000n });
      await sent.wait();
      found = 'done';
    } catch {
      found = 'reverted';
    }
    assert.equal(await gro.read('isShiftUsed', used.ref), false);
    assert.equal(await gro.supply(), found === 'done' ? supply + SHIFT : supply);
    // Left out, it holds nobody up.
    assert.deepEqual(await gro.codes('shiftBatch', [gro.shift(1, 1)]), [0]);
  });

  it('that would accept is skipped at no gas limit: too little fails the whole batch', async () => {
    const end = (await building.now()) + 100 * 24 * 3600;
    const data = AbiCoder.defaultAbiCoder().encode(['uint40'], [end]);
    for (const [batch, item] of [
      ['shiftBatch', gro.shift(9, 1)],
      ['harvestBatch', gro.harvest(lot, 9, 1n)],
      ['transferBatch', gro.transfer(1, at, 0n, 1n)],
      ['transferBatch', gro.transfer(1, String(gro.lock.target), 0n, GRO, { data })],
    ] as const) {
      const call = gro.gro.getFunction(batch);
      const enough = await call.estimateGas([item]);
      let failed = 0;
      let starved = 0;
      for (let gasLimit = 40_000n; gasLimit <= enough + 20_000n; gasLimit += 1_000n) {
        let okMask: bigint;
        try {
          okMask = (await call.staticCall([item], { gasLimit })) as bigint;
        } catch (error) {
          failed += 1;
          if ((error as { data?: string }).data === id('NotEnoughGas()').slice(0, 10)) starved += 1;
          continue;
        }
        assert.equal(okMask, 1n, `${batch} skipped its item with ${gasLimit} gas`);
      }
      assert.ok(failed > 10 && starved > 0, `${batch}: ${failed} failed, ${starved} for too little gas`);
    }
  });

  it('of a lock refuses what comes in vain: a signed transfer there is skipped', async () => {
    const to = String(gro.lock.target);
    assert.deepEqual(await gro.codes('transferBatch', [gro.transfer(1, to, 0n, GRO)]), [reason.refused]);
    assert.deepEqual(await gro.codes('transferBatch', [gro.transfer(1, to, lot, 1n)]), [reason.refused]);
  });
});
