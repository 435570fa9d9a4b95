import { type Contract, id, JsonRpcSigner, type TypedDataDomain, type Wallet, ZeroAddress } from 'ethers';
import { factoryOf } from '../../deploy/artifact.ts';
import type { Building } from './building.ts';
import { sign } from './messages.ts';
import { eventsOf, revertOf } from './receipts.ts';
import { registryOf } from './registry.ts';

export const DAY = 24 * 3600;
/** 2²⁵⁶ − 1: an account without a limit. */
export const NO_LIMIT = 2n ** 256n - 1n;

export interface SignedBy {
  readonly by?: Wallet;
  readonly domain?: TypedDataDomain;
}

/** What members and minters sign for Food-USD, ready to be carried. What a test leaves out is right. */
export function moneyOf(building: Building) {
  const { token, members, minter, send, provider } = building;
  const domainOf = (change: SignedBy): TypedDataDomain => ({ ...building.domain, ...change.domain });
  const until = building.start + 300 * DAY;
  let nonce = 0;
  let ref = 0;

  const transfer = (
    seat: number,
    to: string,
    amount: bigint,
    change: SignedBy & { nonce?: number; validUntil?: number } = {},
  ) => {
    nonce += 1;
    const value = {
      seat,
      to,
      amount,
      nonce: change.nonce ?? nonce,
      reasonHash: id('short delivery'),
      validUntil: change.validUntil ?? until,
    };
    return { ...value, signature: sign(change.by ?? members[seat - 1]!, domainOf(change), 'Transfer', value) };
  };
  const redeem = (seat: number, amount: bigint, change: SignedBy & { ref?: string; validUntil?: number } = {}) => {
    ref += 1;
    const value = {
      seat,
      amount,
      redemptionRef: change.ref ?? id(`redemption ${ref}`),
      validUntil: change.validUntil ?? until,
    };
    return { ...value, signature: sign(change.by ?? members[seat - 1]!, domainOf(change), 'Redeem', value) };
  };
  const ending = (type: 'Payout' | 'Restore', redemptionRef: string, change: SignedBy & { validUntil?: number }) => {
    const [field, hash] = type === 'Payout' ? ['documentHash', id('statement')] : ['caseHash', id('account closed')];
    const value = { redemptionRef, [field]: hash, validUntil: change.validUntil ?? until };
    return [redemptionRef, hash, value.validUntil, sign(change.by ?? minter, domainOf(change), type, value)] as const;
  };
  const confirm = (redemptionRef: string, change: SignedBy & { validUntil?: number } = {}) =>
    send(token, 'confirmRedemption', ...ending('Payout', redemptionRef, change));
  const restore = (redemptionRef: string, change: SignedBy & { validUntil?: number } = {}) =>
    send(token, 'restoreRedemption', ...ending('Restore', redemptionRef, change));

  /** Carries a batch; answers its `reasons`, '0x' when all was done. */
  const carried = async (fn: 'mintBatch' | 'transferBatch' | 'requestRedemptions', items: readonly object[]) => {
    const event = {
      mintBatch: 'DepositsMinted',
      transferBatch: 'TransfersCarried',
      requestRedemptions: 'RedemptionsRequested',
    };
    const receipt = await send(token, fn, items);
    const [found] = eventsOf(token, receipt, event[fn]);
    return { receipt, reasons: String(found?.reasons), okMask: found?.okMask as bigint };
  };

  /** The token as somebody with coins for gas calls it. */
  const as = async (wallet: Wallet): Promise<Contract> => {
    await building.simulator.request('hardhat_setBalance', [wallet.address, '0xde0b6b3a7640000']);
    return token.connect(wallet.connect(provider)) as Contract;
  };
  /** A call as a contract makes it. */
  const asContract = async (address: unknown): Promise<Contract> => {
    await building.simulator.request('hardhat_impersonateAccount', [String(address)]);
    await building.simulator.request('hardhat_setBalance', [String(address), '0xde0b6b3a7640000']);
    return token.connect(new JsonRpcSigner(provider, String(address))) as Contract;
  };
  /** The token obeys `wallet` in everything that the authority may do, at once. */
  const obey = async (wallet: Wallet): Promise<Contract> => {
    const manager = await factoryOf('AccessManager', building.deployer).deploy(wallet.address);
    await manager.waitForDeployment();
    await send(await asContract(building.manager.target), 'setAuthority', await manager.getAddress());
    return as(wallet);
  };

  const registry = registryOf(building);
  /** Gives the seat another key, by its old one. */
  const changeKey = async (seat: number, next: Wallet): Promise<void> => {
    await registry.changeKey(seat, next);
    await building.warpTo((await building.now()) + 48 * 3600 + 1);
    await registry.applyKeyChange(seat);
  };
  /** To an hour past midnight (UTC), so that a test's own seconds do not change the day. */
  const toMorning = async (): Promise<void> => {
    const now = await building.now();
    await building.warpTo(now - (now % DAY) + DAY + 3600);
  };
  const read = (fn: string, ...args: unknown[]): Promise<unknown> => token.getFunction(fn)(...args);
  const refused = (call: Promise<unknown>): Promise<string> => revertOf(token, call);
  const supply = (): Promise<bigint> => read('totalSupply') as Promise<bigint>;

  return {
    until,
    transfer,
    redeem,
    ending,
    confirm,
    restore,
    carried,
    as,
    asContract,
    obey,
    registry,
    changeKey,
    toMorning,
    read,
    refused,
    supply,
    nobody: ZeroAddress,
  };
}

export type Money = ReturnType<typeof moneyOf>;
