import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { concat, id, Signature, TypedDataEncoder, type Wallet, ZeroAddress } from 'ethers';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { DAY, GRO, type Gro, groOf, reason, WEEK } from './support/gro.ts';
import { eventsOf } from './support/receipts.ts';
import { type Registry, registryOf } from './support/registry.ts';

describe('GRO and produce move', () => {
  let building: Building;
  let gro: Gro;
  let registry: Registry;
  let lot: bigint;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({
      members: 4,
      config: { parameters: { 'gro.perGram': { value: 0 }, 'gro.perShift': { value: Number(10n * GRO) } } },
    });
    gro = groOf(building);
    registry = registryOf(building);
    lot = await gro.certified(5_000n);
    await gro.reward([
      [1, 2],
      [2, 1],
    ]);
    await gro.codes('harvestBatch', [gro.harvest(lot, 1, 1_000n), gro.harvest(lot, 2, 500n)]);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const key = (seat: number): string => building.members[seat - 1]!.address;
  const friend = walletOf('a friend');
  /** Gives seat 1 another key; its old one is a former key afterwards. */
  const rekey = async (next: Wallet): Promise<void> => {
    await registry.changeKey(1, next);
    await building.warpTo((await building.now()) + 2 * DAY + 1);
    await registry.applyKeyChange(1);
  };

  it('by the holder’s own call, one id or several', async () => {
    await gro.move(1, key(1), friend.address, 0n, 7n * GRO);
    assert.deepEqual([await gro.balance(key(1)), await gro.balance(friend.address)], [13n * GRO, 7n * GRO]);
    const own = await gro.as(1);
    await building.send(own, 'safeBatchTransferFrom', key(1), friend.address, [lot, 0n], [30n, GRO], '0x');
    assert.deepEqual([await gro.balance(friend.address, lot), await gro.balance(friend.address)], [30n, 8n * GRO]);
    assert.deepEqual([await gro.supply(), await gro.supply(lot)], [30n * GRO, 1_500n]);
    // A holder without a seat moves what it has.
    await gro.move(friend, friend.address, key(3), 0n, GRO);
    assert.equal(await gro.balance(key(3)), GRO);
    assert.match(
      await gro.refused(own.getFunction('safeTransferFrom')(key(1), friend.address, 0n, 13n * GRO, '0x')),
      /^ERC1155InsufficientBalance/,
    );
    assert.equal(
      await gro.refused(own.getFunction('safeTransferFrom')(key(1), ZeroAddress, 0n, 1n, '0x')),
      `ERC1155InvalidReceiver(${ZeroAddress})`,
    );
  });

  it('by an operator, produce alone: GRO is never an operator’s', async () => {
    const operator = walletOf('a market');
    const from = await gro.as(operator);
    const single = from.getFunction('safeTransferFrom');
    assert.match(await gro.refused(single(key(1), friend.address, lot, 5n, '0x')), /^ERC1155MissingApprovalForAll/);
    await building.send(await gro.as(1), 'setApprovalForAll', operator.address, true);
    await building.send(from, 'safeTransferFrom', key(1), friend.address, lot, 5n, '0x');
    assert.equal(await gro.balance(friend.address, lot), 5n);
    const barred = `OperatorCannotMoveGro(${operator.address})`;
    // An amount of 0 would extend a lock.
    for (const amount of [1n, 0n])
      assert.equal(await gro.refused(single(key(1), friend.address, 0n, amount, '0x')), barred);
    assert.equal(
      await gro.refused(from.getFunction('safeBatchTransferFrom')(key(1), friend.address, [lot, 0n], [1n, 1n], '0x')),
      barred,
    );
    await building.send(from, 'safeBatchTransferFrom', key(1), friend.address, [lot, lot], [1n, 2n], '0x');
    assert.equal(await gro.balance(friend.address, lot), 8n);
  });

  it('by signed message, in batches that skip what is bad', async () => {
    const late = (await building.now()) - 1;
    const to = friend.address;
    await registry.freeze(4, true, 1);
    await registry.retire(3);
    const first = gro.transfer(1, to, 0n, 3n * GRO, { nonce: 5 });
    const { wrongSigner, expired, unknownSeat, frozen, retired, unfunded, used, refused } = reason;
    const list = [
      first,
      first,
      gro.transfer(1, to, 0n, GRO, { by: building.members[1]! }),
      gro.transfer(1, to, 0n, GRO, { signed: { amount: 2n * GRO } }),
      gro.transfer(1, to, 0n, GRO, { signed: { to: key(2) } }),
      gro.transfer(1, to, 0n, GRO, { signed: { id: lot } }),
      gro.transfer(1, to, 0n, GRO, { signed: { dataHash: id('other data') } }),
      gro.transfer(1, to, 0n, GRO, { domain: { chainId: 314 } }),
      gro.transfer(1, to, 0n, GRO, { domain: { verifyingContract: String(building.token.target) } }),
      gro.transfer(1, to, 0n, GRO, { validUntil: late }),
      gro.transfer(77, to, 0n, GRO, { by: friend }),
      gro.transfer(4, to, 0n, 0n),
      gro.transfer(3, to, 0n, 0n),
      gro.transfer(1, to, 0n, 18n * GRO),
      gro.transfer(1, ZeroAddress, 0n, GRO),
      gro.transfer(1, to, lot, 40n, { nonce: 261 }),
      gro.transfer(2, to, lot, 2n, { nonce: 5 }),
    ];
    const { receipt } = await gro.carried('transferBatch', []);
    assert.ok(receipt.status);
    assert.deepEqual(await gro.codes('transferBatch', list), [
      0,
      used,
      wrongSigner,
      wrongSigner,
      wrongSigner,
      wrongSigner,
      wrongSigner,
      wrongSigner,
      wrongSigner,
      expired,
      unknownSeat,
      frozen,
      retired,
      unfunded,
      refused,
      0,
      0,
    ]);
    assert.deepEqual([await gro.balance(to), await gro.balance(to, lot)], [3n * GRO, 42n]);
    assert.equal(await gro.balance(key(1)), 17n * GRO);
    for (const [seat, nonce, is] of [
      [1, 5, true],
      [1, 261, true],
      [2, 5, true],
      [1, 4, false],
      [1, 6, false],
      [2, 261, false],
    ] as const)
      assert.equal(await gro.read('isTransferUsed', seat, nonce), is, `${seat} ${nonce}`);
    // What was not done is not used up, and the nonces of a `Consume` are others.
    assert.equal(await gro.read('isTransferUsed', 1, list[13]!.nonce), false);
    assert.equal(await gro.read('isConsumeUsed', 1, 5), false);
  });

  it('by signed message whoever carries it, with an event that names both', async () => {
    const item = gro.transfer(1, friend.address, lot, 7n);
    const from = await gro.walletAt(walletOf('anybody'));
    const { receipt, carrier } = await gro.carried('transferBatch', [item], from);
    assert.equal(carrier, from.address);
    assert.deepEqual(eventsOf(gro.gro, receipt, 'TransferCarried'), [
      { seat: 1n, nonce: BigInt(item.nonce), to: friend.address, id: lot, amount: 7n },
    ]);
    assert.deepEqual(eventsOf(gro.gro, receipt, 'TransferSingle'), [
      { operator: String(gro.gro.target), from: key(1), to: friend.address, id: lot, value: 7n },
    ]);
  });

  it('waits unfunded and is done when there is enough', async () => {
    const item = gro.transfer(3, friend.address, 0n, 10n * GRO);
    assert.deepEqual(await gro.codes('transferBatch', [item]), [reason.unfunded]);
    await gro.reward([[3, 1]]);
    assert.deepEqual(await gro.codes('transferBatch', [item, item]), [0, reason.used]);
  });

  it('a signature’s mirror image counts as none', async () => {
    const item = gro.transfer(1, friend.address, 0n, GRO);
    const { r, s, v } = Signature.from(item.signature);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = `0x${(order - BigInt(s)).toString(16).padStart(64, '0')}`;
    const signature = concat([r, high, v === 27 ? '0x1c' : '0x1b']);
    assert.deepEqual(await gro.codes('transferBatch', [{ ...item, signature }]), [reason.wrongSigner]);
  });

  it('a recall stops every transfer of the lot and of nothing else, not burning, not carry', async () => {
    await building.send(await gro.as(1), 'setApprovalForAll', friend.address, true);
    await building.send(await gro.as(building.certifier), 'setRecalled', lot, true, id('case'));
    const own = await gro.as(1);
    const operator = await gro.as(friend);
    const stopped = `LotIsRecalled(${lot})`;
    for (const from of [own, operator]) {
      assert.equal(await gro.refused(from.getFunction('safeTransferFrom')(key(1), key(2), lot, 1n, '0x')), stopped);
    }
    assert.equal(
      await gro.refused(own.getFunction('safeBatchTransferFrom')(key(1), key(2), [0n, lot], [1n, 1n], '0x')),
      stopped,
    );
    assert.deepEqual(
      await gro.codes('transferBatch', [gro.transfer(1, key(2), lot, 1n), gro.transfer(1, key(2), 0n, 1n)]),
      [reason.recalled, 0],
    );
    await building.send(own, 'consume', lot, 100n, id('thrown away'));
    assert.deepEqual(await gro.codes('consumeBatch', [gro.consume(1, lot, 100n)]), [0]);
    assert.equal(await gro.supply(lot), 1_300n);
    const next = walletOf('next key');
    await rekey(next);
    await building.send(gro.gro, 'carry', key(1), [lot]);
    assert.equal(await gro.balance(next.address, lot), 800n);
  });

  it('what is consumed is burned, by call or by message, and said why', async () => {
    const own = await gro.as(1);
    const receipt = await building.send(own, 'consume', lot, 250n, id('soup'));
    const expected = { lot, grams: 250n, reasonHash: id('soup'), lotLeft: 1_250n };
    assert.deepEqual(eventsOf(gro.gro, receipt, 'Consumed'), [{ seat: 1n, holder: key(1), ...expected }]);
    assert.equal(await gro.balance(key(1), lot), 750n);
    const item = gro.consume(2, lot, 100n, { nonce: 7 });
    assert.deepEqual(await gro.codes('consumeBatch', [item, item]), [0, reason.used]);
    assert.equal(await gro.read('isConsumeUsed', 2, 7), true);
    assert.equal(await gro.read('isTransferUsed', 2, 7), false);
    assert.deepEqual([await gro.balance(key(2), lot), await gro.supply(lot)], [400n, 1_150n]);
    // Somebody without a seat eats too.
    await gro.move(1, key(1), friend.address, lot, 10n);
    const other = await building.send(await gro.as(friend), 'consume', lot, 10n, id('soup'));
    assert.equal(eventsOf(gro.gro, other, 'Consumed')[0]!.seat, 0n);
    assert.match(await gro.refused(own.getFunction('consume')(lot, 741n, id('soup'))), /^ERC1155InsufficientBalance/);
  });

  it('GRO is not consumed, nor what is no lot', async () => {
    const own = await gro.as(1);
    assert.equal(await gro.refused(own.getFunction('consume')(0n, 1n, id('soup'))), 'NoSuchLot(0)');
    assert.equal(await gro.refused(own.getFunction('consume')(9n, 0n, id('soup'))), 'NoSuchLot(9)');
    assert.deepEqual(await gro.codes('consumeBatch', [gro.consume(1, 0n, 1n), gro.consume(1, 9n, 1n)]), [
      reason.unknownLot,
      reason.unknownLot,
    ]);
    assert.equal(await gro.supply(), 30n * GRO);
  });

  it('a message to consume is the holder’s, in time, of something that is there', async () => {
    await registry.freeze(4, true, 1);
    await registry.retire(3);
    const late = (await building.now()) - 1;
    const { wrongSigner, expired, badAmount, unknownSeat, frozen, retired, unfunded } = reason;
    const found = await gro.codes('consumeBatch', [
      gro.consume(1, lot, 1n, { by: building.members[1]! }),
      gro.consume(1, lot, 1n, { signed: { grams: 2n } }),
      gro.consume(1, lot, 1n, { signed: { reasonHash: id('other') } }),
      gro.consume(1, lot, 1n, { validUntil: late }),
      gro.consume(1, lot, 0n),
      gro.consume(77, lot, 1n, { by: friend }),
      gro.consume(4, lot, 1n),
      gro.consume(3, lot, 1n),
      gro.consume(1, lot, 1_001n),
      gro.consume(1, lot, 1_000n),
    ]);
    assert.deepEqual(found, [
      wrongSigner,
      wrongSigner,
      wrongSigner,
      expired,
      badAmount,
      unknownSeat,
      frozen,
      retired,
      unfunded,
      0,
    ]);
    assert.equal(await gro.balance(key(1), lot), 0n);
  });

  it('a frozen seat’s key moves and burns nothing until it is released', async () => {
    await building.send(await gro.as(1), 'setApprovalForAll', friend.address, true);
    await registry.freeze(1, true, 1);
    const own = await gro.as(1);
    const stopped = 'SeatIsFrozen(1)';
    assert.equal(await gro.refused(own.getFunction('safeTransferFrom')(key(1), key(2), 0n, 1n, '0x')), stopped);
    assert.equal(
      await gro.refused(own.getFunction('safeBatchTransferFrom')(key(1), key(2), [lot], [1n], '0x')),
      stopped,
    );
    const operator = await gro.as(friend);
    assert.equal(await gro.refused(operator.getFunction('safeTransferFrom')(key(1), key(2), lot, 1n, '0x')), stopped);
    assert.equal(await gro.refused(own.getFunction('consume')(lot, 1n, id('soup'))), stopped);
    await registry.freeze(1, false, 2);
    await gro.move(1, key(1), key(2), 0n, 1n);
  });

  it('a retired seat keeps what it has and moves it by its own call', async () => {
    await registry.retire(1);
    await gro.move(1, key(1), key(2), 0n, GRO);
    await building.send(await gro.as(1), 'consume', lot, 1n, id('soup'));
    assert.equal(await gro.balance(key(1)), 19n * GRO);
  });

  it('what lies at a former key goes to the seat’s current key and nowhere else', async () => {
    const next = walletOf('next key');
    const early = gro.gro.getFunction('carry');
    assert.equal(await gro.refused(early(key(1), [0n])), `NotAFormerKey(${key(1)})`);
    assert.equal(await gro.refused(early(friend.address, [0n])), `NotAFormerKey(${friend.address})`);
    await building.send(await gro.as(1), 'setApprovalForAll', friend.address, true);
    await rekey(next);
    // Nobody takes it from there: not the old key, not its operators, not with messages signed before.
    const own = await gro.as(1);
    const former = `FormerKey(${key(1)},1)`;
    assert.equal(await gro.refused(own.getFunction('safeTransferFrom')(key(1), friend.address, 0n, 1n, '0x')), former);
    assert.equal(await gro.refused(own.getFunction('consume')(lot, 1n, id('soup'))), former);
    const operator = await gro.as(friend);
    assert.equal(
      await gro.refused(operator.getFunction('safeTransferFrom')(key(1), friend.address, lot, 1n, '0x')),
      former,
    );
    assert.deepEqual(await gro.codes('transferBatch', [gro.transfer(1, friend.address, 0n, 1n)]), [reason.wrongSigner]);
    const anybody = await gro.as(walletOf('anybody'));
    const receipt = await building.send(anybody, 'carry', key(1), [0n, lot]);
    assert.deepEqual(eventsOf(gro.gro, receipt, 'Carried'), [
      { seat: 1n, oldKey: key(1), newKey: next.address, by: walletOf('anybody').address },
    ]);
    assert.deepEqual([await gro.balance(next.address), await gro.balance(next.address, lot)], [20n * GRO, 1_000n]);
    assert.deepEqual([await gro.balance(key(1)), await gro.balance(key(1), lot)], [0n, 0n]);
    assert.deepEqual([await gro.supply(), await gro.supply(lot)], [30n * GRO, 1_500n]);
    // Twice is once, and the same id twice is refused.
    await building.send(anybody, 'carry', key(1), [0n, lot]);
    assert.equal(await gro.balance(next.address), 20n * GRO);
    await gro.move(2, key(2), key(1), 0n, GRO);
    assert.match(await gro.refused(anybody.getFunction('carry')(key(1), [0n, 0n])), /^ERC1155InsufficientBalance/);
    await building.send(anybody, 'carry', key(1), [0n]);
    assert.equal(await gro.balance(next.address), 21n * GRO);
  });

  it('is carried though the seat is frozen, and stays with it', async () => {
    const next = walletOf('recovered key');
    await registry.freeze(1, true, 1);
    await registry.recoverKey(1, next);
    await building.warpTo((await building.now()) + WEEK + 1);
    await registry.applyKeyChange(1);
    // The freeze is the seat's: a thief of the old key finds nothing to move in between.
    const own = await gro.as(1);
    assert.equal(
      await gro.refused(own.getFunction('safeTransferFrom')(key(1), friend.address, 0n, 1n, '0x')),
      `FormerKey(${key(1)},1)`,
    );
    await building.send(gro.gro, 'carry', key(1), [0n]);
    assert.equal(await gro.balance(next.address), 20n * GRO);
    const recovered = await gro.as(next);
    assert.equal(
      await gro.refused(recovered.getFunction('safeTransferFrom')(next.address, friend.address, 0n, 1n, '0x')),
      'SeatIsFrozen(1)',
    );
  });

  it('only this contract delivers, and only it mints', async () => {
    const own = await gro.as(1);
    assert.equal(
      await gro.refused(own.getFunction('deliver')(ZeroAddress, key(1), [0n], [GRO], '0x')),
      `OnlyItself(${key(1)})`,
    );
    assert.equal(
      await gro.refused(own.getFunction('deliver')(key(2), key(1), [0n], [GRO], '0x')),
      `OnlyItself(${key(1)})`,
    );
  });

  it('says what it can: ERC-1155 and its domain', async () => {
    for (const [interfaceId, is] of [
      ['0xd9b67a26', true],
      ['0x01ffc9a7', true],
      ['0xffffffff', false],
    ] as const)
      assert.equal(await gro.read('supportsInterface', interfaceId), is);
    assert.equal(await gro.read('DOMAIN_SEPARATOR'), TypedDataEncoder.hashDomain(gro.domain));
    assert.equal(await gro.read('GRO'), 0n);
    assert.equal(await gro.read('seats'), building.seats.target);
  });
});
