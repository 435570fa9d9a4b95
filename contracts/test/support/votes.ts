import {
  Contract,
  ContractFactory,
  type ContractTransactionReceipt,
  concat,
  encodeBytes32String,
  type InterfaceAbi,
  id,
  Signature,
  solidityPacked,
  type TypedDataDomain,
  TypedDataEncoder,
  type TypedDataField,
  type Wallet,
} from 'ethers';
import { compile } from '../../build.ts';
import { factoryOf } from '../../deploy/artifact.ts';
import { defaultParameters, type ParameterName, parametersOf } from '../../deploy/parameters.ts';
import { type Building, walletOf } from './building.ts';
import { eventsOf } from './receipts.ts';

const fields = (list: string): TypedDataField[] =>
  list.split(',').map((each) => {
    const [type, name] = each.trim().split(' ') as [string, string];
    return { type, name };
  });

/** The governor's messages, written down again from the specification. */
const types = {
  Proposal: fields(
    'uint24 proposer, uint8 kind, bytes32 textHash, address[] targets, bytes[] calls, uint40 opensAt, uint40 closesAt, uint40 submissionEnd, bytes32 salt',
  ),
  Ballot: fields('bytes32 proposal, uint24 seat, uint8 support, uint8 votes, uint8 revision'),
};

export const DAY = 24 * 3600;
export const kind = { text: 0, spending: 1, parameters: 2, roles: 3 } as const;
export const AGAINST = 0;
export const FOR = 1;
export const ABSTAIN = 2;
export const FINAL = 255;
export const states = [
  'Unknown',
  'Open',
  'Defeated',
  'Waiting',
  'Executable',
  'Executed',
  'Cancelled',
  'Expired',
] as const;
export type StateName = (typeof states)[number];
export const reason = {
  done: 0,
  unknownSeat: 1,
  frozen: 2,
  notNewer: 3,
  badBallot: 5,
  wrongSigner: 6,
  retired: 11,
  notAResident: 12,
  issuedLate: 13,
  overQuarter: 14,
  overSeason: 15,
} as const;

export interface Content {
  readonly proposer: number;
  readonly kind: number;
  readonly textHash: string;
  readonly targets: readonly string[];
  readonly calls: readonly string[];
  readonly opensAt: number;
  readonly closesAt: number;
  readonly submissionEnd: number;
  readonly salt: string;
}

export interface BallotFields {
  readonly seat: number;
  readonly support: number;
  readonly votes: number;
  readonly revision: number;
}

export interface SignedBallot extends BallotFields {
  readonly signature: string;
}

/** The sum of a proposal's ballots, unpacked. */
export interface Counts {
  readonly for: number;
  readonly against: number;
  readonly abstain: number;
  readonly headsFor: number;
  readonly heads: number;
  readonly finalFor: number;
  readonly finalAgainst: number;
  readonly finalHeadsFor: number;
  readonly finalHeads: number;
}

const tallyFields: readonly [keyof Counts, bigint][] = [
  ['for', 32n],
  ['against', 32n],
  ['abstain', 32n],
  ['headsFor', 24n],
  ['heads', 24n],
  ['finalFor', 32n],
  ['finalAgainst', 32n],
  ['finalHeadsFor', 24n],
  ['finalHeads', 24n],
];

export function unpackTally(word: bigint): Counts {
  let rest = word;
  return Object.fromEntries(
    tallyFields.map(([name, bits]) => {
      const value = Number(rest & ((1n << bits) - 1n));
      rest >>= bits;
      return [name, value];
    }),
  ) as unknown as Counts;
}

/** 70 bytes each: seat, support, votes, revision, the signature in its short form. */
export function packBallots(ballots: readonly SignedBallot[]): string {
  return concat(
    ballots.map((each) => {
      const { r, yParityAndS } = Signature.from(each.signature);
      return solidityPacked(
        ['uint24', 'uint8', 'uint8', 'uint8', 'bytes32', 'bytes32'],
        [each.seat, each.support, each.votes, each.revision, r, yParityAndS],
      );
    }),
  );
}

/** A contract that only tests have. */
export async function createTestContract(building: Building, qualifiedName: string, ...args: unknown[]) {
  const { abi, bytecode } = await (await compile())(qualifiedName);
  const made = await new ContractFactory(abi as InterfaceAbi, bytecode, building.deployer).deploy(...args);
  await made.waitForDeployment();
  return new Contract(await made.getAddress(), abi as InterfaceAbi, building.relayer);
}

/**
 * A governor over the building's seats and money, with an access manager of its own whose admin is the deployer, numbers that
 * the deployer can change, and time-locks that the test sets. The guardian can cancel.
 */
export async function createVotes(
  building: Building,
  options: {
    parameters?: Partial<Record<ParameterName, number>>;
    warpDays?: number;
    /** Time-locks in place of those that a test sets. */
    locks?: string;
  } = {},
) {
  const { deployer, provider, chainId, send, at } = building;
  const create = async (name: Parameters<typeof factoryOf>[0], ...args: unknown[]): Promise<string> => {
    const made = await factoryOf(name, deployer).deploy(...args);
    await made.waitForDeployment();
    return made.getAddress();
  };
  const proxied = async (name: 'Parameters' | 'CoopGovernor', args: unknown[], first: unknown[]): Promise<Contract> => {
    const code = await create(name, ...args);
    const proxy = await create('ERC1967Proxy', code, at(name, code).interface.encodeFunctionData('initialize', first));
    return at(name, proxy);
  };
  const manager = at('AccessManager', await create('AccessManager', deployer.address)).connect(deployer) as Contract;
  const own = Object.fromEntries(
    Object.entries(options.parameters ?? {}).map(([name, value]) => [
      name,
      { value, least: 0, most: Math.max(value, 400 * DAY) },
    ]),
  );
  const parameters = await proxied('Parameters', [], [manager.target, parametersOf(own)]);
  const locks = await createTestContract(building, 'test/contracts/SettableLocks.sol:SettableLocks');
  const chore = await createTestContract(building, 'test/contracts/VoteTargets.sol:Chore');
  const selectorOf = (contract: Contract, fn: string): string => contract.interface.getFunction(fn)!.selector;
  const governor = await proxied(
    'CoopGovernor',
    [building.seats.target, options.locks ?? locks.target, parameters.target, building.token.target],
    [manager.target, [{ kind: kind.roles, target: chore.target, selector: selectorOf(chore, 'act') }]],
  );
  const guardian = walletOf('guardian').connect(provider);
  await building.simulator.request('hardhat_setBalance', [guardian.address, '0xde0b6b3a7640000']);
  const wire = (target: Contract, fns: string[], role: number) =>
    send(
      manager,
      'setTargetFunctionRole',
      target.target,
      fns.map((fn) => selectorOf(target, fn)),
      role,
    );
  await wire(governor, ['cancel'], 4);
  await wire(governor, ['setAllowed', 'setGuardianUntil'], 5);
  await wire(governor, ['announceUpgrade', 'upgradeToAndCall'], 2);
  await wire(parameters, ['set', 'declare'], 5);
  await send(manager, 'grantRole', 4, guardian.address, 0);
  await send(manager, 'grantRole', 5, governor.target, 0);
  await send(manager, 'grantRole', 2, governor.target, 0);
  await send(manager, 'grantRole', 5, deployer.address, 0);
  await building.warpTo((await building.now()) + (options.warpDays ?? 10) * DAY);

  const domain: TypedDataDomain = {
    name: 'Stoop Votes',
    version: '1',
    chainId,
    verifyingContract: String(governor.target),
  };
  let salts = 0;
  /** A proposal that opened just now; what a test leaves out is right. */
  const content = async (change: Partial<Content> = {}): Promise<Content> => {
    salts += 1;
    const opensAt = change.opensAt ?? (await building.now()) - 1;
    const closesAt = change.closesAt ?? opensAt + 3 * DAY;
    return {
      proposer: 1,
      kind: kind.text,
      textHash: id('what members read'),
      targets: [],
      calls: [],
      opensAt,
      closesAt,
      submissionEnd: closesAt + 45 * DAY,
      salt: id(`salt ${salts}`),
      ...change,
    };
  };
  const idOf = (value: Content): string =>
    TypedDataEncoder.hashStruct('Proposal', { Proposal: types.Proposal }, value as unknown as Record<string, unknown>);
  const signProposal = (value: Content, by: Wallet, change: TypedDataDomain = {}): string =>
    by.signingKey.sign(
      TypedDataEncoder.hash(
        { ...domain, ...change },
        { Proposal: types.Proposal },
        value as unknown as Record<string, unknown>,
      ),
    ).serialized;
  const memberOf = (seat: number): Wallet => building.members[seat - 1]!;
  const record = (value: Content, by: Wallet = memberOf(value.proposer)): Promise<ContractTransactionReceipt> =>
    send(governor, 'record', value, signProposal(value, by));
  /** Records a proposal and answers its content and id. */
  const recorded = async (change: Partial<Content> = {}) => {
    const value = await content(change);
    await record(value);
    return { content: value, id: idOf(value) };
  };
  const ballot = (
    proposal: string,
    seat: number,
    support: number,
    votes: number,
    change: { revision?: number; by?: Wallet; domain?: TypedDataDomain; signed?: Partial<BallotFields> } = {},
  ): SignedBallot => {
    const value = { seat, support, votes, revision: change.revision ?? 1 };
    const by = change.by ?? memberOf(seat);
    const digest = TypedDataEncoder.hash(
      { ...domain, ...change.domain },
      { Ballot: types.Ballot },
      { proposal, ...value, ...change.signed },
    );
    return { ...value, signature: by.signingKey.sign(digest).serialized };
  };
  /** Casts a batch and answers each item's code. */
  const castAll = async (proposal: string, ballots: readonly SignedBallot[]): Promise<number[]> => {
    const receipt = await send(governor, 'castBallots', proposal, packBallots(ballots));
    return codesOf(receipt, ballots.length);
  };
  /** Each item's code in a batch's event; fails when the mask says otherwise. */
  const codesOf = (receipt: ContractTransactionReceipt, count: number): number[] => {
    const [event] = eventsOf(governor, receipt, 'BallotsCast');
    const codes = [...Buffer.from(String(event?.reasons).slice(2), 'hex')];
    const all = codes.length === 0 ? Array.from({ length: count }, () => 0) : codes;
    const mask = all.reduce((sum, code, i) => (code === 0 ? sum | (1n << BigInt(i)) : sum), 0n);
    if (all.length !== count || event?.okMask !== mask) throw new Error(`okMask ${event?.okMask}, reasons ${all}`);
    return all;
  };
  const as = (contract: Contract, wallet: Wallet): Contract =>
    contract.connect(wallet.connect(provider) as Wallet) as Contract;
  /** A contract as a member calls it, with coins for gas. */
  const asMember = async (seat: number, contract: Contract = governor): Promise<Contract> => {
    await building.simulator.request('hardhat_setBalance', [memberOf(seat).address, '0xde0b6b3a7640000']);
    return as(contract, memberOf(seat));
  };
  const read = (fn: string, ...args: unknown[]): Promise<unknown> => governor.getFunction(fn)(...args);
  const stateOf = async (proposal: string): Promise<StateName> =>
    states[Number((await read('stateOf', proposal)) as bigint)]!;
  const tallyOf = async (proposal: string): Promise<Counts> => unpackTally((await read('tallyOf', proposal)) as bigint);
  const creditsOf = async (proposal: string, seat: number): Promise<number> => {
    const terms = (await read('termsOf', proposal)) as { season: bigint; seasonLength: bigint };
    return Number(await read('creditsSpent', terms.season, terms.seasonLength, seat));
  };
  const setParameter = (name: ParameterName, value: number | bigint) =>
    send(parameters.connect(deployer) as Contract, 'set', encodeBytes32String(name), value);
  const lockNow = (seat: number, multiplier: number) => send(locks, 'set', seat, multiplier);
  const actCall = (): string => chore.interface.encodeFunctionData('act');
  const transferCall = (to: string, amount: bigint): string =>
    building.token.interface.encodeFunctionData('transfer', [to, amount]);
  const setCall = (name: ParameterName, value: number | bigint): string =>
    parameters.interface.encodeFunctionData('set', [encodeBytes32String(name), value]);
  /** All of these seats vote For with `votes`, finally. */
  const allFor = (proposal: string, seats: readonly number[], votes = 1) =>
    castAll(
      proposal,
      seats.map((seat) => ballot(proposal, seat, FOR, votes, { revision: FINAL })),
    );
  return {
    building,
    governor,
    manager,
    parameters,
    locks,
    chore,
    guardian,
    domain,
    content,
    idOf,
    signProposal,
    memberOf,
    record,
    recorded,
    ballot,
    castAll,
    codesOf,
    as,
    asMember,
    read,
    stateOf,
    tallyOf,
    creditsOf,
    setParameter,
    lockNow,
    actCall,
    transferCall,
    setCall,
    allFor,
    selectorOf,
    defaults: defaultParameters,
  };
}

export type Votes = Awaited<ReturnType<typeof createVotes>>;

/** Eight members vote For finally and it is ended early; answers its content, id and when it can be carried out. */
export async function passedVote(building: Building, votes: Votes, change: Partial<Content>) {
  const { id: proposal, content } = await votes.recorded(change);
  await votes.allFor(proposal, [1, 2, 3, 4, 5, 6, 7, 8], 1);
  await building.send(votes.governor, 'endEarly', proposal);
  const terms = (await votes.read('termsOf', proposal)) as { delay: bigint; endedAt: bigint };
  return { id: proposal, content, eta: Number(terms.endedAt + terms.delay) };
}
