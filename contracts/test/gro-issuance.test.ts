import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { encodeBytes32String, id, ZeroHash } from 'ethers';
import { type Building, walletOf } from './support/building.ts';
import { createGroBuilding, DAY, type Gro, reason, rules } from './support/gro.ts';
import { eventsOf } from './support/receipts.ts';
import type { Registry } from './support/registry.ts';

const { perGram: PER_GRAM, perShift: PER_SHIFT, seatCap: SEAT_CAP, seasonCap: SEASON_CAP } = rules;
const SEASON = rules.seasonLength;

describe('GRO and produce come into being', () => {
  let building: Building;
  let gro: Gro;
  let registry: Registry;
  let back: () => Promise<void>;
  before(async () => {
    ({ building, gro, registry } = await createGroBuilding());
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
});
