import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { concat, encodeBytes32String, id, Signature, ZeroAddress, ZeroHash } from 'ethers';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { DAY, type Gro, groOf, reason } from './support/gro.ts';
import { eventsOf } from './support/receipts.ts';
import { type Registry, registryOf } from './support/registry.ts';

const PER_GRAM = 700n;
const PER_SHIFT = 3_000_000n;
const SEAT_CAP = 20_000_000n;
const SEASON_CAP = 50_000_000n;
const PER_DAY = 10_000n;
const SEASON = 91 * DAY;

describe('GRO and produce come into being', () => {
  let building: Building;
  let gro: Gro;
  let registry: Registry;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({
      members: 4,
      config: {
        parameters: {
          'gro.perGram': { value: Number(PER_GRAM) },
          'gro.perShift': { value: Number(PER_SHIFT) },
          'gro.seasonCapPerSeat': { value: Number(SEAT_CAP) },
          'gro.seasonCap': { value: Number(SEASON_CAP) },
          'produce.gramsPerDay': { value: Number(PER_DAY) },
          'season.length': { value: SEASON },
        },
      },
    });
    gro = groOf(building);
    registry = registryOf(building);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const key = (seat: number): string => building.members[seat - 1]!.address;
  const season = async (): Promise<bigint> => BigInt(Math.floor((await building.now()) / SEASON));
  const stranger = walletOf('no officer');

  it('a lot is certified once, under the hash of who, where, when and which', async () => {
    const item = gro.certify(5_000n);
    const { receipt, okMask, reasons, carrier } = await gro.carried('certifyBatch', [item]);
    const lot = gro.lotOf(item);
    assert.deepEqual([okMask, reasons, carrier], [1n, '0x', building.relayer.address]);
    assert.equal(await gro.read('lotId', building.certifier.address, item.farm, item.harvestDay, item.serial), lot);
    assert.deepEqual(eventsOf(gro.gro, receipt, 'LotCertified'), [
      {
        lot,
        certifier: building.certifier.address,
        farm: item.farm,
        harvestDay: BigInt(item.harvestDay),
        serial: BigInt(item.serial),
        grams: 5_000n,
        documentHash: item.documentHash,
      },
    ]);
    assert.deepEqual(
      [...((await gro.read('lotOf', lot)) as unknown[])],
      [building.certifier.address, 5_000n, BigInt(item.harvestDay), 0n, false],
    );
    const more = gro.certify(9_000n, { serial: item.serial });
    assert.deepEqual(await gro.codes('certifyBatch', [item, more]), [reason.used, reason.used]);
    assert.equal(((await gro.read('lotOf', lot)) as { certified: bigint }).certified, 5_000n);
  });

  it('a lot is certified by a certifier, in time, of something, as signed', async () => {
    const late = (await building.now()) - 1;
    const items = [
      gro.certify(10n, { by: stranger }),
      gro.certify(10n, { by: building.steward }),
      gro.certify(10n, { validUntil: late }),
      gro.certify(0n),
      gro.certify(10n, { signed: { grams: 11n } }),
      gro.certify(10n, { domain: { chainId: 1 } }),
      gro.certify(10n, { domain: { verifyingContract: String(gro.lock.target) } }),
      { ...gro.certify(10n), signature: '0x' },
    ];
    const { wrongSigner, expired, badAmount } = reason;
    assert.deepEqual(await gro.codes('certifyBatch', items), [
      wrongSigner,
      wrongSigner,
      expired,
      badAmount,
      wrongSigner,
      wrongSigner,
      wrongSigner,
      wrongSigner,
    ]);
    assert.deepEqual(
      await gro.codes('certifyBatch', [gro.certify(1n, { validUntil: (await building.now()) + 5 })]),
      [0],
    );
  });

  it('a harvest mints produce and issues exactly the GRO of its grams', async () => {
    const lot = await gro.certified(5_000n);
    const item = gro.harvest(lot, 2, 1_234n);
    const { receipt } = await gro.carried('harvestBatch', [item]);
    assert.equal(await gro.balance(key(2), lot), 1_234n);
    assert.equal(await gro.balance(key(2)), 1_234n * 700n);
    assert.equal(await gro.supply(lot), 1_234n);
    assert.equal(await gro.supply(), 1_234n * 700n);
    assert.deepEqual(eventsOf(gro.gro, receipt, 'ProduceMinted'), [
      { lot, seat: 2n, ref: item.ref, grams: 1_234n, oldMinted: 0n, newMinted: 1_234n },
    ]);
    assert.deepEqual(eventsOf(gro.gro, receipt, 'GroIssued'), [
      {
        seat: 2n,
        ref: item.ref,
        season: await season(),
        wanted: 863_800n,
        issued: 863_800n,
        oldSeatTotal: 0n,
        oldSeasonTotal: 0n,
      },
    ]);
    assert.deepEqual([...((await gro.read('issuedIn', await season(), 2)) as bigint[])], [863_800n, 863_800n]);
    assert.equal(await gro.read('gramsToday', building.certifier.address), 1_234n);
    assert.equal(await gro.read('isHarvestUsed', lot, item.ref), true);
    assert.deepEqual(await gro.codes('harvestBatch', [item]), [reason.used]);
    assert.equal(await gro.supply(lot), 1_234n);
  });

  it('a lot is minted up to what was certified and no gram further', async () => {
    const lot = await gro.certified(1_000n);
    const found = await gro.codes('harvestBatch', [
      gro.harvest(lot, 1, 600n),
      gro.harvest(lot, 2, 401n),
      gro.harvest(lot, 2, 400n),
      gro.harvest(lot, 2, 1n),
    ]);
    assert.deepEqual(found, [0, reason.aboveCertified, 0, reason.aboveCertified]);
    assert.equal(await gro.supply(lot), 1_000n);
    // What is eaten does not come back.
    assert.deepEqual(await gro.codes('consumeBatch', [gro.consume(1, lot, 600n)]), [0]);
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 2, 1n)]), [reason.aboveCertified]);
  });

  it('a harvest is the lot’s own certifier’s, in time, of something, to a seat that takes', async () => {
    const lot = await gro.certified(9_000n);
    const other = walletOf('other certifier');
    await gro.room.delayed(gro.gro.target, gro.gro.interface.encodeFunctionData('setCertifier', [other.address, true]));
    await registry.retire(3);
    const late = (await building.now()) - 1;
    const { wrongSigner, expired, badAmount, unknownSeat, retired, unknownLot } = reason;
    const found = await gro.codes('harvestBatch', [
      gro.harvest(lot, 1, 5n, { by: other }),
      gro.harvest(lot, 1, 5n, { by: building.steward }),
      gro.harvest(lot, 1, 5n, { signed: { seat: 2 } }),
      gro.harvest(lot, 1, 5n, { validUntil: late }),
      gro.harvest(lot, 1, 0n),
      gro.harvest(lot, 77, 5n),
      gro.harvest(lot, 3, 5n),
      gro.harvest(lot + 1n, 1, 5n),
      gro.harvest(0n, 1, 5n),
    ]);
    assert.deepEqual(found, [
      wrongSigner,
      wrongSigner,
      wrongSigner,
      expired,
      badAmount,
      unknownSeat,
      retired,
      unknownLot,
      unknownLot,
    ]);
    assert.equal(await gro.supply(lot), 0n);
  });

  it('an item that was skipped is not used up', async () => {
    const lot = await gro.certified(9_000n);
    const waiting = gro.harvest(lot, 9, 50n);
    assert.deepEqual(await gro.codes('harvestBatch', [waiting]), [reason.unknownSeat]);
    assert.equal(await gro.read('isHarvestUsed', lot, waiting.ref), false);
    await registry.issue([registry.resident(9, walletOf('nine').address)]);
    assert.deepEqual(await gro.codes('harvestBatch', [waiting]), [0]);
  });

  it('a frozen seat still receives', async () => {
    const lot = await gro.certified(9_000n);
    await registry.freeze(1, true, 1);
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 1, 50n)]), [0]);
    assert.deepEqual(await gro.codes('shiftBatch', [gro.shift(1, 1)]), [0]);
    assert.equal(await gro.balance(key(1)), 50n * PER_GRAM + PER_SHIFT);
  });

  it('a certifier mints so many grams a day over all its lots, and again on the next day', async () => {
    const [one, two] = [await gro.certified(20_000n), await gro.certified(20_000n)];
    const day = Math.floor((await building.now()) / DAY) + 1;
    await building.warpTo(day * DAY + 100);
    const rest = gro.harvest(two, 1, 4_001n);
    assert.deepEqual(
      await gro.codes('harvestBatch', [
        gro.harvest(one, 1, 6_000n),
        rest,
        gro.harvest(two, 1, 4_000n),
        gro.harvest(one, 1, 1n),
      ]),
      [0, reason.overDailyGrams, 0, reason.overDailyGrams],
    );
    assert.equal(await gro.read('gramsToday', building.certifier.address), 10_000n);
    await building.warpTo((day + 1) * DAY - 30);
    assert.deepEqual(await gro.codes('harvestBatch', [rest]), [reason.overDailyGrams]);
    await building.warpTo((day + 1) * DAY);
    assert.equal(await gro.read('gramsToday', building.certifier.address), 0n);
    assert.deepEqual(await gro.codes('harvestBatch', [rest]), [0]);
    assert.equal(await gro.read('gramsToday', building.certifier.address), 4_001n);
  });

  it('a shift issues its GRO, once per reference, whoever of the stewards signs', async () => {
    const second = walletOf('second steward');
    await gro.room.delayed(gro.gro.target, gro.gro.interface.encodeFunctionData('setSteward', [second.address, true]));
    const item = gro.shift(1, 2);
    const { receipt } = await gro.carried('shiftBatch', [item]);
    assert.deepEqual(eventsOf(gro.gro, receipt, 'ShiftsRewarded'), [
      { seat: 1n, ref: item.ref, steward: building.steward.address, shifts: 2n },
    ]);
    assert.equal(await gro.balance(key(1)), 2n * PER_SHIFT);
    assert.equal(await gro.read('isShiftUsed', item.ref), true);
    const again = gro.shift(1, 2, { ref: item.ref, by: second });
    assert.deepEqual(await gro.codes('shiftBatch', [item, again, gro.shift(1, 1, { by: second })]), [
      reason.used,
      reason.used,
      0,
    ]);
    assert.equal(await gro.supply(), 3n * PER_SHIFT);
  });

  it('a shift is a steward’s to attest, in time, of something, for a seat that takes', async () => {
    await registry.retire(3);
    const late = (await building.now()) - 1;
    const found = await gro.codes('shiftBatch', [
      gro.shift(1, 1, { by: building.certifier }),
      gro.shift(1, 1, { signed: { shifts: 2 } }),
      gro.shift(1, 1, { validUntil: late }),
      gro.shift(1, 0),
      gro.shift(77, 1),
      gro.shift(3, 1),
    ]);
    const { wrongSigner, expired, badAmount, unknownSeat, retired } = reason;
    assert.deepEqual(found, [wrongSigner, wrongSigner, expired, badAmount, unknownSeat, retired]);
    assert.equal(await gro.supply(), 0n);
  });

  it('a steward’s reference uses up no harvest’s', async () => {
    const lot = await gro.certified(9_000n);
    const ref = id('one reference');
    assert.deepEqual(await gro.codes('shiftBatch', [gro.shift(1, 1, { ref })]), [0]);
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 1, 5n, { ref })]), [0]);
    const second = await gro.certified(9_000n);
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(second, 1, 5n, { ref })]), [0]);
  });

  it('a seat is issued no more than its cap in a season, and what is above is lost, not owed', async () => {
    const { receipt } = await gro.carried('shiftBatch', [gro.shift(1, 6), gro.shift(1, 1), gro.shift(1, 1)]);
    assert.equal(await gro.balance(key(1)), SEAT_CAP);
    assert.deepEqual(
      eventsOf(gro.gro, receipt, 'GroIssued').map(({ wanted, issued }) => [wanted, issued]),
      [
        [18_000_000n, 18_000_000n],
        [3_000_000n, 2_000_000n],
        [3_000_000n, 0n],
      ],
    );
    const lot = await gro.certified(9_000n);
    // Produce comes all the same.
    assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 1, 100n)]), [0]);
    assert.equal(await gro.balance(key(1), lot), 100n);
    assert.equal(await gro.balance(key(1)), SEAT_CAP);
    await building.warpTo((Number(await season()) + 1) * SEASON);
    assert.deepEqual(await gro.codes('shiftBatch', [gro.shift(1, 1)]), [0]);
    assert.equal(await gro.balance(key(1)), SEAT_CAP + PER_SHIFT);
  });

  it('the building is issued no more than its cap in a season, over shifts and harvests', async () => {
    const lot = await gro.certified(9_000n);
    await gro.codes('shiftBatch', [gro.shift(1, 6), gro.shift(2, 6), gro.shift(3, 4)]);
    assert.equal(await gro.supply(), 48_000_000n);
    await gro.codes('harvestBatch', [gro.harvest(lot, 4, 4_000n), gro.harvest(lot, 4, 100n)]);
    assert.equal(await gro.balance(key(4)), 2_000_000n);
    assert.equal(await gro.supply(), SEASON_CAP);
    assert.deepEqual([...((await gro.read('issuedIn', await season(), 4)) as bigint[])], [SEASON_CAP, 2_000_000n]);
  });

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

  it('every message counts until its last second and not in the next', async () => {
    const lot = await gro.certified(5_000n);
    await gro.codes('harvestBatch', [gro.harvest(lot, 1, 100n)]);
    const validUntil = (await building.now()) + 50;
    const batches = [
      ['certifyBatch', gro.certify(10n, { validUntil })],
      ['harvestBatch', gro.harvest(lot, 1, 10n, { validUntil })],
      ['shiftBatch', gro.shift(1, 1, { validUntil })],
      ['consumeBatch', gro.consume(1, lot, 10n, { validUntil })],
      ['transferBatch', gro.transfer(1, key(2), lot, 10n, { validUntil })],
    ] as const;
    const at = (time: number) => building.simulator.request('evm_setNextBlockTimestamp', [time]);
    for (const [batch, item] of batches) {
      for (const [time, code] of [
        [validUntil + 1, reason.expired],
        [validUntil, 0],
      ] as const) {
        const undo = await building.snapshot();
        await at(time);
        assert.deepEqual(await gro.codes(batch, [item]), [code], `${batch} at ${time - validUntil}`);
        await undo();
      }
    }
    const recall = gro.recall(lot, ZeroHash, { validUntil });
    const undo = await building.snapshot();
    await at(validUntil);
    await building.send(gro.gro, 'recallBySignature', ...recall);
    await undo();
    await building.warpTo(validUntil + 1);
    assert.equal(
      await gro.refused(gro.gro.getFunction('recallBySignature')(...recall)),
      `MessageExpired(${validUntil})`,
    );
  });

  it('a cap that members lower below what was issued stops the issue and nothing else', async () => {
    await gro.codes('shiftBatch', [gro.shift(1, 4)]);
    const governor = String(building.governor.target);
    await building.simulator.request('hardhat_impersonateAccount', [governor]);
    await building.simulator.request('hardhat_setBalance', [governor, '0x56bc75e2d63100000']);
    const set = async (name: string, value: bigint) =>
      building.simulator.request('eth_sendTransaction', [
        {
          from: governor,
          to: String(building.parameters.target),
          data: building.parameters.interface.encodeFunctionData('set', [encodeBytes32String(name), value]),
        },
      ]);
    const lot = await gro.certified(5_000n);
    for (const [name, cap, room] of [
      ['gro.seasonCapPerSeat', 7_000_000n, SEAT_CAP],
      ['gro.seasonCap', 11_999_999n, SEASON_CAP],
    ] as const) {
      await set(name, cap);
      assert.deepEqual(await gro.codes('harvestBatch', [gro.harvest(lot, 1, 100n)]), [0]);
      assert.deepEqual(await gro.codes('shiftBatch', [gro.shift(1, 1)]), [0]);
      assert.equal(await gro.supply(), 12_000_000n);
      await set(name, room);
    }
    assert.equal(await gro.supply(lot), 200n);
    // With room again it goes on.
    assert.deepEqual(await gro.codes('shiftBatch', [gro.shift(2, 1)]), [0]);
    assert.equal(await gro.balance(key(2)), PER_SHIFT);
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
