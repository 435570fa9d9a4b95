import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { id, ZeroAddress, ZeroHash } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { DAY, type Money, moneyOf } from './support/money.ts';
import { eventsOf } from './support/receipts.ts';

const NONE = 0n;
const PENDING = 1n;
const PAID = 2n;
const RESTORED = 3n;

describe('redemption', () => {
  let building: Building;
  let money: Money;
  let back: () => Promise<void>;
  let own: string;
  let escrow: string;
  const ref = id('redemption of seat 1');
  before(async () => {
    building = await createBuilding({ config: { defaultDailyLimitMicros: Number(50n * FUSD) } });
    money = moneyOf(building);
    own = building.members[0]!.address;
    escrow = String(building.token.target);
    await building.fund([1, 2, 3], 100n * FUSD);
    await money.toMorning();
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const request = (amount = 40n * FUSD) => money.carried('requestRedemptions', [money.redeem(1, amount, { ref })]);
  const redemption = async () => [...((await money.read('redemptionOf', ref)) as unknown[])];

  it('takes what the seat’s key signed into the token’s own keeping', async () => {
    const { token, balanceOf, relayer, now } = building;
    const { receipt } = await request();
    assert.deepEqual(eventsOf(token, receipt, 'Transfer'), [{ from: own, to: escrow, value: 40n * FUSD }]);
    assert.deepEqual(eventsOf(token, receipt, 'RedemptionRequested'), [
      { seat: 1n, redemptionRef: ref, account: own, amount: 40n * FUSD },
    ]);
    assert.deepEqual(eventsOf(token, receipt, 'RedemptionsRequested'), [
      { carrier: relayer.address, okMask: 1n, reasons: '0x' },
    ]);
    assert.deepEqual([await balanceOf(own), await balanceOf(escrow)], [60n * FUSD, 40n * FUSD]);
    assert.equal(await money.supply(), 300n * FUSD);
    assert.deepEqual(await redemption(), [1n, 40n * FUSD, BigInt(await now()), PENDING]);
    assert.equal(await money.read('leftToday', own), 10n * FUSD);
  });

  it('burns what a minter signed that the bank has paid', async () => {
    const { token, balanceOf, minter } = building;
    await request();
    const receipt = await money.confirm(ref);
    assert.deepEqual(eventsOf(token, receipt, 'Transfer'), [{ from: escrow, to: ZeroAddress, value: 40n * FUSD }]);
    assert.deepEqual(eventsOf(token, receipt, 'RedemptionPaid'), [
      { seat: 1n, redemptionRef: ref, minter: minter.address, amount: 40n * FUSD, documentHash: id('statement') },
    ]);
    assert.deepEqual([await balanceOf(own), await balanceOf(escrow)], [60n * FUSD, 0n]);
    assert.equal(await money.supply(), 260n * FUSD);
    assert.equal((await redemption())[3], PAID);
  });

  it('makes room under the reserve again by what was burned', async () => {
    await request();
    const item = building.signMint({ seat: 2, amount: 40n * FUSD, depositRef: id('later'), validUntil: money.until });
    assert.equal((await money.carried('mintBatch', [item])).reasons, '0x09');
    await money.confirm(ref);
    assert.equal((await money.carried('mintBatch', [item])).reasons, '0x');
    assert.equal(await money.supply(), 300n * FUSD);
  });

  it('gives back what a minter signed that it was not paid', async () => {
    const { token, balanceOf, minter } = building;
    await request();
    const receipt = await money.restore(ref);
    assert.deepEqual(eventsOf(token, receipt, 'Transfer'), [{ from: escrow, to: own, value: 40n * FUSD }]);
    assert.deepEqual(eventsOf(token, receipt, 'RedemptionRestored'), [
      {
        seat: 1n,
        redemptionRef: ref,
        by: minter.address,
        account: own,
        amount: 40n * FUSD,
        caseHash: id('account closed'),
      },
    ]);
    assert.deepEqual([await balanceOf(own), await balanceOf(escrow)], [100n * FUSD, 0n]);
    assert.equal(await money.supply(), 300n * FUSD);
    assert.equal((await redemption())[3], RESTORED);
  });

  it('goes back by anybody’s hand 30 days after the request, and not before', async () => {
    const { token, stranger, now, warpTo, balanceOf, send } = building;
    await request();
    const from = (await now()) + 30 * DAY;
    const late = (await money.as(stranger)).getFunction('restoreLateRedemption');
    await warpTo(from - 2);
    assert.equal(await money.refused(late(ref)), `RestoredTooEarly(${from})`);
    await warpTo(from);
    const [event] = eventsOf(
      token,
      await send(await money.as(stranger), 'restoreLateRedemption', ref),
      'RedemptionRestored',
    );
    assert.deepEqual([event?.by, event?.account, event?.caseHash], [stranger.address, own, ZeroHash]);
    assert.equal(await balanceOf(own), 100n * FUSD);
    assert.equal(await money.refused(money.confirm(ref)), `RedemptionNotPending(${ref},${RESTORED})`);
  });

  it('ends once: neither twice nor in two ways', async () => {
    const { token } = building;
    const late = () => token.getFunction('restoreLateRedemption')(ref);
    assert.equal(await money.refused(money.confirm(ref)), `RedemptionNotPending(${ref},${NONE})`);
    assert.equal(await money.refused(money.restore(ref)), `RedemptionNotPending(${ref},${NONE})`);
    assert.equal(await money.refused(late()), `RedemptionNotPending(${ref},${NONE})`);
    await request();
    const restore = await building.snapshot();
    await money.confirm(ref);
    for (const again of [money.confirm, money.restore]) {
      assert.equal(await money.refused(again(ref)), `RedemptionNotPending(${ref},${PAID})`);
    }
    await building.warpTo((await building.now()) + 31 * DAY);
    assert.equal(await money.refused(late()), `RedemptionNotPending(${ref},${PAID})`);
    await restore();
    await money.restore(ref);
    for (const again of [money.confirm, money.restore]) {
      assert.equal(await money.refused(again(ref)), `RedemptionNotPending(${ref},${RESTORED})`);
    }
  });

  it('takes a reference once, ever', async () => {
    const again = [money.redeem(1, FUSD, { ref }), money.redeem(2, FUSD, { ref })];
    assert.equal((await money.carried('requestRedemptions', again)).reasons, '0x0003');
    await money.restore(ref);
    assert.equal((await money.carried('requestRedemptions', again)).reasons, '0x0303');
    assert.equal(await building.balanceOf(building.members[1]!.address), 100n * FUSD);
  });

  it('says why an item was skipped, and skips no other for it', async () => {
    const { members, start, minter } = building;
    const good = money.redeem(1, FUSD);
    const items = [
      money.redeem(99, 1n, { by: members[0]! }),
      money.redeem(1, 1n, { validUntil: start }),
      money.redeem(1, 0n),
      money.redeem(1, 1n, { by: members[1]! }),
      money.redeem(1, 1n, { by: minter }),
      { ...good, amount: 2n },
      { ...good, seat: 2 },
      { ...good, redemptionRef: id('another reference') },
      { ...good, validUntil: good.validUntil + 1 },
      { ...good, signature: `${good.signature}00` },
      money.redeem(1, FUSD, { domain: { chainId: 31_998 } }),
      money.redeem(1, FUSD, { domain: { verifyingContract: own } }),
      money.redeem(1, 101n * FUSD),
      money.redeem(1, 51n * FUSD),
      good,
    ];
    const { reasons } = await money.carried('requestRedemptions', items);
    assert.equal(reasons, '0x010405060606060606060606070800');
    assert.equal(await building.balanceOf(escrow), FUSD);
    const call = building.token.getFunction('requestRedemptions')(Array(257).fill(good));
    assert.equal(await money.refused(call), 'TooManyItems(257)');
  });

  it('waits while the seat is frozen, and is open to a seat that was given back', async () => {
    await money.registry.freeze(1, true, 1);
    assert.equal((await request()).reasons, '0x02');
    await money.registry.retire(1);
    await money.registry.freeze(1, false, 2);
    assert.equal((await request()).reasons, '0x');
  });

  it('reaches a frozen account when it is given back', async () => {
    await request();
    await money.registry.freeze(1, true, 1);
    await building.send(building.token, 'mirror', [1]);
    await money.restore(ref);
    assert.equal(await building.balanceOf(own), 100n * FUSD);
    assert.equal(await money.read('isAccountFrozen', own), true);
  });

  it('reaches the seat’s key of that day, not the one that asked', async () => {
    const next = walletOf('next key of seat 1');
    await request();
    await money.changeKey(1, next);
    const [event] = eventsOf(building.token, await money.restore(ref), 'RedemptionRestored');
    assert.equal(event?.account, next.address);
    assert.deepEqual([await building.balanceOf(own), await building.balanceOf(next.address)], [60n * FUSD, 40n * FUSD]);
  });

  it('is ended by minters’ signatures alone, which no officer carries', async () => {
    const { attestor, minter, members, relayer, start } = building;
    await request();
    for (const by of [attestor, members[0]!, walletOf('stranger')]) {
      assert.equal(await money.refused(money.confirm(ref, { by })), `NotAMinter(${by.address})`);
      assert.equal(await money.refused(money.restore(ref, { by })), `NotAMinter(${by.address})`);
    }
    assert.equal(await money.refused(money.confirm(ref, { validUntil: start })), `MessageExpired(${start})`);
    assert.equal(await money.refused(money.restore(ref, { validUntil: start })), `MessageExpired(${start})`);
    for (const domain of [{ chainId: 31_998 }, { verifyingContract: own }]) {
      assert.match(await money.refused(money.confirm(ref, { domain })), /^NotAMinter/);
      assert.match(await money.refused(money.restore(ref, { domain })), /^NotAMinter/);
    }
    // One way's signature does not serve the other.
    const { token } = building;
    const crossed = token.getFunction('confirmRedemption')(...money.ending('Restore', ref, {}));
    assert.match(await money.refused(crossed), /^NotAMinter/);
    const empty = token.getFunction('confirmRedemption')(ref, ZeroHash, money.until, '0x');
    assert.equal(await money.refused(empty), `NotAMinter(${ZeroAddress})`);
    for (const officer of [minter, attestor]) {
      const hand = await money.as(officer);
      for (const [fn, type] of [
        ['confirmRedemption', 'Payout'],
        ['restoreRedemption', 'Restore'],
      ] as const) {
        const call = hand.getFunction(fn)(...money.ending(type, ref, {}));
        assert.equal(await money.refused(call), `CarrierIsOfficer(${officer.address})`);
      }
    }
    assert.equal(await building.balanceOf(escrow), 40n * FUSD);
    assert.equal((await redemption())[3], PENDING);
    assert.notEqual(relayer.address, minter.address);
  });

  it('keeps what waits out of everybody’s reach: nobody sends to the token, and it sends nothing', async () => {
    const { token, members, payee } = building;
    await request();
    const hand = await money.as(members[1]!);
    assert.equal(await money.refused(hand.getFunction('transfer')(escrow, 1n)), `ERC20InvalidReceiver(${escrow})`);
    const spends = token.getFunction('settleSpends')(id('x'), id('y'), escrow, 0, 0, 1, '0x');
    assert.equal(await money.refused(spends), `ERC20InvalidReceiver(${escrow})`);
    const pull = hand.getFunction('transferFrom')(escrow, payee, 1n);
    assert.equal(await money.refused(pull), `ERC20InsufficientAllowance(${members[1]!.address},0,1)`);
    assert.equal(await money.refused(token.getFunction('carry')(escrow)), `NotAFormerKey(${escrow})`);
    assert.equal(await building.balanceOf(escrow), 40n * FUSD);
  });
});
