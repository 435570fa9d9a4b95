import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { concat, dataSlice, Signature, toBeHex } from 'ethers';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';
import { type Registry, registryOf } from './support/registry.ts';
import {
  ABSTAIN,
  AGAINST,
  createVotes,
  DAY,
  FINAL,
  FOR,
  packBallots,
  reason,
  type SignedBallot,
  type Votes,
} from './support/votes.ts';

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('ballots', () => {
  let building: Building;
  let votes: Votes;
  let registry: Registry;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 20 });
    votes = await createVotes(building);
    registry = registryOf(building);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const refused = (call: Promise<unknown>): Promise<string> => revertOf(votes.governor, call);
  const ballotOf = async (proposal: string, seat: number): Promise<number[]> =>
    ((await votes.read('ballotOf', proposal, seat)) as bigint[]).map(Number);
  const one = async (proposal: string, ballot: SignedBallot): Promise<number> =>
    (await votes.castAll(proposal, [ballot]))[0]!;

  it('signed before the proposal was recorded count afterwards, and say what they changed', async () => {
    const content = await votes.content();
    const proposal = votes.idOf(content);
    const list = [
      votes.ballot(proposal, 1, FOR, 5),
      votes.ballot(proposal, 2, AGAINST, 3),
      votes.ballot(proposal, 17, ABSTAIN, 2),
      votes.ballot(proposal, 3, FOR, 1, { revision: FINAL }),
      votes.ballot(proposal, 18, AGAINST, 4, { revision: FINAL }),
    ];
    await votes.record(content);
    const receipt = await building.send(votes.governor, 'castBallots', proposal, packBallots(list));
    assert.deepEqual(votes.codesOf(receipt, 5), [0, 0, 0, 0, 0]);
    const [event] = eventsOf(votes.governor, receipt, 'BallotsCast');
    assert.equal(event?.carrier, building.relayer.address);
    assert.equal(event?.reasons, '0x');
    // Seat, sixteen bits before, sixteen bits after: revision, support, votes.
    assert.equal(
      event?.changes,
      concat(['0x00000100000115', '0x00000200000103', '0x00001100000122', '0x0000030000ff11', '0x0000120000ff04']),
    );
    assert.deepEqual(await votes.tallyOf(proposal), {
      for: 6,
      against: 7,
      abstain: 2,
      headsFor: 2,
      heads: 5,
      finalFor: 1,
      finalAgainst: 4,
      finalHeadsFor: 1,
      finalHeads: 2,
    });
    assert.deepEqual(await ballotOf(proposal, 17), [ABSTAIN, 2, 1]);
    assert.deepEqual(await ballotOf(proposal, 18), [AGAINST, 4, 255]);
    assert.deepEqual(await ballotOf(proposal, 19), [0, 0, 0]);
    assert.equal(await votes.read('ballotWord', proposal, 1), (0x0122n << 16n) | (0xff04n << 32n));
    const spent = await Promise.all([1, 2, 17, 3, 18, 19].map((seat) => votes.creditsOf(proposal, seat)));
    assert.deepEqual(spent, [25, 9, 4, 1, 16, 0]);
  });

  it('of one batch are skipped and reported each for its own reason', async () => {
    const guest = walletOf('guest');
    await registry.issue([registry.guest(100, guest.address)], building.board.slice(0, 1));
    await registry.freeze(5, true, 1);
    await registry.retire(6);
    const { id: proposal } = await votes.recorded();
    await registry.issue([registry.resident(101, walletOf('late').address)]);
    await votes.castAll(proposal, [votes.ballot(proposal, 7, FOR, 1, { revision: 4 })]);
    const cases: [number, SignedBallot][] = [
      [reason.done, votes.ballot(proposal, 1, FOR, 1)],
      [reason.unknownSeat, votes.ballot(proposal, 99, FOR, 1, { by: guest })],
      [reason.frozen, votes.ballot(proposal, 5, FOR, 1)],
      [reason.retired, votes.ballot(proposal, 6, FOR, 1)],
      [reason.notAResident, votes.ballot(proposal, 100, FOR, 1, { by: guest })],
      [reason.issuedLate, votes.ballot(proposal, 101, FOR, 1, { by: walletOf('late') })],
      [reason.badBallot, votes.ballot(proposal, 2, 3, 1)],
      [reason.badBallot, votes.ballot(proposal, 2, FOR, 0)],
      [reason.badBallot, votes.ballot(proposal, 2, FOR, 8)],
      [reason.badBallot, votes.ballot(proposal, 2, FOR, 255)],
      [reason.notNewer, votes.ballot(proposal, 7, AGAINST, 1, { revision: 4 })],
      [reason.notNewer, votes.ballot(proposal, 7, AGAINST, 1, { revision: 3 })],
      [reason.wrongSigner, votes.ballot(proposal, 2, FOR, 1, { by: votes.memberOf(3) })],
      [reason.overQuarter, votes.ballot(proposal, 2, FOR, 6)],
      [reason.overQuarter, votes.ballot(proposal, 2, FOR, 7)],
      [reason.done, votes.ballot(proposal, 2, FOR, 5)],
      [reason.notNewer, votes.ballot(proposal, 2, FOR, 5)],
      [reason.done, votes.ballot(proposal, 2, AGAINST, 2, { revision: 2 })],
    ];
    const codes = await votes.castAll(
      proposal,
      cases.map(([, ballot]) => ballot),
    );
    assert.deepEqual(
      codes,
      cases.map(([code]) => code),
    );
    const tally = await votes.tallyOf(proposal);
    assert.deepEqual([tally.for, tally.against, tally.heads, tally.headsFor], [2, 2, 3, 2]);
    // What was refused left nothing behind.
    for (const seat of [5, 6, 99, 100, 101]) assert.deepEqual(await ballotOf(proposal, seat), [0, 0, 0]);
  });

  it('do not count when anything else was signed', async () => {
    const { id: proposal } = await votes.recorded();
    const { id: other } = await votes.recorded({ proposer: 2 });
    const good = votes.ballot(proposal, 1, FOR, 2);
    const list = [
      votes.ballot(proposal, 1, FOR, 2, { signed: { votes: 1 } }),
      votes.ballot(proposal, 1, FOR, 2, { signed: { support: AGAINST } }),
      votes.ballot(proposal, 1, FOR, 2, { signed: { revision: 2 } }),
      votes.ballot(proposal, 1, FOR, 2, { signed: { seat: 2 } }),
      votes.ballot(other, 1, FOR, 2),
      votes.ballot(proposal, 1, FOR, 2, { domain: { chainId: 314 } }),
      votes.ballot(proposal, 1, FOR, 2, { domain: { verifyingContract: String(building.book.target) } }),
      votes.ballot(proposal, 1, FOR, 2, { domain: { name: 'Food USD' } }),
      votes.ballot(proposal, 1, FOR, 2, { domain: { version: '2' } }),
      { ...good, signature: `0x${'00'.repeat(64)}1b` },
    ];
    assert.deepEqual(
      await votes.castAll(proposal, list),
      list.map(() => reason.wrongSigner),
    );
    // The mirror of a valid signature: the other s of the same r, with either parity bit.
    const { r, s } = Signature.from(good.signature);
    const mirror = SECP256K1_ORDER - BigInt(s);
    for (const parity of [0n, 1n]) {
      const vs = toBeHex((mirror & (2n ** 255n - 1n)) | (parity << 255n), 32);
      const item = concat([dataSlice(packBallots([good]), 0, 6), r, vs]);
      const receipt = await building.send(votes.governor, 'castBallots', proposal, item);
      assert.deepEqual(votes.codesOf(receipt, 1), [reason.wrongSigner]);
    }
    assert.deepEqual(await votes.castAll(proposal, [good]), [0]);
  });

  it('come in whole items, 1 to 200', async () => {
    const { id: proposal } = await votes.recorded();
    const item = packBallots([votes.ballot(proposal, 1, FOR, 1)]);
    const send = (items: string) => refused(building.send(votes.governor, 'castBallots', proposal, items));
    assert.equal(await send('0x'), 'BadItems(0,70)');
    assert.equal(await send(`${item}00`), 'BadItems(71,70)');
    assert.equal(await send(item.slice(0, -2)), 'BadItems(69,70)');
    assert.equal(await send(concat(Array.from({ length: 201 }, () => item))), 'BadItems(14070,70)');
    assert.equal(await send(concat(Array.from({ length: 200 }, () => item))), 'did not revert');
    assert.equal((await votes.tallyOf(proposal)).heads, 1);
  });

  it('are replaced by a higher revision until one is final, and the credits come back', async () => {
    const { id: proposal } = await votes.recorded();
    const cast = (support: number, count: number, revision: number) =>
      one(proposal, votes.ballot(proposal, 1, support, count, { revision }));
    assert.equal(await cast(FOR, 5, 0), reason.done);
    assert.equal(await votes.creditsOf(proposal, 1), 25);
    assert.equal(await cast(FOR, 4, 0), reason.notNewer);
    assert.equal(await cast(AGAINST, 2, 7), reason.done);
    assert.equal(await votes.creditsOf(proposal, 1), 4);
    assert.equal(await cast(FOR, 1, 6), reason.notNewer);
    assert.deepEqual(await votes.tallyOf(proposal), {
      for: 0,
      against: 2,
      abstain: 0,
      headsFor: 0,
      heads: 1,
      finalFor: 0,
      finalAgainst: 0,
      finalHeadsFor: 0,
      finalHeads: 0,
    });
    const final = votes.ballot(proposal, 1, ABSTAIN, 3, { revision: FINAL });
    const receipt = await building.send(votes.governor, 'castBallots', proposal, packBallots([final]));
    // Seat, what it was (revision 7, two against), what it is.
    assert.equal(eventsOf(votes.governor, receipt, 'BallotsCast')[0]?.changes, '0x0000010702ff23');
    assert.equal(await cast(FOR, 3, FINAL), reason.notNewer);
    assert.deepEqual(await ballotOf(proposal, 1), [ABSTAIN, 3, FINAL]);
    const tally = await votes.tallyOf(proposal);
    assert.deepEqual([tally.abstain, tally.heads, tally.finalHeads, tally.finalFor], [3, 1, 1, 0]);
    assert.equal(await votes.creditsOf(proposal, 1), 9);
  });

  it('end as if brought one by one, in any order of seats and with repeats in a batch', async () => {
    await votes.lockNow(1, 20_000);
    await votes.lockNow(17, 20_000);
    await building.warpTo((await building.now()) + 60);
    const { id: proposal } = await votes.recorded();
    const list = [
      votes.ballot(proposal, 17, FOR, 7, { revision: 1 }),
      votes.ballot(proposal, 1, FOR, 6, { revision: 1 }),
      votes.ballot(proposal, 17, AGAINST, 2, { revision: 2 }),
      votes.ballot(proposal, 2, FOR, 5, { revision: 1 }),
      votes.ballot(proposal, 1, FOR, 7, { revision: 3 }),
      votes.ballot(proposal, 17, FOR, 6, { revision: 3 }),
      votes.ballot(proposal, 18, FOR, 6, { revision: 1 }),
      votes.ballot(proposal, 1, FOR, 1, { revision: 2 }),
      votes.ballot(proposal, 2, ABSTAIN, 1, { revision: FINAL }),
    ];
    const expected = [0, 0, 0, 0, 0, 0, reason.overQuarter, reason.notNewer, 0];
    const before = await building.snapshot();
    assert.deepEqual(await votes.castAll(proposal, list), expected);
    const seats = [1, 2, 17, 18];
    const state = async () =>
      JSON.stringify([
        await votes.tallyOf(proposal),
        await Promise.all(seats.map((seat) => ballotOf(proposal, seat))),
        await Promise.all(seats.map((seat) => votes.creditsOf(proposal, seat))),
      ]);
    const together = await state();
    await before();
    const singly: number[] = [];
    for (const ballot of list) singly.push(await one(proposal, ballot));
    assert.deepEqual(singly, expected);
    assert.equal(await state(), together);
  });

  it('stay with the seat when its key changes: the new key replaces them, the old one no more', async () => {
    const next = walletOf('a new key');
    const { id: proposal } = await votes.recorded();
    assert.equal(await one(proposal, votes.ballot(proposal, 1, FOR, 2)), reason.done);
    await registry.changeKey(1, next);
    await building.warpTo((await building.now()) + 2 * DAY + 1);
    await registry.applyKeyChange(1);
    assert.deepEqual(await ballotOf(proposal, 1), [FOR, 2, 1]);
    assert.equal(await one(proposal, votes.ballot(proposal, 1, AGAINST, 1, { revision: 2 })), reason.wrongSigner);
    assert.equal(await one(proposal, votes.ballot(proposal, 1, AGAINST, 1, { revision: 2, by: next })), reason.done);
    assert.equal((await votes.tallyOf(proposal)).heads, 1);
  });

  it('counted before their seat was frozen or given back stay, and a release lets it vote again', async () => {
    const { id: proposal } = await votes.recorded();
    await votes.castAll(proposal, [votes.ballot(proposal, 1, FOR, 2), votes.ballot(proposal, 2, FOR, 2)]);
    await registry.freeze(1, true, 1);
    await registry.retire(2);
    const again = votes.ballot(proposal, 1, AGAINST, 1, { revision: 2 });
    assert.equal(await one(proposal, again), reason.frozen);
    assert.equal(await one(proposal, votes.ballot(proposal, 2, AGAINST, 1, { revision: 2 })), reason.retired);
    assert.equal((await votes.tallyOf(proposal)).for, 4);
    await registry.freeze(1, false, 2);
    assert.equal(await one(proposal, again), reason.done);
  });

  it('are cast directly by the seat’s key, or refused with the code', async () => {
    await votes.lockNow(2, 20_000);
    await building.warpTo((await building.now()) + 60);
    const { id: proposal } = await votes.recorded();
    const cast = async (seat: number, ...args: number[]) =>
      refused(building.send(await votes.asMember(seat), 'cast', proposal, ...args));
    assert.equal(await cast(1, FOR, 5, 1), 'did not revert');
    assert.deepEqual(await ballotOf(proposal, 1), [FOR, 5, 1]);
    assert.equal(await votes.creditsOf(proposal, 1), 25);
    assert.equal(await cast(1, FOR, 4, 1), `BallotRefused(${reason.notNewer})`);
    assert.equal(await cast(1, FOR, 6, 2), `BallotRefused(${reason.overQuarter})`);
    assert.equal(await cast(1, 3, 1, 2), `BallotRefused(${reason.badBallot})`);
    assert.equal(await cast(1, AGAINST, 8, 2), `BallotRefused(${reason.badBallot})`);
    assert.equal(await cast(2, FOR, 7, FINAL), 'did not revert');
    await registry.freeze(3, true, 1);
    assert.equal(await cast(3, FOR, 1, 1), `BallotRefused(${reason.frozen})`);
    const stranger = votes.as(votes.governor, building.stranger);
    assert.equal(
      await refused(building.send(stranger, 'cast', proposal, FOR, 1, 1)),
      `BallotRefused(${reason.unknownSeat})`,
    );
    const tally = await votes.tallyOf(proposal);
    assert.deepEqual([tally.for, tally.finalFor, tally.heads], [12, 7, 2]);
  });

  it('end with the submission, to the second', async () => {
    const { id: proposal, content } = await votes.recorded();
    const batch = packBallots([votes.ballot(proposal, 1, FOR, 1)]);
    const at = (time: number) => building.simulator.request('evm_setNextBlockTimestamp', [time]);
    await at(content.submissionEnd - 1);
    await building.send(votes.governor, 'castBallots', proposal, batch);
    assert.equal((await votes.tallyOf(proposal)).heads, 1);
    await at(content.submissionEnd);
    const late = refused(building.send(votes.governor, 'castBallots', proposal, batch));
    assert.equal(await late, `NotOpen(${proposal},2)`);
    const own = await votes.asMember(2);
    assert.equal(await refused(building.send(own, 'cast', proposal, FOR, 1, 1)), `NotOpen(${proposal},2)`);
  });

  it('fail together on too little gas, and none is skipped for it', async () => {
    const { id: proposal } = await votes.recorded();
    const list = Array.from({ length: 20 }, (_, index) => votes.ballot(proposal, index + 1, FOR, 1));
    const items = packBallots(list);
    const cast = votes.governor.getFunction('castBallots');
    const needed = Number(await cast.estimateGas(proposal, items));
    let refusals = 0;
    for (let gasLimit = Math.floor(needed * 0.3); gasLimit < needed * 0.97; gasLimit += Math.ceil(needed / 40)) {
      const { hash } = await cast(proposal, items, { gasLimit });
      const receipt = await building.provider.getTransactionReceipt(hash);
      assert.equal(receipt?.status, 0, `with ${gasLimit} of ${needed}`);
      refusals += 1;
    }
    assert.ok(refusals > 20);
    assert.equal((await votes.tallyOf(proposal)).heads, 0);
  });

  it('mean nothing at another governor or on another chain', async () => {
    const elsewhere = await createVotes(building);
    const content = await votes.content();
    const proposal = votes.idOf(content);
    await votes.record(content);
    // The same content has the same id there; what was signed here is not valid there.
    assert.match(
      await revertOf(
        elsewhere.governor,
        building.send(elsewhere.governor, 'record', content, votes.signProposal(content, votes.memberOf(1))),
      ),
      /^NotSignedByProposer/,
    );
    await elsewhere.record(content);
    const ballot = votes.ballot(proposal, 1, FOR, 3);
    assert.deepEqual(await elsewhere.castAll(proposal, [ballot]), [reason.wrongSigner]);
    assert.deepEqual(await votes.castAll(proposal, [ballot]), [reason.done]);
    assert.equal((await elsewhere.tallyOf(proposal)).heads, 0);
  });
});
