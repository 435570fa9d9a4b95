import {
  AbiCoder,
  type Contract,
  concat,
  id,
  Signature,
  solidityPacked,
  TypedDataEncoder,
  Wallet,
  ZeroHash,
} from 'ethers';
import type { Building } from '../test/support/building.ts';

const DAY = 24 * 3600;
const WEEK = 7 * DAY;
const SEASON = 91 * DAY;

const fields = (list: string) =>
  list.split(',').map((each) => {
    const [type, name] = each.trim().split(' ') as [string, string];
    return { type, name };
  });
const types = {
  Proposal: fields(
    'uint24 proposer, uint8 kind, bytes32 textHash, address[] targets, bytes[] calls, uint40 opensAt, uint40 closesAt, uint40 submissionEnd, bytes32 salt',
  ),
  Ballot: fields('bytes32 proposal, uint24 seat, uint8 support, uint8 votes, uint8 revision'),
  Shift: fields('uint24 seat, uint16 shifts, bytes32 ref, uint40 validUntil'),
};
const sign = (by: Wallet, domain: object, name: keyof typeof types, value: Record<string, unknown>): string =>
  by.signingKey.sign(TypedDataEncoder.hash(domain, { [name]: types[name] }, value)).serialized;

/**
 * Brings `count` first ballots of a fresh proposal, five votes each, in a season in which nobody has voted yet. Answers the
 * transaction's gas.
 */
export async function ballotGas(building: Building, count: number): Promise<number> {
  const { governor, chainId, members, send } = building;
  await building.warpTo((Math.floor((await building.now()) / SEASON) + 1) * SEASON + 3600);
  const opensAt = (await building.now()) - 1;
  const content = {
    proposer: 1,
    kind: 0,
    textHash: id('what members read'),
    targets: [],
    calls: [],
    opensAt,
    closesAt: opensAt + 3 * DAY,
    submissionEnd: opensAt + 60 * DAY,
    salt: ZeroHash,
  };
  const domain = { name: 'Stoop Votes', version: '1', chainId, verifyingContract: String(governor.target) };
  await send(governor, 'record', content, sign(members[0]!, domain, 'Proposal', content));
  const proposal = TypedDataEncoder.hashStruct('Proposal', { Proposal: types.Proposal }, content);
  const items = members.slice(0, count).map((wallet, index) => {
    const value = { proposal, seat: index + 1, support: index % 3, votes: 5, revision: 1 };
    const { r, yParityAndS } = Signature.from(sign(wallet, domain, 'Ballot', value));
    return solidityPacked(
      ['uint24', 'uint8', 'uint8', 'uint8', 'bytes32', 'bytes32'],
      [value.seat, value.support, value.votes, value.revision, r, yParityAndS],
    );
  });
  const receipt = await send(governor, 'castBallots', proposal, concat(items));
  for (const seat of [1, count]) {
    const [, votes] = (await governor.getFunction('ballotOf')(proposal, seat)) as bigint[];
    if (votes !== 5n) throw new Error(`The ballot of seat ${seat} was not counted`);
  }
  return Number(receipt.gasUsed);
}

/**
 * A member locks GRO for the first time, with the transfer of the token. Answers the gas of the building's very first lock,
 * which pays once for the locks' own balance, and of the dearest after it.
 */
export async function lockGas(building: Building): Promise<{ first: number; lock: number }> {
  const { gro, locks, steward, chainId, members, send } = building;
  const domain = { name: 'Gro Token', version: '1', chainId, verifyingContract: String(gro.target) };
  const validUntil = (await building.now()) + WEEK;
  const seats = [1, 2, 3];
  const shifts = seats.map((seat) => {
    const value = { seat, shifts: 4, ref: id(`shifts of ${seat}`), validUntil };
    return { ...value, signature: sign(steward, domain, 'Shift', value) };
  });
  await send(gro, 'shiftBatch', shifts);
  const until = AbiCoder.defaultAbiCoder().encode(['uint40'], [(await building.now()) + 300 * DAY]);
  const gas: number[] = [];
  for (const seat of seats) {
    const wallet = new Wallet(members[seat - 1]!.privateKey, building.provider);
    const own = gro.connect(wallet) as Contract;
    const amount = ((await gro.getFunction('balanceOf')(wallet.address, 0)) as bigint) / 2n;
    const receipt = await send(own, 'safeTransferFrom', wallet.address, locks.target, 0, amount, until);
    const [locked] = (await locks.getFunction('lockOf')(seat)) as bigint[];
    if (amount === 0n || locked !== amount) throw new Error(`Seat ${seat} locked ${locked} of ${amount}`);
    gas.push(Number(receipt.gasUsed));
  }
  return { first: gas[0]!, lock: Math.max(...gas.slice(1)) };
}
