import {
  type ContractTransactionReceipt,
  id,
  type TypedDataDomain,
  type TypedDataField,
  type Wallet,
  ZeroHash,
} from 'ethers';
import type { Building } from './building.ts';

export const RESIDENT = 1;
export const GUEST = 2;
export const RETIRED = 3;

const fields = (list: string): TypedDataField[] =>
  list.split(',').map((each) => {
    const [type, name] = each.trim().split(' ') as [string, string];
    return { type, name };
  });

const keyFields = fields('uint24 seat, address oldKey, address newKey, uint32 revision, uint40 validUntil');

/** The registry's messages, written down again from the specification. */
const types = {
  Issue: {
    Issue: fields('Seat[] seats, uint40 validUntil'),
    Seat: fields('uint24 seat, address key, uint8 class, bytes32 dwelling'),
  },
  Correct: { Correct: fields('uint24 seat, address oldKey, address newKey, uint40 validUntil') },
  SealFounding: { SealFounding: fields('uint40 validUntil') },
  Freeze: { Freeze: fields('uint24 seat, bool frozen, bytes32 caseHash, uint32 revision, uint40 validUntil') },
  Retire: { Retire: fields('uint24 seat, bytes32 caseHash, uint40 validUntil') },
  Rotate: { Rotate: fields('address[] board, uint8 threshold, uint32 revision, uint40 validUntil') },
  ChangeKey: { ChangeKey: keyFields },
  RecoverKey: { RecoverKey: keyFields },
  CancelKeyChange: { CancelKeyChange: fields('uint24 seat, uint32 revision, uint40 validUntil') },
};

export interface NewSeat {
  readonly seat: number;
  readonly key: string;
  readonly class: number;
  readonly dwelling: string;
}

/** Every message of the registry, signed and brought. `by` is who signs; what a test leaves out is right. */
export function registryOf(building: Building) {
  const { seats, send, board, members } = building;
  const domain = (): TypedDataDomain => ({
    name: 'Stoop Seats',
    version: '1',
    chainId: building.chainId,
    verifyingContract: String(seats.target),
  });
  const two = (): Wallet[] => board.slice(0, 2);
  const soon = async (): Promise<number> => (await building.now()) + 3600;
  const signed = (name: keyof typeof types, value: object, by: readonly Wallet[], change: TypedDataDomain = {}) =>
    building.boardSign(types[name] as Record<string, TypedDataField[]>, { ...domain(), ...change }, value, by);
  const read = (fn: string, ...args: unknown[]): Promise<unknown> => seats.getFunction(fn)(...args);

  const resident = (seat: number, key: string, dwelling = id(`dwelling of ${seat}`)): NewSeat => ({
    seat,
    key,
    class: RESIDENT,
    dwelling,
  });
  const guest = (seat: number, key: string): NewSeat => ({ seat, key, class: GUEST, dwelling: ZeroHash });

  const issue = async (list: readonly NewSeat[], by = two(), validUntil?: number) => {
    const until = validUntil ?? (await soon());
    return send(seats, 'issueSeats', list, until, await signed('Issue', { seats: list, validUntil: until }, by));
  };
  const correct = async (seat: number, oldKey: string, newKey: string, by = two()) => {
    const value = { seat, oldKey, newKey, validUntil: await soon() };
    return send(seats, 'correctSeat', seat, oldKey, newKey, value.validUntil, await signed('Correct', value, by));
  };
  const seal = async (by: Wallet, validUntil?: number) => {
    const value = { validUntil: validUntil ?? (await soon()) };
    const [signature] = await signed('SealFounding', value, [by]);
    return send(seats, 'sealFounding', value.validUntil, signature);
  };
  const freeze = async (seat: number, frozen: boolean, revision: number, by = two()) => {
    const value = { seat, frozen, caseHash: id('case'), revision, validUntil: await soon() };
    const signatures = await signed('Freeze', value, by);
    return send(seats, 'setFrozen', seat, frozen, value.caseHash, revision, value.validUntil, signatures);
  };
  const retire = async (seat: number, by = two()) => {
    const value = { seat, caseHash: id('moved out'), validUntil: await soon() };
    return send(seats, 'retireSeat', seat, value.caseHash, value.validUntil, await signed('Retire', value, by));
  };
  const rotate = async (
    next: readonly Wallet[],
    change: { threshold?: number; revision?: number; by?: Wallet[]; accepted?: Wallet[]; list?: string[] } = {},
  ) => {
    const value = {
      board: change.list ?? next.map((each) => each.address),
      threshold: change.threshold ?? 2,
      revision: change.revision ?? 1,
      validUntil: await soon(),
    };
    return send(
      seats,
      'rotateBoard',
      value.board,
      value.threshold,
      value.revision,
      value.validUntil,
      await signed('Rotate', value, change.by ?? two()),
      await signed('Rotate', value, change.accepted ?? next.slice(0, value.threshold)),
    );
  };

  interface KeyMessage {
    readonly revision?: number;
    readonly validUntil?: number;
    readonly oldBy?: Wallet;
    readonly newBy?: Wallet;
    readonly by?: Wallet[];
    readonly domain?: TypedDataDomain;
  }
  const keyMessage = async (seat: number, next: Wallet, change: KeyMessage) => ({
    seat,
    oldKey: (await read('keyOf', seat)) as string,
    newKey: next.address,
    revision: change.revision ?? 1,
    validUntil: change.validUntil ?? (await soon()),
  });
  /** By the seat's old key and the new one. */
  const changeKey = async (
    seat: number,
    next: Wallet,
    change: KeyMessage = {},
  ): Promise<ContractTransactionReceipt> => {
    const value = await keyMessage(seat, next, change);
    const by = [change.oldBy ?? members[seat - 1]!, change.newBy ?? next];
    const [old, accepted] = await signed('ChangeKey', value, by, change.domain);
    return send(seats, 'announceKeyChange', seat, value.newKey, value.revision, value.validUntil, old, accepted);
  };
  /** By two board keys and the new one. */
  const recoverKey = async (
    seat: number,
    next: Wallet,
    change: KeyMessage = {},
  ): Promise<ContractTransactionReceipt> => {
    const value = await keyMessage(seat, next, change);
    const signatures = await signed('RecoverKey', value, change.by ?? two(), change.domain);
    const [accepted] = await signed('RecoverKey', value, [change.newBy ?? next], change.domain);
    return send(seats, 'announceRecovery', seat, value.newKey, value.revision, value.validUntil, signatures, accepted);
  };
  const cancelKeyChange = async (seat: number, revision: number, by: Wallet[], validUntil?: number) => {
    const value = { seat, revision, validUntil: validUntil ?? (await soon()) };
    return send(seats, 'cancelKeyChange', seat, revision, value.validUntil, await signed('CancelKeyChange', value, by));
  };
  const applyKeyChange = (seat: number) => send(seats, 'applyKeyChange', seat);

  return {
    domain,
    two,
    soon,
    signed,
    read,
    resident,
    guest,
    issue,
    correct,
    seal,
    freeze,
    retire,
    rotate,
    changeKey,
    recoverKey,
    cancelKeyChange,
    applyKeyChange,
  };
}

export type Registry = ReturnType<typeof registryOf>;
