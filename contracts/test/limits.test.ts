import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, id, Wallet } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { sign } from './support/messages.ts';
import { moneyOf } from './support/money.ts';
import { eventsOf, revertOf, skippedBecause } from './support/receipts.ts';

const DAY = 24 * 3600;

describe('what holds an account back', () => {
  let building: Building;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ config: { defaultDailyLimitMicros: Number(100n * FUSD) } });
    await building.fund([1, 2, 3], 1000n * FUSD);
    await building.simulator.request('hardhat_setBalance', [building.members[0]!.address, '0xde0b6b3a7640000']);
    // Far from midnight, so that a test's own seconds do not change the day.
    const now = await building.now();
    await building.warpTo(now - (now % DAY) + DAY + 3600);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const own = (): Contract =>
    building.token.connect(new Wallet(building.members[0]!.privateKey, building.provider)) as Contract;
  const orderOf = (name: string, amount: bigint, seat = 1) => {
    const order = { subject: building.subject(name), terms: building.terms({ target: 1n }) };
    return building.orderOf(order, [building.spend(seat, amount, order)]);
  };
  const settle = async (...orders: object[]) =>
    skippedBecause(building, await building.send(building.book, 'settle', orders));

  it('a daily limit stops spends and transfers alike, and ends with the day (UTC)', async () => {
    const { token, members, payee, warpTo, now, balanceOf } = building;
    assert.deepEqual(await settle(orderOf('a', 60n * FUSD)), []);
    assert.match((await settle(orderOf('b', 41n * FUSD)))[0]!, /0x08\)$/);
    assert.equal(await token.getFunction('leftToday')(members[0]!.address), 40n * FUSD);
    assert.equal(
      await revertOf(token, own().getFunction('transfer')(payee, 40n * FUSD + 1n)),
      `DailyLimitExceeded(${members[0]!.address},${40n * FUSD},${40n * FUSD + 1n})`,
    );
    await building.send(own(), 'transfer', payee, 40n * FUSD);
    assert.match((await settle(orderOf('c', 1n)))[0]!, /0x08\)$/);
    const midnight = (await now()) - ((await now()) % DAY) + DAY;
    await warpTo(midnight);
    assert.equal(await token.getFunction('leftToday')(members[0]!.address), 100n * FUSD);
    assert.deepEqual(await settle(orderOf('c', 1n), orderOf('b', 41n * FUSD)), []);
    assert.equal(await balanceOf(members[0]!.address), 1000n * FUSD - 141n * FUSD - 1n);
  });

  it('a thief of a member’s key takes one day’s limit a day, whatever ways are used together', async () => {
    const money = moneyOf(building);
    const { members, send, token, balanceOf, domain } = building;
    const thief = walletOf('thief').address;
    const [victim, day] = [members[0]!, 100n * FUSD];
    const stolen = own();
    const authorized = (value: bigint, nonce: string) => {
      const message = {
        from: victim.address,
        to: thief,
        value,
        validAfter: 0,
        validBefore: money.until,
        nonce: id(nonce),
      };
      const signature = sign(victim, domain, 'TransferWithAuthorization', message);
      const fn = 'transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)';
      return token.getFunction(fn)(...Object.values(message), signature);
    };
    await send(stolen, 'approve', building.relayer.address, day);
    await send(stolen, 'transfer', thief, 20n * FUSD);
    await money.carried('transferBatch', [money.transfer(1, thief, 20n * FUSD)]);
    await (await authorized(20n * FUSD, 'first')).wait();
    await send(token, 'transferFrom', victim.address, thief, 20n * FUSD);
    await money.carried('requestRedemptions', [money.redeem(1, 10n * FUSD)]);
    assert.deepEqual(await settle(orderOf('stolen', 10n * FUSD)), []);
    const more = `DailyLimitExceeded(${victim.address},0,1)`;
    assert.equal(await revertOf(token, stolen.getFunction('transfer')(thief, 1n)), more);
    assert.equal(await revertOf(token, token.getFunction('transferFrom')(victim.address, thief, 1n)), more);
    assert.equal(await revertOf(token, authorized(1n, 'second')), more);
    assert.equal((await money.carried('transferBatch', [money.transfer(1, thief, 1n)])).reasons, '0x08');
    assert.equal((await money.carried('requestRedemptions', [money.redeem(1, 1n)])).reasons, '0x08');
    assert.match((await settle(orderOf('more', 1n)))[0]!, /0x08\)$/);
    // A raise is announced for 48 hours, and the owner's next word takes it back.
    await dailyLimit(1000n * FUSD, 1);
    assert.equal(await token.getFunction('dailyLimitOf')(victim.address), day);
    await freeze(true, 1);
    await send(token, 'mirror', [1]);
    await money.toMorning();
    assert.equal(
      await revertOf(token, stolen.getFunction('transfer')(thief, 1n)),
      `AccountIsFrozen(${victim.address})`,
    );
    assert.equal(await balanceOf(victim.address), 900n * FUSD);
    assert.equal(await balanceOf(thief), 80n * FUSD);
  });

  it('a limit skips one member and leaves the others their order', async () => {
    const order = { subject: building.subject('both'), terms: building.terms({ target: 50n * FUSD }) };
    const items = [building.spend(1, 101n * FUSD, order), building.spend(2, 100n * FUSD, order)];
    const receipt = await building.send(building.book, 'settle', [building.orderOf(order, items)]);
    assert.equal(eventsOf(building.book, receipt, 'OrderSettled')[0]?.okMask, 0b10n);
  });

  const dailyLimit = async (
    limit: bigint,
    revision: number,
    change: { by?: Wallet; validUntil?: number; seat?: number } = {},
  ) => {
    const seat = change.seat ?? 1;
    const validUntil = change.validUntil ?? (await building.now()) + 3600;
    const types = {
      DailyLimit: [
        { name: 'seat', type: 'uint24' },
        { name: 'limit', type: 'uint64' },
        { name: 'revision', type: 'uint32' },
        { name: 'validUntil', type: 'uint40' },
      ],
    };
    const by = change.by ?? building.members[0]!;
    const signature = await by.signTypedData(building.domain, types, { seat, limit, revision, validUntil });
    return building.token.getFunction('setDailyLimit')(seat, limit, revision, validUntil, signature);
  };

  it('is lowered at once and raised after 48 hours by the holder’s signature', async () => {
    const { token, members, warpTo, now } = building;
    const account = members[0]!.address;
    const limit = () => token.getFunction('dailyLimitOf')(account) as Promise<bigint>;
    await dailyLimit(30n * FUSD, 1);
    assert.equal(await limit(), 30n * FUSD);
    assert.match((await settle(orderOf('low', 31n * FUSD)))[0]!, /0x08\)$/);
    await dailyLimit(500n * FUSD, 2);
    const announcedAt = await now();
    assert.equal(await limit(), 30n * FUSD);
    assert.match(await revertOf(token, token.getFunction('applyDailyLimit')(account)), /^TooEarly/);
    await warpTo(announcedAt + 48 * 3600 - 2);
    assert.match(
      await revertOf(token, token.getFunction('applyDailyLimit').staticCall(account, { blockTag: 'latest' })),
      /^TooEarly/,
    );
    await warpTo(announcedAt + 48 * 3600);
    await building.send(token, 'applyDailyLimit', account);
    assert.equal(await limit(), 500n * FUSD);
    assert.match(await revertOf(token, token.getFunction('applyDailyLimit')(account)), /^NothingAnnounced/);
    assert.deepEqual(await settle(orderOf('high', 500n * FUSD)), []);
  });

  it('takes back an announced raise when it is lowered', async () => {
    const { token, members } = building;
    await dailyLimit(500n * FUSD, 1);
    await dailyLimit(90n * FUSD, 2);
    assert.match(await revertOf(token, token.getFunction('applyDailyLimit')(members[0]!.address)), /^NothingAnnounced/);
  });

  it('obeys nobody but the seat’s key, each message once', async () => {
    const { token, members, start } = building;
    await dailyLimit(30n * FUSD, 5);
    assert.equal(await revertOf(token, dailyLimit(20n * FUSD, 5)), 'StaleLimitRevision(5,5)');
    assert.equal(await revertOf(token, dailyLimit(20n * FUSD, 4)), 'StaleLimitRevision(5,4)');
    assert.equal(await revertOf(token, dailyLimit(20n * FUSD, 6, { by: members[1]! })), 'LimitNotSignedBySeat(1)');
    assert.equal(await revertOf(token, dailyLimit(20n * FUSD, 6, { seat: 99 })), 'LimitNotSignedBySeat(99)');
    assert.equal(await revertOf(token, dailyLimit(0n, 6)), 'BadLimit()');
    assert.equal(await revertOf(token, dailyLimit(1n, 6, { validUntil: start })), `MessageExpired(${start})`);
  });

  it('a frozen seat settles nothing; mirrored, its account sends nothing; released, both work again', async () => {
    const { token, seats, members, payee, send, balanceOf } = building;
    await freeze(true, 1);
    assert.match((await settle(orderOf('frozen', 1n * FUSD)))[0]!, /0x02\)$/);
    await send(token, 'mirror', [1, 2, 99]);
    assert.equal(await token.getFunction('isAccountFrozen')(members[0]!.address), true);
    assert.equal(await token.getFunction('isAccountFrozen')(members[1]!.address), false);
    const refused = own().getFunction('transfer')(payee, 1n);
    assert.equal(await revertOf(token, refused), `AccountIsFrozen(${members[0]!.address})`);
    assert.equal(await balanceOf(members[0]!.address), 1000n * FUSD);
    await freeze(false, 2);
    assert.match((await settle(orderOf('released, not mirrored', 1n * FUSD)))[0]!, /0x02\)$/);
    const receipt = await send(token, 'mirror', [1]);
    assert.deepEqual(eventsOf(token, receipt, 'AccountFrozen'), [
      { seat: 1n, account: members[0]!.address, was: true, is_: false },
    ]);
    assert.deepEqual(await settle(orderOf('frozen', 1n * FUSD)), []);
    assert.equal(await seats.getFunction('isFrozen')(1), false);
  });

  it('a frozen account still receives', async () => {
    await freeze(true, 1);
    await building.send(building.token, 'mirror', [1]);
    await building.fund([1], 5n * FUSD);
    assert.equal(await building.balanceOf(building.members[0]!.address), 1005n * FUSD);
  });

  const freeze = async (frozen: boolean, revision: number): Promise<void> => {
    const { board, seats, chainId, send, boardSign, now } = building;
    const value = { seat: 1, frozen, caseHash: id('case 7'), revision, validUntil: (await now()) + 3600 };
    const types = {
      Freeze: [
        { name: 'seat', type: 'uint24' },
        { name: 'frozen', type: 'bool' },
        { name: 'caseHash', type: 'bytes32' },
        { name: 'revision', type: 'uint32' },
        { name: 'validUntil', type: 'uint40' },
      ],
    };
    const domain = { name: 'Stoop Seats', version: '1', chainId, verifyingContract: String(seats.target) };
    const signatures = await boardSign(types, domain, value, board.slice(0, 2));
    await send(seats, 'setFrozen', value.seat, frozen, value.caseHash, revision, value.validUntil, signatures);
  };
});
