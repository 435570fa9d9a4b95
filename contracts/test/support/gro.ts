import {
  AbiCoder,
  Contract,
  ContractFactory,
  type ContractTransactionReceipt,
  type InterfaceAbi,
  id,
  keccak256,
  type Signer,
  TypedDataEncoder,
  type TypedDataField,
  Wallet,
} from 'ethers';
import { compile } from '../../build.ts';
import { boardroomOf } from './boardroom.ts';
import { type Building, createBuilding } from './building.ts';
import type { Fields } from './messages.ts';
import { eventsOf, revertOf } from './receipts.ts';
import { registryOf } from './registry.ts';

export const DAY = 24 * 3600;
export const WEEK = 7 * DAY;
/** A GRO, in micro-units. */
export const GRO = 1_000_000n;

const fields = (list: string): TypedDataField[] =>
  list.split(',').map((each) => {
    const [type, name] = each.trim().split(' ') as [string, string];
    return { type, name };
  });

/** The token's messages, written down again from the specification. */
const types = {
  Certify: fields(
    'bytes32 farm, uint32 harvestDay, uint32 serial, uint64 grams, bytes32 documentHash, uint40 validUntil',
  ),
  Harvest: fields('uint256 lot, uint24 seat, uint64 grams, bytes32 ref, uint40 validUntil'),
  Shift: fields('uint24 seat, uint16 shifts, bytes32 ref, uint40 validUntil'),
  Consume: fields('uint24 seat, uint256 lot, uint64 grams, bytes32 reasonHash, uint32 nonce, uint40 validUntil'),
  Transfer: fields(
    'uint24 seat, address to, uint256 id, uint64 amount, bytes32 dataHash, uint32 nonce, uint40 validUntil',
  ),
  Recall: fields('uint256 lot, bytes32 caseHash, uint40 validUntil'),
};

/** The codes of a skipped item, written down again. */
export const reason = {
  unknownSeat: 1,
  frozen: 2,
  used: 3,
  expired: 4,
  badAmount: 5,
  wrongSigner: 6,
  unfunded: 7,
  retired: 11,
  unknownLot: 12,
  aboveCertified: 13,
  overDailyGrams: 14,
  recalled: 15,
  refused: 16,
} as const;

export interface By {
  readonly by?: Wallet;
  /** Fields signed differently from what is sent. */
  readonly signed?: Fields;
  readonly domain?: { chainId?: number; verifyingContract?: string; name?: string; version?: string };
}
type Batch = 'certifyBatch' | 'harvestBatch' | 'shiftBatch' | 'consumeBatch' | 'transferBatch';

/** What members and officers sign for GRO, produce and locks, and how it is carried. What a test leaves out is right. */
export function groOf(building: Building) {
  const { send, members, certifier, steward, chainId, provider, simulator, gro, locks: lock } = building;
  const room = boardroomOf(building);
  const domain = { name: 'Gro Token', version: '1', chainId, verifyingContract: String(gro.target) };
  const until = building.start + 3000 * DAY;
  let serial = 0;
  // Above what tests choose themselves.
  let nonce = 1000;
  const sign = (name: keyof typeof types, value: Fields, by: Wallet, change: By): string => {
    const digest = TypedDataEncoder.hash(
      { ...domain, ...change.domain },
      { [name]: types[name] },
      { ...value, ...change.signed },
    );
    return (change.by ?? by).signingKey.sign(digest).serialized;
  };
  const next = (name: string): string => {
    serial += 1;
    return id(`${name} ${serial}`);
  };

  const certify = (grams: bigint, change: By & { serial?: number; validUntil?: number } = {}) => {
    serial += 1;
    const value = {
      farm: id('roof'),
      harvestDay: 20_833,
      serial: change.serial ?? serial,
      grams,
      documentHash: id('certificate'),
      validUntil: change.validUntil ?? until,
    };
    return { ...value, signature: sign('Certify', value, certifier, change) };
  };
  /** keccak256(abi.encode(certifier, farm, harvestDay, serial)), written down again. */
  const lotOf = (item: { farm: string; harvestDay: number; serial: number }, by: Wallet = certifier): bigint =>
    BigInt(
      keccak256(
        AbiCoder.defaultAbiCoder().encode(
          ['address', 'bytes32', 'uint32', 'uint32'],
          [by.address, item.farm, item.harvestDay, item.serial],
        ),
      ),
    );
  const harvest = (
    lot: bigint,
    seat: number,
    grams: bigint,
    change: By & { ref?: string; validUntil?: number } = {},
  ) => {
    const value = { lot, seat, grams, ref: change.ref ?? next('harvest'), validUntil: change.validUntil ?? until };
    return { ...value, signature: sign('Harvest', value, certifier, change) };
  };
  const shift = (seat: number, shifts: number, change: By & { ref?: string; validUntil?: number } = {}) => {
    const value = { seat, shifts, ref: change.ref ?? next('shift'), validUntil: change.validUntil ?? until };
    return { ...value, signature: sign('Shift', value, steward, change) };
  };
  const consume = (
    seat: number,
    lot: bigint,
    grams: bigint,
    change: By & { nonce?: number; validUntil?: number } = {},
  ) => {
    nonce += 1;
    const value = {
      seat,
      lot,
      grams,
      reasonHash: id('eaten'),
      nonce: change.nonce ?? nonce,
      validUntil: change.validUntil ?? until,
    };
    return { ...value, signature: sign('Consume', value, members[seat - 1]!, change) };
  };
  const transfer = (
    seat: number,
    to: string,
    tokenId: bigint,
    amount: bigint,
    change: By & { nonce?: number; validUntil?: number; data?: string } = {},
  ) => {
    nonce += 1;
    const data = change.data ?? '0x';
    const sent = {
      seat,
      to,
      id: tokenId,
      amount,
      nonce: change.nonce ?? nonce,
      validUntil: change.validUntil ?? until,
    };
    const signature = sign('Transfer', { ...sent, dataHash: keccak256(data) }, members[seat - 1]!, change);
    return { ...sent, data, signature };
  };
  const recall = (lot: bigint, caseHash: string, change: By & { validUntil?: number } = {}) => {
    const value = { lot, caseHash, validUntil: change.validUntil ?? until };
    return [lot, caseHash, value.validUntil, sign('Recall', value, certifier, change)] as const;
  };

  /** Carries a batch: which items were done, the codes of the others (`0x` when all were), the receipt. */
  const carried = async (batch: Batch, items: readonly object[], from?: Signer) => {
    const receipt = await send(from ? (gro.connect(from) as Contract) : gro, batch, items);
    const [event] = eventsOf(gro, receipt, 'ItemsCarried');
    const { selector } = gro.interface.getFunction(batch)!;
    if (event!.batch !== selector) throw new Error(`${batch} says it is ${event!.batch}`);
    return { okMask: event!.okMask as bigint, reasons: String(event!.reasons), carrier: event!.carrier, receipt };
  };
  /** The codes alone, one per item, 0 for done. */
  const codes = async (batch: Batch, items: readonly object[]): Promise<number[]> => {
    const { okMask, reasons } = await carried(batch, items);
    const list = items.map((_, index) =>
      reasons === '0x' ? 0 : Number.parseInt(reasons.slice(2 + 2 * index, 4 + 2 * index), 16),
    );
    for (const [index, code] of list.entries()) {
      if ((code === 0) !== (((okMask >> BigInt(index)) & 1n) === 1n)) throw new Error('mask and codes disagree');
    }
    return list;
  };
  const certified = async (grams: bigint, change: By = {}): Promise<bigint> => {
    const item = certify(grams, change);
    const [code] = await codes('certifyBatch', [item]);
    if (code !== 0) throw new Error(`not certified: ${code}`);
    return lotOf(item, change.by);
  };
  /** Gives seats GRO by shifts; needs caps that leave room. */
  const reward = async (shares: readonly (readonly [number, number])[]): Promise<void> => {
    const found = await codes(
      'shiftBatch',
      shares.map(([seat, shifts]) => shift(seat, shifts)),
    );
    if (found.some((code) => code !== 0)) throw new Error(`not rewarded: ${found}`);
  };
  /** A wallet with coins for gas; a seat's when given a number. */
  const walletAt = async (who: number | Wallet): Promise<Wallet> => {
    const wallet = new Wallet((typeof who === 'number' ? members[who - 1]! : who).privateKey, provider);
    await simulator.request('hardhat_setBalance', [wallet.address, '0x56bc75e2d63100000']);
    return wallet;
  };
  const as = async (who: number | Wallet, contract: Contract = gro): Promise<Contract> =>
    contract.connect(await walletAt(who)) as Contract;
  const move = async (who: number | Wallet, from: string, to: string, tokenId: bigint, amount: bigint, data = '0x') =>
    send(await as(who), 'safeTransferFrom', from, to, tokenId, amount, data);
  const balance = (account: string, tokenId = 0n): Promise<bigint> => gro.getFunction('balanceOf')(account, tokenId);
  const supply = (tokenId = 0n): Promise<bigint> => gro.getFunction('totalSupply')(tokenId);
  const read = (fn: string, ...args: unknown[]): Promise<unknown> => gro.getFunction(fn)(...args);
  const refused = (call: Promise<unknown>, contract: Contract = gro): Promise<string> => revertOf(contract, call);

  const ofLock = AbiCoder.defaultAbiCoder();
  /** Locks by the member's own transaction. */
  const lockUp = async (seat: number, amount: bigint, end: number): Promise<ContractTransactionReceipt> =>
    move(seat, members[seat - 1]!.address, String(lock.target), 0n, amount, ofLock.encode(['uint40'], [end]));
  const lockStanding = async (seat: number) => {
    const [amount, since, end] = (await lock.getFunction('lockOf')(seat)) as bigint[];
    return { amount: amount!, since: Number(since), until: Number(end) };
  };
  const multipliers = async (seats: readonly number[], time: number, cap: bigint): Promise<bigint[]> => [
    ...((await lock.getFunction('multipliersAt')(seats, time, cap)) as bigint[]),
  ];
  const receiver = async (): Promise<Contract> => {
    const { abi, bytecode } = await (await compile())('test/contracts/HookReceiver.sol:HookReceiver');
    const made = await new ContractFactory(abi as InterfaceAbi, bytecode, building.deployer).deploy();
    await made.waitForDeployment();
    return new Contract(made.target, abi as InterfaceAbi, building.relayer);
  };

  return {
    room,
    gro,
    lock,
    domain,
    certify,
    lotOf,
    harvest,
    shift,
    consume,
    transfer,
    recall,
    carried,
    codes,
    certified,
    reward,
    walletAt,
    as,
    move,
    balance,
    supply,
    read,
    refused,
    lockUp,
    lockStanding,
    multipliers,
    receiver,
  };
}

export type Gro = ReturnType<typeof groOf>;

/** The rules that these tests are written for. */
export const rules = {
  perGram: 700n,
  perShift: 3_000_000n,
  seatCap: 20_000_000n,
  seasonCap: 50_000_000n,
  gramsPerDay: 10_000n,
  seasonLength: 91 * DAY,
} as const;

/** A building of four residents under these rules. */
export async function createGroBuilding() {
  const building = await createBuilding({
    members: 4,
    config: {
      parameters: {
        'gro.perGram': { value: Number(rules.perGram) },
        'gro.perShift': { value: Number(rules.perShift) },
        'gro.seasonCapPerSeat': { value: Number(rules.seatCap) },
        'gro.seasonCap': { value: Number(rules.seasonCap) },
        'produce.gramsPerDay': { value: Number(rules.gramsPerDay) },
        'season.length': { value: rules.seasonLength },
      },
    },
  });
  return { building, gro: groOf(building), registry: registryOf(building) };
}
