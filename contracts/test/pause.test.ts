import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, id } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { hashStruct, sign } from './support/messages.ts';
import { DAY, type Money, moneyOf } from './support/money.ts';
import { eventsOf, skippedBecause } from './support/receipts.ts';

describe('the brake', () => {
  let building: Building;
  let money: Money;
  let back: () => Promise<void>;
  /** Stands for the guardian and for the board: the authority says who is which. */
  let hand: Contract;
  const to = walletOf('receiver').address;
  const next = walletOf('next key of seat 3');
  before(async () => {
    building = await createBuilding();
    money = moneyOf(building);
    await building.fund([1, 2, 3], 100n * FUSD);
    await money.changeKey(3, next);
    hand = await money.obey(building.stranger);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const pause = () => building.send(hand, 'pause');
  const unpause = () => building.send(hand, 'unpause');
  const until = async () => (await money.read('pausedUntil')) as bigint;

  it('holds for three days and lets go by itself', async () => {
    const { token, stranger, now, warpTo, send } = building;
    assert.equal(await until(), 0n);
    const receipt = await pause();
    const end = (await now()) + 3 * DAY;
    assert.deepEqual(eventsOf(token, receipt, 'PauseSet'), [
      { actor: stranger.address, oldUntil: 0n, newUntil: BigInt(end) },
    ]);
    assert.equal(await until(), BigInt(end));
    const own = await money.as(building.members[0]!);
    await warpTo(end - 2);
    assert.equal(await money.refused(own.getFunction('transfer')(to, 1n)), `Paused(${end})`);
    await warpTo(end - 1);
    await send(own, 'transfer', to, 1n);
  });

  it('stops whatever moves, and uses up nothing', async () => {
    const { token, members, now, terms, subject, spend, orderOf, send, balanceOf } = building;
    const owner = members[0]!;
    const own = await money.as(owner);
    await send(own, 'approve', building.relayer.address, 10n * FUSD);
    const mint = building.signMint({ seat: 1, amount: FUSD, depositRef: id('paused'), validUntil: money.until });
    await building.attest(1000n * FUSD);
    const transfer = money.transfer(1, to, FUSD);
    const redeem = money.redeem(1, FUSD);
    const authorization = {
      from: owner.address,
      to: building.relayer.address,
      value: FUSD,
      validAfter: 0,
      validBefore: money.until,
    };
    const authorized = (type: 'TransferWithAuthorization' | 'ReceiveWithAuthorization') => {
      const value = { ...authorization, nonce: id(type) };
      return [...Object.values(value), sign(owner, building.domain, type, value)] as const;
    };
    const order = { subject: subject('paused'), terms: terms({ target: FUSD }) };
    const item = spend(1, FUSD, order);
    const settle = [order.subject, hashStruct('Terms', order.terms), to, 0, 0, FUSD, `0x${'11'.repeat(84)}`] as const;
    const calls: (() => Promise<unknown>)[] = [
      () => own.getFunction('transfer')(to, FUSD),
      () => token.getFunction('transferFrom')(owner.address, to, FUSD),
      () => token.getFunction('mintBatch')([mint]),
      () => token.getFunction('transferBatch')([transfer]),
      () => token.getFunction('requestRedemptions')([redeem]),
      () => token.getFunction('settleSpends')(...settle),
      () => token.getFunction('carry')(members[2]!.address),
      () =>
        token.getFunction('transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)')(
          ...authorized('TransferWithAuthorization'),
        ),
      () =>
        token.getFunction('receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)')(
          ...authorized('ReceiveWithAuthorization'),
        ),
    ];
    await pause();
    const end = (await now()) + 3 * DAY;
    for (const call of calls) assert.equal(await money.refused(call()), `Paused(${end})`);
    const skipped = await skippedBecause(building, await send(building.book, 'settle', [orderOf(order, [item])]));
    assert.deepEqual(skipped, [`Paused(${end})`]);
    await unpause();
    for (const call of calls) await (await (call() as Promise<{ wait(): Promise<unknown> }>)).wait();
    await send(building.book, 'settle', [orderOf(order, [item])]).then((receipt) =>
      assert.equal(eventsOf(building.book, receipt, 'OrderSettled').length, 1),
    );
    assert.equal(await balanceOf(next.address), 100n * FUSD);
  });

  it('stops neither the end of a redemption, nor a lower limit, nor a freeze, nor taking back', async () => {
    const { token, send, members, domain, balanceOf } = building;
    const items = [money.redeem(1, 10n * FUSD), money.redeem(1, 20n * FUSD), money.redeem(1, 5n * FUSD)];
    await money.carried('requestRedemptions', items);
    await building.warpTo((await building.now()) + 30 * DAY);
    await pause();
    await money.confirm(items[0]!.redemptionRef);
    await money.restore(items[1]!.redemptionRef);
    await send(token, 'restoreLateRedemption', items[2]!.redemptionRef);
    assert.equal(await balanceOf(members[0]!.address), 90n * FUSD);
    await building.attest(1n);
    await money.registry.freeze(2, true, 1);
    await send(token, 'mirror', [2]);
    const limit = { seat: 1, limit: 5n, revision: 1, validUntil: money.until };
    await send(token, 'setDailyLimit', ...Object.values(limit), sign(members[0]!, domain, 'DailyLimit', limit));
    const cancel = { authorizer: members[0]!.address, nonce: id('cancelled') };
    const signature = sign(members[0]!, domain, 'CancelAuthorization', cancel);
    await send(token, 'cancelAuthorization(address,bytes32,bytes)', ...Object.values(cancel), signature);
    await send(await money.as(members[0]!), 'approve', to, 0);
  });

  it('is pulled again only after a rest as long as the pause', async () => {
    const { now, warpTo } = building;
    await pause();
    const end = (await now()) + 3 * DAY;
    assert.equal(await money.refused(hand.getFunction('pause')()), `PausedBefore(${end})`);
    await warpTo(end + 3 * DAY - 2);
    assert.equal(await money.refused(hand.getFunction('pause')()), `PausedBefore(${end})`);
    await warpTo(end + 3 * DAY - 1);
    const [event] = eventsOf(building.token, await pause(), 'PauseSet');
    assert.deepEqual([event?.oldUntil, event?.newUntil], [BigInt(end), BigInt(end + 6 * DAY)]);
  });

  it('is let go by the board, and then pulled again when it must be', async () => {
    const { token, now, stranger } = building;
    assert.equal(await money.refused(hand.getFunction('unpause')()), 'NotPaused()');
    await pause();
    const end = BigInt((await now()) + 3 * DAY);
    assert.deepEqual(eventsOf(token, await unpause(), 'PauseSet'), [
      { actor: stranger.address, oldUntil: end, newUntil: 0n },
    ]);
    await pause();
    // During the rest too.
    await building.warpTo((await now()) + 4 * DAY);
    await unpause();
    await pause();
    assert.equal(await until(), BigInt((await now()) + 3 * DAY));
  });

  it('is nobody’s but whom the authority names', async () => {
    const { token, relayer, members, board, minter } = building;
    for (const wallet of [relayer, members[0]!, board[0]!, minter]) {
      const own = await money.as(wallet);
      for (const fn of ['pause', 'unpause']) {
        const refused = await money.refused(own.getFunction(fn)());
        assert.equal(refused, `AccessManagedUnauthorized(${wallet.address})`);
      }
    }
    assert.equal(await token.getFunction('pausedUntil')(), 0n);
  });
});
