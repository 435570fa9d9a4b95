import {
  Contract,
  ContractFactory,
  type ContractTransactionReceipt,
  type InterfaceAbi,
  id,
  Signature,
  Wallet,
} from 'ethers';
import { compile } from '../build.ts';
import type { Building } from '../test/support/building.ts';
import { DEADLINE_S, JOIN_MICROS } from './measure.ts';

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
  const authorizedToken = await create('bench/AuthorizationBook.sol:AuthorizationToken');
  const votes = await create('bench/PlainGovernor.sol:PlainVotes');
  return {
    forwarder,
    direct,
    forwarded,
    authorizedToken,
    authorized: await create('bench/AuthorizationBook.sol:AuthorizationBook', authorizedToken.target, SeatRegistry),
    plain: await create('bench/PlainToken.sol:PlainToken'),
    votes,
    governor: await create('bench/PlainGovernor.sol:PlainGovernor', votes.target),
  };
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

/** `count` members sign ERC-3009 authorizations that one transaction loops over into a fresh order, where they wait. */
export async function authorizedGas(
  building: Building,
  peers: { authorized: Contract; authorizedToken: Contract },
  orderId: number,
  count: number,
): Promise<number> {
  const { authorized, authorizedToken } = peers;
  const domain = {
    name: 'Authorization',
    version: '1',
    chainId: building.chainId,
    verifyingContract: String(authorizedToken.target),
  };
  const types = {
    ReceiveWithAuthorization: [
      { name: 'from', type: 'address' },
      { name: 'to', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'validAfter', type: 'uint256' },
      { name: 'validBefore', type: 'uint256' },
      { name: 'nonce', type: 'bytes32' },
    ],
  };
  await building.send(authorized, 'open', orderId, count * JOIN_MICROS, DEADLINE_S);
  const list: object[] = [];
  for (const each of building.members.slice(0, count)) {
    const value = {
      from: each.address,
      to: authorized.target,
      value: JOIN_MICROS,
      validAfter: 0,
      validBefore: DEADLINE_S,
      nonce: id(`${orderId} ${each.address}`),
    };
    const { v, r, s } = Signature.from(await each.signTypedData(domain, types, value));
    list.push({ ...value, v, r, s });
  }
  const receipt = await building.send(authorized, 'joinAll', orderId, list);
  return Number(receipt.gasUsed);
}

/** Every member holds some of the peers' tokens, and so does the book that joins go to; not counted. */
export async function fundPeers(
  building: Building,
  peers: { authorized: Contract; authorizedToken: Contract; plain: Contract },
): Promise<void> {
  for (const token of [peers.authorizedToken, peers.plain]) {
    const holders = [...building.members.map((each) => each.address), String(peers.authorized.target)];
    for (const holder of holders) await building.send(token, 'mint', holder, 100 * JOIN_MICROS);
  }
}

/** OpenZeppelin's governor: a member's first vote on a proposal, after others have voted. Answers its gas. */
export async function castVoteGas(building: Building, peers: { votes: Contract; governor: Contract }): Promise<number> {
  const { votes, governor } = peers;
  const as = (contract: Contract, index: number) =>
    contract.connect(new Wallet(building.members[index]!.privateKey, building.provider)) as Contract;
  const voters = [0, 1, 2];
  for (const index of voters) {
    const { address } = building.members[index]!;
    await building.send(votes, 'mint', address, 100 * JOIN_MICROS);
    await building.send(as(votes, index), 'delegate', address);
  }
  await building.send(governor, 'propose', [governor.target], [0], ['0x'], 'text');
  const proposalId = await governor.getFunction('getProposalId')([governor.target], [0], ['0x'], id('text'));
  for (let block = 0; block < 3; block += 1) await building.simulator.request('evm_mine', []);
  const gas: number[] = [];
  for (const index of voters)
    gas.push(Number((await building.send(as(governor, index), 'castVote', proposalId, 1)).gasUsed));
  return gas.at(-1)!;
}
