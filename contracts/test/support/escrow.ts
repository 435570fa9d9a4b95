import { AbiCoder, type Contract, type ContractTransactionReceipt, keccak256, Wallet } from 'ethers';
import type { Building, Terms } from './building.ts';
import { ESCROW, hashStruct, type Item } from './messages.ts';

export interface EscrowOrder {
  readonly subject: string;
  readonly terms: Terms;
  readonly mode: number;
}

export interface Header {
  readonly total: bigint;
  readonly deadline: bigint;
  readonly count: bigint;
  readonly executed: boolean;
}

/** What tests do with orders in escrow. `change.book` is another book than the building's. */
export function escrowOf(building: Building, change: { book?: Contract } = {}) {
  const { send, subject, terms, provider, simulator, members, token } = building;
  const book = change.book ?? building.book;

  const order = (name: string, overrides: Partial<Terms> = {}): EscrowOrder => ({
    subject: subject(name),
    terms: terms(overrides),
    mode: ESCROW,
  });
  /** Written down again: keccak256(abi.encode(subject, termsHash)). */
  const idOf = (each: { subject: string; terms: Terms }): string =>
    keccak256(
      AbiCoder.defaultAbiCoder().encode(['bytes32', 'bytes32'], [each.subject, hashStruct('Terms', each.terms)]),
    );
  const headerOf = async (each: EscrowOrder): Promise<Header> => {
    const { total, deadline, count, executed } = await book.getFunction('escrowOf')(idOf(each));
    return { total, deadline, count, executed };
  };
  /** Seat and amount of every entry, holes as [0, 0]. */
  const entriesOf = async (each: EscrowOrder): Promise<[number, bigint][]> => {
    const { count } = await headerOf(each);
    const list: [number, bigint][] = [];
    for (let index = 0n; index < count; index += 1n) {
      const [seat, amount] = await book.getFunction('entryOf')(idOf(each), index);
      list.push([Number(seat), amount]);
    }
    return list;
  };
  const bring = (...orders: readonly [EscrowOrder, readonly Item[]][]): Promise<ContractTransactionReceipt> =>
    send(
      book,
      'escrow',
      orders.map(([each, items]) => building.orderOf(each, items)),
    );
  /** The member's wallet, with coins for gas. */
  const walletAt = async (seat: number): Promise<Wallet> => {
    const wallet = new Wallet(members[seat - 1]!.privateKey, provider);
    await simulator.request('hardhat_setBalance', [wallet.address, '0x56bc75e2d63100000']);
    return wallet;
  };
  const approve = async (seat: number, amount = 2n ** 256n - 1n): Promise<void> => {
    await send(token.connect(await walletAt(seat)) as Contract, 'approve', book.target, amount);
  };
  const joinAs = (wallet: Wallet, each: EscrowOrder, amount: bigint): Promise<ContractTransactionReceipt> =>
    send(book.connect(wallet) as Contract, 'join', each.subject, each.terms, amount);
  const join = async (seat: number, each: EscrowOrder, amount: bigint): Promise<ContractTransactionReceipt> => {
    await approve(seat);
    return joinAs(await walletAt(seat), each, amount);
  };
  const pastDeadline = (each: EscrowOrder): Promise<void> => building.warpTo(each.terms.deadline + 1);
  const refund = (each: EscrowOrder, index: number): Promise<ContractTransactionReceipt> =>
    send(book.connect(building.stranger) as Contract, 'refund', idOf(each), index);
  const refundPage = (each: EscrowOrder, from: number, to: number): Promise<ContractTransactionReceipt> =>
    send(book.connect(building.stranger) as Contract, 'refundPage', idOf(each), from, to);
  return {
    book,
    order,
    idOf,
    headerOf,
    entriesOf,
    bring,
    walletAt,
    approve,
    joinAs,
    join,
    pastDeadline,
    refund,
    refundPage,
  };
}
