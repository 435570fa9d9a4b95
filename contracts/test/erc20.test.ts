import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, MaxUint256, TypedDataEncoder, Wallet, ZeroAddress } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';

describe('Food-USD as an ERC-20', () => {
  let building: Building;
  let back: () => Promise<void>;
  const [owner, spender] = [walletOf('member 1'), walletOf('spender')];
  const other = walletOf('other').address;
  before(async () => {
    building = await createBuilding();
    await building.fund([1], 100n * FUSD);
    for (const wallet of [owner, spender]) {
      await building.simulator.request('hardhat_setBalance', [wallet.address, '0xde0b6b3a7640000']);
    }
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const as = (wallet: Wallet): Contract =>
    building.token.connect(new Wallet(wallet.privateKey, building.provider)) as Contract;
  const read = (fn: string, ...args: unknown[]): Promise<unknown> => building.token.getFunction(fn)(...args);
  const refused = (call: Promise<unknown>): Promise<string> => revertOf(building.token, call);

  it('names itself', async () => {
    assert.deepEqual(
      [await read('name'), await read('symbol'), await read('decimals'), await read('totalSupply')],
      ['Food USD', 'FUSD', 6n, 100n * FUSD],
    );
  });

  it('transfers what is there and no more', async () => {
    const { send, balanceOf, token } = building;
    const receipt = await send(as(owner), 'transfer', other, 30n * FUSD);
    assert.deepEqual(eventsOf(token, receipt, 'Transfer'), [{ from: owner.address, to: other, value: 30n * FUSD }]);
    assert.deepEqual([await balanceOf(owner.address), await balanceOf(other)], [70n * FUSD, 30n * FUSD]);
    const tooMuch = as(owner).getFunction('transfer')(other, 70n * FUSD + 1n);
    assert.equal(await refused(tooMuch), `ERC20InsufficientBalance(${owner.address},${70n * FUSD},${70n * FUSD + 1n})`);
    const huge = as(owner).getFunction('transfer')(other, MaxUint256);
    assert.equal(await refused(huge), `ERC20InsufficientBalance(${owner.address},${70n * FUSD},${MaxUint256})`);
    assert.equal(
      await refused(as(owner).getFunction('transfer')(ZeroAddress, 1)),
      `ERC20InvalidReceiver(${ZeroAddress})`,
    );
    await send(as(owner), 'transfer', other, 0);
    await send(as(owner), 'transfer', owner.address, 70n * FUSD);
    assert.equal(await balanceOf(owner.address), 70n * FUSD);
  });

  it('spends an allowance, once', async () => {
    const { send, token, balanceOf } = building;
    const receipt = await send(as(owner), 'approve', spender.address, 50n * FUSD);
    assert.deepEqual(eventsOf(token, receipt, 'Approval'), [
      { owner: owner.address, spender: spender.address, value: 50n * FUSD },
    ]);
    await send(as(spender), 'transferFrom', owner.address, other, 20n * FUSD);
    assert.equal(await read('allowance', owner.address, spender.address), 30n * FUSD);
    const tooMuch = as(spender).getFunction('transferFrom')(owner.address, other, 30n * FUSD + 1n);
    assert.equal(
      await refused(tooMuch),
      `ERC20InsufficientAllowance(${spender.address},${30n * FUSD},${30n * FUSD + 1n})`,
    );
    await send(as(spender), 'transferFrom', owner.address, other, 30n * FUSD);
    assert.equal(await balanceOf(other), 50n * FUSD);
    assert.equal(
      await refused(as(owner).getFunction('approve')(ZeroAddress, 1)),
      `ERC20InvalidSpender(${ZeroAddress})`,
    );
  });

  it('leaves an endless allowance as it is', async () => {
    const { send } = building;
    await send(as(owner), 'approve', spender.address, MaxUint256);
    await send(as(spender), 'transferFrom', owner.address, other, 20n * FUSD);
    assert.equal(await read('allowance', owner.address, spender.address), MaxUint256);
  });

  it('separates its domain by chain and address', async () => {
    assert.equal(await read('DOMAIN_SEPARATOR'), TypedDataEncoder.hashDomain(building.domain));
  });
});
