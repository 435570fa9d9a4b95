import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BrowserProvider,
  Contract,
  type ContractTransactionReceipt,
  type InterfaceAbi,
  id,
  keccak256,
  type TypedDataDomain,
  toBeHex,
  Wallet,
} from 'ethers';
import { type ContractName, committed } from '../../deploy/artifact.ts';
import { type DeployConfig, type Deployment, deploy, networks } from '../../deploy/deploy.ts';
import { demoPrivateKeys } from '../../dev-chain/accounts.ts';
import { startSimulator } from '../../dev-chain/simulator.ts';
import { AT_MOST, EXACT, type Fields, hashStruct, type Item, itemsHash, pack, sign } from './messages.ts';

export const FUSD = 1_000_000n;
const START = 1_800_000_000;

export interface Terms extends Fields {
  payee: string;
  closer: string;
  target: bigint;
  ceiling: bigint;
  deadline: number;
  detailsHash: string;
}

/** A key that is the same in every run. */
export const walletOf = (name: string): Wallet => new Wallet(id(`stoop test key: ${name}`));

/** A building on a fresh chain, deployed as the script deploys it. Accounts are prefunded with coins, members with nothing. */
export async function createBuilding(
  options: { members?: number; config?: Partial<DeployConfig>; chainId?: number } = {},
) {
  const chainId = options.chainId ?? 31999;
  const simulator = await startSimulator(chainId, START);
  const provider = new BrowserProvider(
    { request: ({ method, params }) => simulator.request(method, (params ?? []) as unknown[]) },
    chainId,
    { cacheTimeout: -1 },
  );
  const [deployer, relayer, stranger] = demoPrivateKeys.map((key) => new Wallet(key, provider)) as [
    Wallet,
    Wallet,
    Wallet,
  ];
  // Ascending by address: the order in which the registry takes signatures.
  const board = ['a', 'b', 'c']
    .map((name) => walletOf(`board ${name}`))
    .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const minter = walletOf('minter');
  const attestor = walletOf('attestor');
  const closer = walletOf('closer');
  const guardian = walletOf('guardian');
  const certifier = walletOf('certifier');
  const steward = walletOf('steward');
  const payee = walletOf('payee').address;
  const members = Array.from({ length: options.members ?? 6 }, (_, index) => walletOf(`member ${index + 1}`));
  const config: DeployConfig = {
    hubId: id('a building'),
    board: board.map((each) => each.address),
    threshold: 2,
    seats: members.map((wallet, index) => ({
      seat: index + 1,
      key: wallet.address,
      class: 1,
      dwelling: id(`dwelling ${index + 1}`),
    })),
    votingSeatsPerDwelling: 2,
    minters: [minter.address],
    attestors: [attestor.address],
    relayers: [relayer.address],
    guardians: [guardian.address],
    certifiers: [certifier.address],
    stewards: [steward.address],
    defaultDailyLimitMicros: 500_000_000,
    minterDailyAllowanceMicros: 1_000_000_000_000,
    adminDelaySeconds: 7 * 24 * 3600,
    ...options.config,
  };
  const folder = mkdtempSync(join(tmpdir(), 'stoop-building-'));
  const file = join(folder, 'deployment.json');
  const deployment: Deployment = await deploy({
    provider,
    network: { ...networks.dev, chainIds: [chainId], pollMs: 1 },
    signer: deployer,
    config,
    file,
  });
  const at = (name: ContractName, address: string): Contract =>
    new Contract(address, committed(name).abi as InterfaceAbi, relayer);
  const { contracts } = deployment;
  const token = at('FoodUSD', contracts.FoodUSD);
  const book = at('GroupBuying', contracts.GroupBuying);
  const seats = at('SeatRegistry', contracts.SeatRegistry);
  const boardroom = at('Board', contracts.Board);
  const manager = at('AccessManager', contracts.AccessManager);
  const parameters = at('Parameters', contracts.Parameters);
  const gro = at('GroToken', contracts.GroToken);
  const locks = at('SeatLock', contracts.SeatLock);
  const governor = at('CoopGovernor', contracts.CoopGovernor);
  const domain: TypedDataDomain = { name: 'Food USD', version: '1', chainId, verifyingContract: contracts.FoodUSD };

  const now = async (): Promise<number> => (await provider.getBlock('latest'))!.timestamp;
  const send = async (contract: Contract, fn: string, ...args: unknown[]): Promise<ContractTransactionReceipt> => {
    const receipt = await (await contract.getFunction(fn)(...args)).wait();
    return receipt as ContractTransactionReceipt;
  };
  let sequence = 0;
  let deposits = 0;
  const attest = async (reserve: bigint, from = attestor): Promise<ContractTransactionReceipt> => {
    sequence += 1;
    const value = { reserve, documentHash: id('statement'), sequence, takenAt: await now() };
    const signature = sign(from, domain, 'Attestation', value);
    return send(token, 'attest', value.reserve, value.documentHash, value.sequence, value.takenAt, signature);
  };
  const signMint = (value: { seat: number; amount: bigint; depositRef: string; validUntil: number }, by = minter) => ({
    ...value,
    signature: sign(by, domain, 'Mint', value),
  });
  const nextDeposit = (): string => {
    deposits += 1;
    return toBeHex(deposits, 32);
  };
  /** Attests enough and mints to the seats. */
  const fund = async (seatNumbers: readonly number[], amount: bigint): Promise<void> => {
    const supply = (await token.getFunction('totalSupply')()) as bigint;
    await attest(supply + amount * BigInt(seatNumbers.length));
    const validUntil = (await now()) + 3600;
    const items = seatNumbers.map((seat) => signMint({ seat, amount, depositRef: nextDeposit(), validUntil }));
    await send(token, 'mintBatch', items);
  };
  const terms = (overrides: Partial<Terms> = {}): Terms => ({
    payee,
    closer: closer.address,
    target: 100n * FUSD,
    ceiling: 1000n * FUSD,
    deadline: START + 100 * 24 * 3600,
    detailsHash: id('rice'),
    ...overrides,
  });
  const spend = (
    seat: number,
    amount: bigint,
    order: { subject: string; terms: Terms; mode?: number },
    change: SpendChange = {},
  ): Item => {
    const value = {
      book: contracts.GroupBuying,
      subject: order.subject,
      termsHash: hashStruct('Terms', order.terms),
      seat,
      maxAmount: change.maxAmount ?? amount,
      revision: change.revision ?? 1,
      validUntil: change.validUntil ?? START + 90 * 24 * 3600,
      mode: order.mode ?? EXACT,
      ...change.signed,
    };
    const signature = sign(change.by ?? members[seat - 1]!, { ...domain, ...change.domain }, 'Spend', value);
    return {
      seat,
      amount,
      maxAmount: change.maxAmount ?? amount,
      revision: change.revision ?? 1,
      validUntil: Number(change.validUntil ?? START + 90 * 24 * 3600),
      signature,
    };
  };
  const orderOf = (
    order: { subject: string; terms: Terms; mode?: number },
    items: readonly Item[],
    by: Wallet = closer,
    change: Fields = {},
  ) => {
    const mode = order.mode ?? EXACT;
    const total = items.reduce((sum, item) => sum + item.amount, 0n);
    const closing = {
      subject: order.subject,
      termsHash: hashStruct('Terms', order.terms),
      itemsHash: itemsHash(items),
      total,
      payee: order.terms.payee,
      ...change,
    };
    return {
      subject: order.subject,
      terms: order.terms,
      mode,
      items: pack(items, mode),
      itemsHash: closing.itemsHash,
      total,
      closingSignature: mode === AT_MOST ? sign(by, domain, 'Closing', closing) : '0x',
    };
  };
  const boardSign = (
    types: Record<string, { name: string; type: string }[]>,
    boardDomain: TypedDataDomain,
    value: object,
    by: readonly Wallet[],
  ) => Promise.all(by.map((wallet) => wallet.signTypedData(boardDomain, types, value)));
  const balanceOf = (account: string): Promise<bigint> => token.getFunction('balanceOf')(account) as Promise<bigint>;
  const snapshot = async (): Promise<() => Promise<void>> => {
    const mark = await simulator.request('evm_snapshot', []);
    const before = { sequence, deposits };
    return async () => {
      await simulator.request('evm_revert', [mark]);
      ({ sequence, deposits } = before);
    };
  };
  const warpTo = async (time: number): Promise<void> => {
    await simulator.request('evm_setNextBlockTimestamp', [time]);
    await simulator.request('evm_mine', []);
  };
  const close = async (): Promise<void> => {
    provider.destroy();
    await simulator.close();
    rmSync(folder, { recursive: true });
  };
  return {
    simulator,
    provider,
    chainId,
    deployer,
    relayer,
    stranger,
    board,
    minter,
    attestor,
    closer,
    guardian,
    certifier,
    steward,
    payee,
    members,
    config,
    file,
    deployment,
    token,
    book,
    seats,
    boardroom,
    manager,
    parameters,
    gro,
    locks,
    governor,
    domain,
    at,
    now,
    send,
    attest,
    signMint,
    nextDeposit,
    fund,
    terms,
    spend,
    orderOf,
    boardSign,
    balanceOf,
    snapshot,
    warpTo,
    close,
    start: START,
    subject: (name: string): string => keccak256(id(name)),
  };
}

export interface SpendChange {
  readonly by?: Wallet;
  readonly maxAmount?: bigint;
  readonly revision?: number;
  readonly validUntil?: number;
  /** Fields signed differently from what is sent. */
  readonly signed?: Fields;
  readonly domain?: TypedDataDomain;
}

export type Building = Awaited<ReturnType<typeof createBuilding>>;
