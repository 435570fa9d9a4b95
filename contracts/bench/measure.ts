import {
  digest,
  foodUsdDomain,
  fromHex,
  message,
  packSpendItems,
  type SpendItem,
  signDigest,
  spendMode,
  subjectOf,
  type Terms,
  termsHash,
} from '@stoop/hub/signing/index.ts';
import { Contract, ContractFactory, type ContractTransactionReceipt, type InterfaceAbi, id, Wallet } from 'ethers';
import { compile } from '../build.ts';
import type { Building } from '../test/support/building.ts';

type Hex = `0x${string}`;

/** One join, in micro-units. */
export const JOIN_MICROS = 2_000_000;
const DEADLINE_S = 1_900_000_000;

/** Signs with the hub's own code and settles `count` joins into a fresh order. Answers the transaction's gas. */
export async function settleGas(building: Building, orderNumber: number, count: number): Promise<number> {
  const { contracts, hubId, chainId } = building.deployment;
  const domain = foodUsdDomain(chainId, contracts.FoodUSD as Hex);
  const uuid = `01890000-0000-7000-8000-${String(orderNumber).padStart(12, '0')}`;
  const subject = subjectOf(hubId as Hex, 'order', uuid);
  const terms: Terms = {
    payee: building.payee as Hex,
    closer: building.closer.address as Hex,
    target: count * JOIN_MICROS,
    ceiling: count * JOIN_MICROS,
    deadline: DEADLINE_S,
    detailsHash: id('fifty kilograms of rice') as Hex,
  };
  const items = building.members.slice(0, count).map((wallet, index): SpendItem => {
    const signed = {
      book: contracts.GroupBuying as Hex,
      subject,
      termsHash: termsHash(message('Terms', terms)),
      seat: index + 1,
      maxAmount: JOIN_MICROS,
      revision: 1,
      validUntil: DEADLINE_S,
      mode: spendMode.exact,
    };
    const signature = signDigest(digest(domain, message('Spend', signed)), fromHex(wallet.privateKey as Hex));
    return { ...signed, amount: JOIN_MICROS, signature };
  });
  const order = {
    subject,
    terms,
    mode: spendMode.exact,
    items: packSpendItems(items, spendMode.exact),
    itemsHash: `0x${'00'.repeat(32)}`,
    total: 0,
    closingSignature: '0x',
  };
  const receipt = await building.send(building.book, 'settle', [order]);
  const taken = (await building.book.getFunction('takenOf')(subject)) as { total: bigint };
  if (taken.total !== BigInt(count * JOIN_MICROS))
    throw new Error(`Only ${taken.total} of ${count} joins were settled`);
  return Number(receipt.gasUsed);
}

/** The contracts that only the comparison has. */
export async function deployPeers(building: Building) {
  const artifact = await compile();
  const create = async (qualifiedName: string, ...args: unknown[]): Promise<Contract> => {
    const { abi, bytecode } = await artifact(qualifiedName);
    const made = await new ContractFactory(abi as InterfaceAbi, bytecode, building.deployer).deploy(...args);
    await made.waitForDeployment();
    return new Contract(await made.getAddress(), abi as InterfaceAbi, building.relayer);
  };
  const { FoodUSD, SeatRegistry } = building.deployment.contracts;
  const forwarder = await create('@openzeppelin/contracts/metatx/ERC2771Forwarder.sol:ERC2771Forwarder', 'Forwarder');
  const direct = await create('bench/JoinBook.sol:DirectJoin', FoodUSD, SeatRegistry);
  const forwarded = await create('bench/JoinBook.sol:ForwardedJoin', FoodUSD, SeatRegistry, forwarder.target);
  return { forwarder, direct, forwarded };
}

const openOrder = (building: Building, book: Contract, orderId: number, count: number) =>
  building.send(book, 'open', orderId, building.payee, count * JOIN_MICROS, count * JOIN_MICROS, DEADLINE_S);

/** Every member gives the book an allowance once and has coins for gas; not counted. */
export async function prepareMembers(building: Building, books: readonly Contract[]): Promise<void> {
  for (const each of building.members) {
    await building.simulator.request('hardhat_setBalance', [each.address, '0x56bc75e2d63100000']);
    const token = building.token.connect(new Wallet(each.privateKey, building.provider)) as Contract;
    for (const book of books) await building.send(token, 'approve', book.target, 2n ** 256n - 1n);
  }
}

/** `count` members join a fresh order, a transaction each, and it is executed. Answers each transaction's gas. */
export async function directGas(building: Building, book: Contract, orderId: number, count: number): Promise<number[]> {
  await openOrder(building, book, orderId, count);
  const gas: number[] = [];
  for (const each of building.members.slice(0, count)) {
    const own = book.connect(new Wallet(each.privateKey, building.provider)) as Contract;
    gas.push(Number((await building.send(own, 'join', orderId, JOIN_MICROS)).gasUsed));
  }
  gas.push(Number((await building.send(book, 'execute', orderId)).gasUsed));
  return gas;
}

/** `count` members sign forward requests (their first) that one transaction carries into a fresh order. */
export async function forwardedGas(
  building: Building,
  peers: { forwarder: Contract; forwarded: Contract },
  orderId: number,
  count: number,
): Promise<number> {
  const { forwarder, forwarded } = peers;
  await openOrder(building, forwarded, orderId, count);
  const domain = {
    name: 'Forwarder',
    version: '1',
    chainId: building.chainId,
    verifyingContract: String(forwarder.target),
  };
  const types = {
    ForwardRequest: [
      { name: 'from', type: 'address' },
      { name: 'to', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'gas', type: 'uint256' },
      { name: 'nonce', type: 'uint256' },
      { name: 'deadline', type: 'uint48' },
      { name: 'data', type: 'bytes' },
    ],
  };
  const data = forwarded.interface.encodeFunctionData('join', [orderId, JOIN_MICROS]);
  const requests: object[] = [];
  for (const each of building.members.slice(0, count)) {
    const nonce = (await forwarder.getFunction('nonces')(each.address)) as bigint;
    const request = { from: each.address, to: forwarded.target, value: 0, gas: 200_000, deadline: DEADLINE_S, data };
    requests.push({ ...request, signature: await each.signTypedData(domain, types, { ...request, nonce }) });
  }
  const receipt: ContractTransactionReceipt = await building.send(
    forwarder,
    'executeBatch',
    requests,
    building.relayer.address,
  );
  const order = (await forwarded.getFunction('orders')(orderId)) as { total: bigint };
  if (order.total !== BigInt(count * JOIN_MICROS)) throw new Error('Not every forwarded join went through');
  return Number(receipt.gasUsed);
}
