import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { concat, id, Signature, ZeroAddress, ZeroHash } from 'ethers';
import { type Building, walletOf } from './support/building.ts';
import { createGroBuilding, type Gro, reason } from './support/gro.ts';
import { eventsOf } from './support/receipts.ts';

describe('GRO’s officers, and what they recall', () => {
  let building: Building;
  let gro: Gro;
  let back: () => Promise<void>;
  before(async () => {
    ({ building, gro } = await createGroBuilding());
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const key = (seat: number): string => building.members[seat - 1]!.address;
  const stranger = walletOf('no officer');

  it('a recall by the lot’s certifier, called or signed, stops minting', async () => {
    const lot = await gro.certified(9_000n);
    const waiting = gro.harvest(lot, 1, 10n);
    const certifier = await gro.as(building.certifier);
    const receipt = await building.send(certifier, 'setRecalled', lot, true, id('case 1'));
    assert.deepEqual(eventsOf(gro.gro, receipt, 'LotRecalled'), [
      { lot, by: building.certifier.address, was: false, is_: true, caseHash: id('case 1') },
    ]);
    assert.deepEqual(await gro.codes('harvestBatch', [waiting]), [reason.recalled]);
    // Its certifier cannot take it back; operations can, at once.
    assert.equal(
      await gro.refused(certifier.getFunction('setRecalled')(lot, false, id('case 1'))),
      `AccessManagedUnauthorized(${building.certifier.address})`,
    );
    const data = gro.gro.interface.encodeFunctionData('setRecalled', [lot, false, id('case 1')]);
    await gro.room.execute(gro.gro.target, data);
    assert.deepEqual(await gro.codes('harvestBatch', [waiting]), [0]);
    const second = await gro.certified(9_000n);
    const message = gro.recall(second, id('case 2'));
    const signedReceipt = await building.send(gro.gro, 'recallBySignature', ...message);
    assert.deepEqual(eventsOf(gro.gro, signedReceipt, 'LotRecalled'), [
      { lot: second, by: building.certifier.address, was: false, is_: true, caseHash: id('case 2') },
    ]);
    assert.equal(((await gro.read('lotOf', second)) as { isRecalled: boolean }).isRecalled, true);
  });

  it('a recall’s message counts once, in time, and is the lot’s certifier’s', async () => {
    const lot = await gro.certified(9_000n);
    const send = (message: readonly unknown[]) => gro.refused(gro.gro.getFunction('recallBySignature')(...message));
    const late = (await building.now()) - 1;
    assert.equal(await send(gro.recall(lot, ZeroHash, { validUntil: late })), `MessageExpired(${late})`);
    assert.equal(await send(gro.recall(lot, ZeroHash, { by: stranger })), `NotTheLotsCertifier(${stranger.address})`);
    assert.equal(await send(gro.recall(lot + 1n, ZeroHash)), `NotTheLotsCertifier(${building.certifier.address})`);
    const message = gro.recall(lot, ZeroHash);
    await building.send(gro.gro, 'recallBySignature', ...message);
    const data = gro.gro.interface.encodeFunctionData('setRecalled', [lot, false, ZeroHash]);
    await gro.room.execute(gro.gro.target, data);
    assert.match(await send(message), /^RecallUsed\(0x/);
    assert.equal(((await gro.read('lotOf', lot)) as { isRecalled: boolean }).isRecalled, false);
  });

  it('a lot is recalled by nobody else, and only where there is one', async () => {
    const lot = await gro.certified(9_000n);
    for (const who of [stranger, building.steward, building.relayer, building.board[0]!]) {
      const own = await gro.as(who);
      assert.equal(
        await gro.refused(own.getFunction('setRecalled')(lot, true, ZeroHash)),
        `AccessManagedUnauthorized(${who.address})`,
      );
    }
    const data = gro.gro.interface.encodeFunctionData('setRecalled', [5n, true, ZeroHash]);
    assert.equal(await gro.refused(gro.room.execute(gro.gro.target, data)), 'NoSuchLot(5)');
  });

  it('another certifier recalls no lot but its own, called or signed', async () => {
    const other = walletOf('other certifier');
    await gro.room.delayed(gro.gro.target, gro.gro.interface.encodeFunctionData('setCertifier', [other.address, true]));
    const [lot, own] = [await gro.certified(9_000n), await gro.certified(9_000n, { by: other })];
    const from = await gro.as(other);
    assert.equal(
      await gro.refused(from.getFunction('setRecalled')(lot, true, ZeroHash)),
      `AccessManagedUnauthorized(${other.address})`,
    );
    assert.equal(
      await gro.refused(gro.gro.getFunction('recallBySignature')(...gro.recall(lot, ZeroHash, { by: other }))),
      `NotTheLotsCertifier(${other.address})`,
    );
    await building.send(from, 'setRecalled', own, true, ZeroHash);
    const states = await Promise.all([lot, own].map((each) => gro.read('lotOf', each)));
    assert.deepEqual(
      states.map((each) => (each as { isRecalled: boolean }).isRecalled),
      [false, true],
    );
  });

  it('officers are named by the admin after seven days and removed at once', async () => {
    const { certifier, steward } = building;
    for (const [fn, remove, is, event] of [
      ['setCertifier', 'removeCertifier', 'isCertifier', 'CertifierSet'],
      ['setSteward', 'removeSteward', 'isSteward', 'StewardSet'],
    ] as const) {
      const officer = fn === 'setCertifier' ? certifier : steward;
      assert.equal(await gro.read(is, officer.address), true);
      assert.equal(await gro.read(is, stranger.address), false);
      const call = (name: string, ...args: unknown[]) => gro.gro.interface.encodeFunctionData(name, args);
      for (const [name, args] of [
        [fn, [stranger.address, true]],
        [remove, [officer.address]],
      ] as const) {
        const own = await gro.as(stranger);
        assert.equal(
          await gro.refused(own.getFunction(name)(...args)),
          `AccessManagedUnauthorized(${stranger.address})`,
        );
      }
      const removed = await gro.room.execute(gro.gro.target, call(remove, officer.address));
      const by = String(building.boardroom.target);
      assert.deepEqual(eventsOf(gro.gro, removed, event), [{ key: officer.address, by, was: true, is_: false }]);
      assert.equal(await gro.read(is, officer.address), false);
      const named = await gro.room.delayed(gro.gro.target, call(fn, stranger.address, true));
      assert.deepEqual(eventsOf(gro.gro, named, event), [
        { key: stranger.address, by: String(building.manager.target), was: false, is_: true },
      ]);
      assert.equal(
        await gro.refused(gro.room.execute(gro.gro.target, call(remove, ZeroAddress))),
        `BadOfficer(${ZeroAddress})`,
      );
    }
  });

  it('a removed certifier’s lots stay, and none of its messages counts', async () => {
    const lot = await gro.certified(9_000n);
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 1, 10n)]), [0]);
    const data = gro.gro.interface.encodeFunctionData('removeCertifier', [building.certifier.address]);
    await gro.room.execute(gro.gro.target, data);
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 1, 10n)]), [reason.wrongSigner]);
    assert.deepEqual(await gro.codes('certifyBatch', [gro.certify(10n)]), [reason.wrongSigner]);
    const own = await gro.as(building.certifier);
    assert.equal(
      await gro.refused(own.getFunction('setRecalled')(lot, true, ZeroHash)),
      `AccessManagedUnauthorized(${building.certifier.address})`,
    );
    assert.equal(
      await gro.refused(gro.gro.getFunction('recallBySignature')(...gro.recall(lot, ZeroHash))),
      `NotTheLotsCertifier(${building.certifier.address})`,
    );
    assert.equal(await gro.balance(key(1), lot), 10n);
  });

  it('a signature’s mirror image counts as none', async () => {
    const item = gro.shift(1, 1);
    const { r, s, v } = Signature.from(item.signature);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const mirrored = `0x${(order - BigInt(s)).toString(16).padStart(64, '0')}`;
    const signature = concat([r, mirrored, v === 27 ? '0x1c' : '0x1b']);
    assert.deepEqual(await gro.codes('shiftBatch', [{ ...item, signature }, item]), [reason.wrongSigner, 0]);
  });

  it('batches hold at most 256 items, and none is well', async () => {
    for (const [batch, item] of [
      ['certifyBatch', gro.certify(1n)],
      ['harvestBatch', gro.harvest(1n, 1, 1n)],
      ['shiftBatch', gro.shift(1, 1)],
      ['consumeBatch', gro.consume(1, 1n, 1n)],
      ['transferBatch', gro.transfer(1, key(2), 0n, 1n)],
    ] as const) {
      const many = Array.from({ length: 257 }, () => ({ ...item, signature: '0x' }));
      assert.equal(await gro.refused(gro.gro.getFunction(batch).staticCall(many)), 'TooManyItems(257)');
      assert.equal((await gro.carried(batch, [])).okMask, 0n);
    }
  });

  it('the code that issues does nothing when it is called directly', async () => {
    const issuing = building.at('GroToken', String(await gro.read('issuing')));
    const receipt = await building.send(issuing, 'shiftBatch', [gro.shift(1, 1)]);
    assert.deepEqual(
      eventsOf(issuing, receipt, 'ItemsCarried').map((each) => each.okMask),
      [0n],
    );
    assert.equal(await gro.supply(), 0n);
  });

  it('nobody initialises the token again, nor its code', async () => {
    const slot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';
    for (const contract of [gro.gro, gro.lock]) {
      const code = `0x${(await building.provider.getStorage(contract.target, slot)).slice(-40)}`;
      const args = contract === gro.gro ? [stranger.address, [], []] : [stranger.address];
      for (const target of [String(contract.target), code]) {
        const own = contract.attach(target) as typeof contract;
        assert.equal(await gro.refused(own.getFunction('initialize')(...args), contract), 'InvalidInitialization()');
      }
    }
  });
});
