import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AbiCoder, type Contract } from 'ethers';
import { factoryOf, interfaceOf } from '../deploy/artifact.ts';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { revertOf } from './support/receipts.ts';
import { AGAINST, createVotes, DAY, FINAL, FOR, reason, type SignedBallot, type Votes } from './support/votes.ts';

describe('the credits of ballots', () => {
  let building: Building;
  let votes: Votes;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 20 });
    votes = await createVotes(building);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const refused = (call: Promise<unknown>): Promise<string> => revertOf(votes.governor, call);
  /** The next proposal of the same season, by another seat each time. */
  const proposals = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push((await votes.recorded({ proposer: 1 + (n % 20) })).id);
    return ids;
  };
  const one = async (proposal: string, ballot: SignedBallot): Promise<number> =>
    (await votes.castAll(proposal, [ballot]))[0]!;

  it('cost a season’s credits together, over all of its proposals', async () => {
    const ids = await proposals(6);
    for (const proposal of ids.slice(0, 4))
      assert.equal(await one(proposal, votes.ballot(proposal, 1, FOR, 5)), reason.done);
    const [first, , , , fifth, sixth] = ids as [string, string, string, string, string, string];
    assert.equal(await votes.creditsOf(fifth, 1), 100);
    assert.equal(await one(fifth, votes.ballot(fifth, 1, FOR, 1)), reason.overSeason);
    // What one ballot gives back another can spend, and no more.
    assert.equal(await one(first, votes.ballot(first, 1, FOR, 4, { revision: 2 })), reason.done);
    assert.equal(await one(fifth, votes.ballot(fifth, 1, FOR, 4)), reason.overSeason);
    assert.equal(await one(fifth, votes.ballot(fifth, 1, FOR, 3)), reason.done);
    assert.equal(await one(sixth, votes.ballot(sixth, 1, FOR, 1)), reason.overSeason);
    assert.equal(await one(first, votes.ballot(first, 1, FOR, 5, { revision: 3 })), reason.overSeason);
    assert.equal(await votes.creditsOf(fifth, 1), 100);
    // Another seat's credits are its own, the next season's are new.
    assert.equal(await one(sixth, votes.ballot(sixth, 2, FOR, 5)), reason.done);
    const season = 91 * DAY;
    await building.warpTo((Math.floor((await building.now()) / season) + 1) * season + DAY);
    const { id: next } = await votes.recorded();
    assert.equal(await votes.creditsOf(next, 1), 0);
    assert.equal(await one(next, votes.ballot(next, 1, FOR, 5)), reason.done);
  });

  it('of another length of the season are paid from another budget', async () => {
    const { id: first } = await votes.recorded();
    await votes.castAll(first, [votes.ballot(first, 1, FOR, 5)]);
    await votes.setParameter('season.length', 30 * DAY);
    const { id: second } = await votes.recorded();
    assert.equal(await votes.creditsOf(second, 1), 0);
    assert.equal(await votes.creditsOf(first, 1), 25);
  });

  it('of who had locked count more: up to 7 votes, by the lock at the opening', async () => {
    await votes.lockNow(1, 20_000);
    await votes.lockNow(2, 14_400);
    await votes.lockNow(3, 14_399);
    await votes.lockNow(4, 19_600);
    await votes.lockNow(5, 19_599);
    await votes.lockNow(6, 60_000);
    await building.warpTo((await building.now()) + 60);
    const ids = await proposals(6);
    const first = ids[0]!;
    const batch: [number, SignedBallot][] = [
      [reason.done, votes.ballot(first, 2, FOR, 6)],
      [reason.done, votes.ballot(first, 1, FOR, 7)],
      [reason.overQuarter, votes.ballot(first, 3, FOR, 6)],
      [reason.done, votes.ballot(first, 7, FOR, 5)],
      [reason.done, votes.ballot(first, 4, AGAINST, 7)],
      [reason.overQuarter, votes.ballot(first, 5, AGAINST, 7)],
      [reason.done, votes.ballot(first, 6, FOR, 7)],
      [reason.badBallot, votes.ballot(first, 6, FOR, 8, { revision: 2 })],
      [reason.overQuarter, votes.ballot(first, 8, FOR, 6)],
    ];
    const codes = await votes.castAll(
      first,
      batch.map(([, ballot]) => ballot),
    );
    assert.deepEqual(
      codes,
      batch.map(([code]) => code),
    );
    // 200 credits: four times 49, and 4 more; 144: three times 36 and then 36 to 144.
    for (const proposal of ids.slice(1, 4)) assert.equal(await one(proposal, votes.ballot(proposal, 1, FOR, 7)), 0);
    const [fifth, sixth] = [ids[4]!, ids[5]!];
    assert.equal(await one(fifth, votes.ballot(fifth, 1, FOR, 3)), reason.overSeason);
    assert.equal(await one(fifth, votes.ballot(fifth, 1, FOR, 2)), reason.done);
    assert.equal(await one(sixth, votes.ballot(sixth, 1, FOR, 1)), reason.overSeason);
    for (const proposal of ids.slice(1, 4)) assert.equal(await one(proposal, votes.ballot(proposal, 2, FOR, 6)), 0);
    assert.equal(await one(fifth, votes.ballot(fifth, 2, FOR, 1)), reason.overSeason);
    // More than the highest multiplier gives no more than the highest.
    for (const proposal of ids.slice(1, 4)) assert.equal(await one(proposal, votes.ballot(proposal, 6, FOR, 7)), 0);
    assert.equal(await one(fifth, votes.ballot(fifth, 6, FOR, 3)), reason.overSeason);
  });

  it('of who locked after the opening count no more than others’: borrowed GRO buys no vote', async () => {
    const { id: proposal } = await votes.recorded();
    await votes.lockNow(1, 20_000);
    assert.equal(await one(proposal, votes.ballot(proposal, 1, FOR, 6)), reason.overQuarter);
    const { id: next } = await votes.recorded();
    await building.warpTo((await building.now()) + DAY);
    assert.equal(await one(next, votes.ballot(next, 1, FOR, 7)), reason.done);
    // Nor does a lock that ended take away what it gave at the opening.
    await votes.lockNow(1, 10_000);
    assert.equal(await one(next, votes.ballot(next, 1, FOR, 6, { revision: 2 })), reason.done);
    assert.equal(await one(next, votes.ballot(next, 1, FOR, 7, { revision: 3 })), reason.done);
  });

  it('of one person with many seats’ worth of GRO weigh what one seat weighs', async () => {
    await votes.lockNow(1, 20_000);
    await building.warpTo((await building.now()) + 60);
    const { id: proposal } = await votes.recorded();
    assert.equal(await one(proposal, votes.ballot(proposal, 1, FOR, 7, { revision: FINAL })), reason.done);
    for (let seat = 2; seat <= 6; seat += 1)
      assert.equal(await one(proposal, votes.ballot(proposal, seat, AGAINST, 2, { revision: FINAL })), reason.done);
    const tally = await votes.tallyOf(proposal);
    assert.deepEqual([tally.for, tally.headsFor, tally.against], [7, 1, 10]);
    // Five keys of one person in one seat's place: none of them is the seat's.
    for (let n = 1; n <= 5; n += 1) {
      const ballot = votes.ballot(proposal, 7, FOR, 5, { by: walletOf(`sock puppet ${n}`) });
      assert.equal(await one(proposal, ballot), reason.wrongSigner);
    }
  });

  it('ask the real time-locks for what was locked at the opening, in the second before, and long expired', async () => {
    const { deployer, seats, send } = building;
    // The deployer stands in for the token, which alone may tell the locks that GRO arrived.
    const create = async (name: 'SeatLock' | 'ERC1967Proxy', ...args: unknown[]) => {
      const made = await factoryOf(name, deployer).deploy(...args);
      await made.waitForDeployment();
      return made.getAddress();
    };
    const code = await create('SeatLock', seats.target, deployer.address);
    const first = interfaceOf('SeatLock').encodeFunctionData('initialize', [building.manager.target]);
    const locks = building.at('SeatLock', await create('ERC1967Proxy', code, first)).connect(deployer) as Contract;
    const lock = async (seat: number, amount: bigint, days: number) => {
      const data = AbiCoder.defaultAbiCoder().encode(['uint40'], [(await building.now()) + 1 + days * DAY]);
      const key = votes.memberOf(seat).address;
      return send(locks, 'onERC1155Received', key, key, 0, amount, data);
    };
    const real = await createVotes(building, { locks: String(locks.target) });
    const cap = 500_000_000n;
    // All of the cap for two years is twofold; a 44 % share of it for two years gives 144 credits, one less does not.
    await lock(1, 5n * cap, 729);
    await lock(2, (cap * 45n) / 100n, 729);
    await lock(3, (cap * 43n) / 100n, 729);
    await lock(4, cap, 8);
    const { id: proposal } = await real.recorded({ opensAt: await building.now() });
    await lock(5, cap, 729);
    const cases: [number, SignedBallot][] = [
      [reason.done, real.ballot(proposal, 1, FOR, 7)],
      [reason.done, real.ballot(proposal, 2, FOR, 6)],
      [reason.overQuarter, real.ballot(proposal, 3, FOR, 6)],
      [reason.overQuarter, real.ballot(proposal, 4, FOR, 6)],
      [reason.overQuarter, real.ballot(proposal, 5, FOR, 6)],
      [reason.overQuarter, real.ballot(proposal, 6, FOR, 6)],
      [reason.done, real.ballot(proposal, 5, FOR, 5)],
    ];
    assert.deepEqual(
      await real.castAll(
        proposal,
        cases.map(([, ballot]) => ballot),
      ),
      cases.map(([code_]) => code_),
    );
    // A year later the same lock is worth half as much, and what has ended nothing.
    await building.warpTo((await building.now()) + 400 * DAY);
    const { id: later } = await real.recorded();
    assert.deepEqual(
      await real.castAll(later, [
        real.ballot(later, 1, FOR, 7),
        real.ballot(later, 1, FOR, 6),
        real.ballot(later, 4, FOR, 6),
      ]),
      [reason.overQuarter, reason.done, reason.overQuarter],
    );
  });

  it('that cost no more are never refused for credits, whatever the lock was then', async () => {
    await votes.lockNow(1, 20_000);
    await building.warpTo((await building.now()) + 60);
    const ids = await proposals(4);
    for (const proposal of ids) assert.equal(await one(proposal, votes.ballot(proposal, 1, FOR, 6)), 0);
    await votes.lockNow(1, 10_000);
    await building.warpTo((await building.now()) + 60);
    // 144 are spent, which is above the 100 of a proposal that opens now.
    const { id: late } = await votes.recorded({ proposer: 5 });
    assert.equal(await one(late, votes.ballot(late, 1, FOR, 1)), reason.overSeason);
    for (const proposal of ids)
      assert.equal(await one(proposal, votes.ballot(proposal, 1, AGAINST, 3, { revision: 2 })), reason.done);
    assert.equal(await votes.creditsOf(late, 1), 36);
    assert.equal(await one(late, votes.ballot(late, 1, FOR, 5)), reason.done);
    assert.equal(await one(late, votes.ballot(late, 1, FOR, 5, { revision: 2 })), reason.done);
  });

  it('need what the locks say only beyond what every seat has, and never less than an answer for each', async () => {
    const ids = await proposals(5);
    await building.send(votes.locks, 'setBroken', true);
    for (const proposal of ids.slice(0, 4)) assert.equal(await one(proposal, votes.ballot(proposal, 1, FOR, 5)), 0);
    const fifth = ids[4]!;
    const broken = votes.castAll(fifth, [votes.ballot(fifth, 1, FOR, 1)]);
    await assert.rejects(broken, (error: { data?: string }) => {
      assert.equal(votes.locks.interface.parseError(error.data ?? '')?.name, 'Broken');
      return true;
    });
    await building.send(votes.locks, 'setBroken', false);
    await building.send(votes.locks, 'leaveOut', 1);
    const list = [votes.ballot(fifth, 2, FOR, 6), votes.ballot(fifth, 3, FOR, 6)];
    assert.equal(await refused(votes.castAll(fifth, list)), 'LocksAnswerBadly(2,1)');
  });
});
