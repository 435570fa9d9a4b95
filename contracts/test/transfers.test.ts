import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { id, Signature, ZeroAddress } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { type Money, moneyOf } from './support/money.ts';
import { eventsOf } from './support/receipts.ts';

/** Order of secp256k1. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('signed transfers', () => {
  let building: Building;
  let money: Money;
  let back: () => Promise<void>;
  const to = walletOf('clearing account').address;
  before(async () => {
    building = await createBuilding({ config: { defaultDailyLimitMicros: Number(50n * FUSD) } });
    money = moneyOf(building);
    await building.fund([1, 2, 3], 100n * FUSD);
    await money.toMorning();
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  it('move what the seat’s key signed, by anybody’s hand, and say whose seat and why', async () => {
    const { token, relayer, members, balanceOf } = building;
    const items = [money.transfer(1, to, 30n * FUSD, { nonce: 7 }), money.transfer(2, members[2]!.address, 5n * FUSD)];
    const { receipt } = await money.carried('transferBatch', items);
    assert.deepEqual(eventsOf(token, receipt, 'TransfersCarried'), [
      { carrier: relayer.address, okMask: 0b11n, reasons: '0x' },
    ]);
    assert.deepEqual(eventsOf(token, receipt, 'Transfer')[0], {
      from: members[0]!.address,
      to,
      value: 30n * FUSD,
    });
    assert.deepEqual(eventsOf(token, receipt, 'SeatTransfer')[0], {
      seat: 1n,
      to,
      reasonHash: id('short delivery'),
      nonce: 7n,
      amount: 30n * FUSD,
    });
    assert.deepEqual(
      [await balanceOf(to), await balanceOf(members[0]!.address), await balanceOf(members[2]!.address)],
      [30n * FUSD, 70n * FUSD, 105n * FUSD],
    );
    assert.equal(await money.supply(), 300n * FUSD);
  });

  it('serve once by seat and nonce, in any order', async () => {
    const { balanceOf } = building;
    const [late, early] = [
      money.transfer(1, to, FUSD, { nonce: 0xffffffff }),
      money.transfer(1, to, FUSD, { nonce: 0 }),
    ];
    const other = money.transfer(2, to, FUSD, { nonce: 0 });
    assert.equal((await money.carried('transferBatch', [late, early, late, other])).reasons, '0x00000300');
    assert.equal((await money.carried('transferBatch', [early, late, other])).reasons, '0x030303');
    // Another message under a nonce that was used.
    assert.equal((await money.carried('transferBatch', [money.transfer(1, to, 2n, { nonce: 0 })])).reasons, '0x03');
    const used = async (seat: number, nonce: number) => money.read('isTransferUsed', seat, nonce);
    assert.deepEqual(
      [await used(1, 0), await used(1, 0xffffffff), await used(1, 1), await used(2, 0), await used(2, 0xffffffff)],
      [true, true, false, true, false],
    );
    assert.equal(await balanceOf(to), 3n * FUSD);
  });

  it('say why an item was skipped, and skip no other for it', async () => {
    const { token, members, start, minter } = building;
    const good = money.transfer(1, to, FUSD);
    const late = money.transfer(1, to, 20n * FUSD, { validUntil: start });
    const items = [
      money.transfer(99, to, 1n, { by: members[0]! }),
      late,
      money.transfer(1, to, 0n),
      money.transfer(1, to, 1n, { by: members[1]! }),
      money.transfer(1, to, 1n, { by: minter }),
      { ...good, amount: 2n * FUSD },
      { ...good, to: members[1]!.address },
      { ...good, seat: 2 },
      { ...good, nonce: 99 },
      { ...good, reasonHash: id('another reason') },
      { ...good, validUntil: good.validUntil + 1 },
      { ...good, signature: '0x' },
      money.transfer(1, to, 101n * FUSD),
      money.transfer(1, to, 51n * FUSD),
      money.transfer(1, ZeroAddress, 1n),
      money.transfer(1, String(token.target), 1n),
      good,
    ];
    const { reasons } = await money.carried('transferBatch', items);
    assert.equal(reasons, '0x0104050606060606060606060708' + '0c0c00');
    assert.equal(await building.balanceOf(to), FUSD);
  });

  it('are valid to the second that they say', async () => {
    const end = (await building.now()) + 100;
    const item = money.transfer(1, to, FUSD, { validUntil: end });
    const again = money.transfer(1, to, FUSD, { validUntil: end });
    await building.simulator.request('evm_setNextBlockTimestamp', [end]);
    assert.equal((await money.carried('transferBatch', [item])).reasons, '0x');
    assert.equal((await money.carried('transferBatch', [again])).reasons, '0x04');
  });

  it('count against the daily limit together with everything else', async () => {
    const { members } = building;
    assert.equal((await money.carried('transferBatch', [money.transfer(1, to, 30n * FUSD)])).reasons, '0x');
    assert.equal(await money.read('leftToday', members[0]!.address), 20n * FUSD);
    const rest = [money.transfer(1, to, 20n * FUSD + 1n), money.transfer(1, to, 20n * FUSD), money.transfer(1, to, 1n)];
    assert.equal((await money.carried('transferBatch', rest)).reasons, '0x080008');
    await money.toMorning();
    // What waited passes on another day.
    assert.equal((await money.carried('transferBatch', rest)).reasons, '0x000300');
  });

  it('rest while the seat is frozen, in the registry or in the ledger', async () => {
    await money.registry.freeze(1, true, 1);
    const item = money.transfer(1, to, FUSD);
    assert.equal((await money.carried('transferBatch', [item])).reasons, '0x02');
    await building.send(building.token, 'mirror', [1]);
    await money.registry.freeze(1, false, 2);
    assert.equal((await money.carried('transferBatch', [item])).reasons, '0x02');
    await building.send(building.token, 'mirror', [1]);
    assert.equal((await money.carried('transferBatch', [item])).reasons, '0x');
  });

  it('are no more done for a seat that was given back, whose key still transfers by itself', async () => {
    const { members, send, balanceOf } = building;
    await money.registry.retire(1);
    assert.equal((await money.carried('transferBatch', [money.transfer(1, to, FUSD)])).reasons, '0x0b');
    await send(await money.as(members[0]!), 'transfer', to, FUSD);
    assert.equal(await balanceOf(to), FUSD);
  });

  it('do nothing on another chain, in another token, or mirrored', async () => {
    const elsewhere = [{ chainId: 31_998 }, { verifyingContract: to }, { name: 'Gro Token' }, { version: '2' }];
    const items = elsewhere.map((domain) => money.transfer(1, to, FUSD, { domain }));
    assert.equal((await money.carried('transferBatch', items)).reasons, '0x06060606');
    const right = money.transfer(1, to, FUSD);
    const { r, s, v } = Signature.from(right.signature);
    const high = (N - BigInt(s)).toString(16).padStart(64, '0');
    const mirrored = { ...right, signature: `${r}${high}${(v === 27 ? 28 : 27).toString(16)}` };
    assert.equal((await money.carried('transferBatch', [mirrored, right, mirrored])).reasons, '0x060003');
    assert.equal(await building.balanceOf(to), FUSD);
  });

  it('end with the seat’s key: the new one signs, the old one does not', async () => {
    const next = walletOf('next key of seat 1');
    const old = money.transfer(1, to, FUSD);
    await money.changeKey(1, next);
    await building.send(building.token, 'carry', building.members[0]!.address);
    assert.equal((await money.carried('transferBatch', [old])).reasons, '0x06');
    assert.equal((await money.carried('transferBatch', [money.transfer(1, to, FUSD, { by: next })])).reasons, '0x');
  });

  it('leave the balance as it is from a seat to itself', async () => {
    const own = building.members[0]!.address;
    assert.equal((await money.carried('transferBatch', [money.transfer(1, own, 40n * FUSD)])).reasons, '0x');
    assert.equal(await building.balanceOf(own), 100n * FUSD);
    assert.equal(await money.supply(), 300n * FUSD);
  });

  it('come at most 256 at a time', async () => {
    const item = money.transfer(1, to, 1n);
    const call = building.token.getFunction('transferBatch')(Array(257).fill(item));
    assert.equal(await money.refused(call), 'TooManyItems(257)');
  });
});
