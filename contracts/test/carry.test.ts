import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { MaxUint256, type Wallet } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { sign } from './support/messages.ts';
import { type Money, moneyOf, NO_LIMIT } from './support/money.ts';
import { eventsOf } from './support/receipts.ts';

const LIMIT = 50n * FUSD;

describe('what the ledger takes over from the registry', () => {
  let building: Building;
  let money: Money;
  let back: () => Promise<void>;
  let old: Wallet;
  const next = walletOf('next key of seat 1');
  const third = walletOf('third key of seat 1');
  const outside = walletOf('nobody’s seat').address;
  before(async () => {
    building = await createBuilding({ config: { defaultDailyLimitMicros: Number(LIMIT) } });
    money = moneyOf(building);
    old = building.members[0]!;
    await building.fund([1, 2], 100n * FUSD);
    await money.toMorning();
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const carry = (key: string) => building.send(building.token, 'carry', key);
  const mirror = (...list: number[]) => building.send(building.token, 'mirror', list);
  const limitOf = (account: string) => money.read('dailyLimitOf', account);
  const setLimit = (by: Wallet, limit: bigint, revision: number) => {
    const value = { seat: 1, limit, revision, validUntil: money.until };
    const signature = sign(by, building.domain, 'DailyLimit', value);
    return building.send(building.token, 'setDailyLimit', 1, limit, revision, value.validUntil, signature);
  };

  describe('carry', () => {
    it('moves all that lies at a former key to the seat’s key, by anybody’s hand, past the daily limit', async () => {
      const { token, balanceOf, stranger, send } = building;
      await money.changeKey(1, next);
      const receipt = await send(await money.as(stranger), 'carry', old.address);
      assert.deepEqual(eventsOf(token, receipt, 'Transfer'), [
        { from: old.address, to: next.address, value: 100n * FUSD },
      ]);
      assert.deepEqual(eventsOf(token, receipt, 'Carried'), [
        { seat: 1n, oldKey: old.address, newKey: next.address, amount: 100n * FUSD },
      ]);
      assert.deepEqual(eventsOf(token, receipt, 'MemberAccountSet'), [{ seat: 1n, account: next.address }]);
      assert.deepEqual([await balanceOf(old.address), await balanceOf(next.address)], [0n, 100n * FUSD]);
      assert.equal(await money.supply(), 200n * FUSD);
      assert.deepEqual([await limitOf(next.address), await money.read('leftToday', next.address)], [LIMIT, LIMIT]);
    });

    it('adds to what lies there, as often as something comes to the old key', async () => {
      const { send, balanceOf, members } = building;
      await money.changeKey(1, next);
      await building.fund([1], 7n * FUSD);
      await carry(old.address);
      await send(await money.as(members[1]!), 'transfer', old.address, 3n * FUSD);
      await carry(old.address);
      assert.deepEqual(await eventsOf(building.token, await carry(old.address), 'Carried')[0]?.amount, 0n);
      assert.deepEqual([await balanceOf(old.address), await balanceOf(next.address)], [0n, 110n * FUSD]);
    });

    it('goes nowhere but to the seat’s key, from any of its former keys', async () => {
      const { balanceOf, members } = building;
      for (const key of [old.address, members[1]!.address, outside, next.address, building.minter.address]) {
        assert.equal(await money.refused(building.token.getFunction('carry')(key)), `NotAFormerKey(${key})`);
      }
      await money.changeKey(1, next);
      await carry(old.address);
      await money.registry.changeKey(1, third, { oldBy: next, revision: 2 });
      await building.warpTo((await building.now()) + 48 * 3600 + 1);
      await money.registry.applyKeyChange(1);
      await building.send(await money.as(members[1]!), 'transfer', old.address, FUSD);
      await carry(old.address);
      await carry(next.address);
      assert.equal(
        await money.refused(building.token.getFunction('carry')(third.address)),
        `NotAFormerKey(${third.address})`,
      );
      assert.deepEqual(
        [await balanceOf(old.address), await balanceOf(next.address), await balanceOf(third.address)],
        [0n, 0n, 101n * FUSD],
      );
    });

    it('carries nothing from a key that was corrected while the founding was open', async () => {
      await money.registry.correct(1, old.address, next.address);
      const call = building.token.getFunction('carry')(old.address);
      assert.equal(await money.refused(call), `NotAFormerKey(${old.address})`);
    });

    it('serves a recovery by the board, and a seat that was given back', async () => {
      await money.registry.retire(1);
      await money.registry.recoverKey(1, next);
      await building.warpTo((await building.now()) + 7 * 24 * 3600 + 1);
      await money.registry.applyKeyChange(1);
      await carry(old.address);
      assert.equal(await building.balanceOf(next.address), 100n * FUSD);
    });

    it('takes the seat’s freeze along, whichever the old account had', async () => {
      const { token } = building;
      await money.registry.recoverKey(1, next);
      await building.warpTo((await building.now()) + 7 * 24 * 3600 + 1);
      await money.registry.applyKeyChange(1);
      await money.registry.freeze(1, true, 1);
      const receipt = await carry(old.address);
      assert.deepEqual(eventsOf(token, receipt, 'AccountFrozen'), [
        { seat: 1n, account: next.address, was: false, is_: true },
      ]);
      const refused = (await money.as(next)).getFunction('transfer')(outside, 1n);
      assert.equal(await money.refused(refused), `AccountIsFrozen(${next.address})`);
      await money.registry.freeze(1, false, 2);
      await carry(old.address);
      assert.equal(await money.read('isAccountFrozen', next.address), false);
    });

    it('does not freeze a released seat again from a frozen old account', async () => {
      await money.registry.freeze(1, true, 1);
      await mirror(1);
      await money.registry.recoverKey(1, next);
      await building.warpTo((await building.now()) + 7 * 24 * 3600 + 1);
      await money.registry.applyKeyChange(1);
      await money.registry.freeze(1, false, 2);
      await carry(old.address);
      assert.equal(await money.read('isAccountFrozen', old.address), true);
      assert.equal(await money.read('isAccountFrozen', next.address), false);
      assert.equal(await building.balanceOf(next.address), 100n * FUSD);
    });

    it('takes the owner’s limit along where the new account has none', async () => {
      const { token } = building;
      await setLimit(old, 20n * FUSD, 1);
      await money.changeKey(1, next);
      const receipt = await carry(old.address);
      assert.deepEqual(eventsOf(token, receipt, 'DailyLimitSet'), [
        { account: next.address, oldLimit: LIMIT, newLimit: 20n * FUSD },
      ]);
      assert.equal(await limitOf(next.address), 20n * FUSD);
      await setLimit(next, 10n * FUSD, 1);
      await carry(old.address);
      assert.equal(await limitOf(next.address), 10n * FUSD);
    });

    it('leaves what the seat spent under its new key as it is', async () => {
      await money.changeKey(1, next);
      await building.fund([1], 30n * FUSD);
      await money.toMorning();
      await building.send(await money.as(next), 'transfer', outside, 30n * FUSD);
      await carry(old.address);
      assert.equal(await money.read('leftToday', next.address), 20n * FUSD);
    });

    it('ends no allowance and no limit of the old key, which holds nothing any more', async () => {
      const { send, members } = building;
      await send(await money.as(old), 'approve', members[1]!.address, MaxUint256);
      await money.changeKey(1, next);
      await carry(old.address);
      const pull = (await money.as(members[1]!)).getFunction('transferFrom');
      assert.match(await money.refused(pull(old.address, outside, 1n)), /^ERC20InsufficientBalance/);
      assert.match(await money.refused(pull(next.address, outside, 1n)), /^ERC20InsufficientAllowance/);
      assert.equal(await limitOf(old.address), LIMIT);
    });
  });

  describe('membership', () => {
    it('brings the default limit with the first deposit', async () => {
      const { token, members } = building;
      const account = members[2]!.address;
      assert.equal(await limitOf(account), NO_LIMIT);
      const items = [1, 2].map((part) =>
        building.signMint({ seat: 3, amount: 1n, depositRef: `0x${String(part).repeat(64)}`, validUntil: money.until }),
      );
      await building.attest(1000n * FUSD);
      const { receipt } = await money.carried('mintBatch', items);
      assert.deepEqual(eventsOf(token, receipt, 'MemberAccountSet'), [{ seat: 3n, account }]);
      assert.deepEqual([await limitOf(account), await money.read('leftToday', account)], [LIMIT, LIMIT]);
    });

    it('comes by mirror where the money came from another member', async () => {
      const { send, members, token, balanceOf } = building;
      const account = members[2]!;
      for (const from of [0, 1]) await send(await money.as(members[from]!), 'transfer', account.address, LIMIT);
      assert.equal(await money.read('leftToday', account.address), NO_LIMIT);
      const receipt = await mirror(3, 3, 999, 0);
      assert.deepEqual(eventsOf(token, receipt, 'MemberAccountSet'), [{ seat: 3n, account: account.address }]);
      assert.deepEqual(eventsOf(token, receipt, 'AccountFrozen'), []);
      assert.deepEqual(eventsOf(token, await mirror(3), 'MemberAccountSet'), []);
      const tooMuch = (await money.as(account)).getFunction('transfer')(outside, LIMIT + 1n);
      assert.equal(await money.refused(tooMuch), `DailyLimitExceeded(${account.address},${LIMIT},${LIMIT + 1n})`);
      assert.equal(await balanceOf(account.address), 2n * LIMIT);
    });

    it('is not needed for the limit of what the seat signs', async () => {
      const { send, members } = building;
      for (const from of [0, 1]) await send(await money.as(members[from]!), 'transfer', members[2]!.address, LIMIT);
      const items = [money.transfer(3, outside, LIMIT + 1n), money.redeem(3, LIMIT + 1n)];
      assert.equal((await money.carried('transferBatch', [items[0]!])).reasons, '0x08');
      assert.equal((await money.carried('requestRedemptions', [items[1]!])).reasons, '0x08');
    });

    it('is nothing that an account outside the registry has: it sends without a limit', async () => {
      const { send, members, balanceOf, payee } = building;
      const clearing = walletOf('clearing account');
      for (const from of [0, 1]) await send(await money.as(members[from]!), 'transfer', clearing.address, LIMIT);
      await send(await money.as(clearing), 'transfer', payee, 2n * LIMIT);
      assert.equal(await balanceOf(payee), 2n * LIMIT);
      assert.deepEqual(
        [await limitOf(clearing.address), await money.read('leftToday', clearing.address)],
        [NO_LIMIT, NO_LIMIT],
      );
    });
  });
});
