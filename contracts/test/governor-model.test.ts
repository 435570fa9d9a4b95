import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Contract, encodeBytes32String, id as hash } from 'ethers';
import { type Deed, GovernorModel, type ModelContent } from './model/governor.ts';
import { numberChanges } from './model/governor-numbers.ts';
import { diceOf } from './model/random.ts';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { type Registry, registryOf } from './support/registry.ts';
import { modelSteps } from './support/runs.ts';
import {
  type Content,
  createTestContract,
  createVotes,
  DAY,
  FINAL,
  packBallots,
  type SignedBallot,
  states,
  unpackTally,
  type Votes,
} from './support/votes.ts';

const STEPS = modelSteps(1000);
const SEED = Number(process.env.STOOP_MODEL_SEED ?? 20261121);
const MEMBERS = 14;
const GUEST = 20;
/** Seats that are issued on the way. */
const LATE = [24, 25, 26, 27, 28, 29];
const NOBODY = 30;
const SEATS = [...Array.from({ length: MEMBERS }, (_, index) => index + 1), GUEST, ...LATE, NOBODY];
const WORDS = 2;
/** How many of the latest proposals are acted on and compared. */
const LATEST = 10;

describe('the governor and its model', () => {
  let building: Building;
  let votes: Votes;
  let registry: Registry;
  let model: GovernorModel;
  let probe: Contract;
  const dice = diceOf(SEED);
  const { pick } = dice;
  const whole = (least: number, most: number): number => least + dice.below(most - least + 1);
  const chance = (share: number): boolean => dice.chance(share * 100);
  const contents = new Map<string, Content>();
  const order: string[] = [];
  const freezes = new Map<number, number>();
  const done = new Map<string, number>();
  let clock = 0;
  let late = 0;
  let salt = 0;

  before(async () => {
    building = await createBuilding({ members: MEMBERS });
    registry = registryOf(building);
    await registry.issue([registry.guest(GUEST, walletOf('guest').address)], building.board.slice(0, 1));
    await building.fund([1], 100n * FUSD);
    votes = await createVotes(building, {
      parameters: { 'vote.proposalsPerSeason': 4, 'season.length': 91 * DAY, 'spending.perMonth': 20_000_000 },
    });
    probe = await createTestContract(building, 'test/contracts/GovernorProbe.sol:GovernorProbe');
    for (let seat = 1; seat <= MEMBERS; seat += 1) await votes.asMember(seat);
    const { token } = building;
    await building.send(await votes.asMember(1, token), 'transfer', votes.governor.target, 100n * FUSD);
    const own = votes.as(votes.governor, building.deployer);
    await building.send(own, 'setAllowed', 3, votes.chore.target, votes.selectorOf(votes.chore, 'act'), true);
    model = new GovernorModel(
      {
        threshold: [5000, 5000, 6000, 6667],
        delay: [DAY, DAY, 7 * DAY, 7 * DAY],
        quorum: 3000,
        leastFor: 5,
        seasonLength: 91 * DAY,
        proposalsPerSeason: 4,
        spendingPerMonth: 20_000_000n,
      },
      100n * FUSD,
      Number(await votes.read('guardianUntil')),
    );
    for (const seat of [...building.members.map((_, index) => index + 1), GUEST]) {
      const issuedAt = Number(await building.seats.getFunction('issuedAtOf')(seat));
      model.seats.set(seat, { class: seat === GUEST ? 'guest' : 'resident', frozen: false, issuedAt });
    }
    clock = await building.now();
  });
  after(() => building.close());

  const keyOf = (seat: number) =>
    seat <= MEMBERS ? votes.memberOf(seat) : seat === GUEST ? walletOf('guest') : walletOf(`late ${seat}`);
  const latest = (): string[] => order.slice(-LATEST);
  /** A proposal, mostly one that stands as wanted now. */
  const proposalIn = (time: number, ...wanted: string[]): string => {
    const fitting = latest().filter((id) => wanted.includes(model.stateOf(time, id)));
    return fitting.length > 0 && chance(0.7) ? pick(fitting) : someProposal();
  };
  const someProposal = (): string => (order.length === 0 || chance(0.02) ? hash('never recorded') : pick(latest()));

  /** The name of the error that a call is refused with, undefined when it goes through. */
  const errorOf = async (call: Promise<unknown>): Promise<string | undefined> => {
    try {
      await call;
      return undefined;
    } catch (error) {
      const { data } = error as { data?: string };
      for (const contract of [votes.governor, building.token, votes.parameters, votes.chore]) {
        const parsed = data ? contract.interface.parseError(data) : null;
        if (parsed) return parsed.name;
      }
      throw error;
    }
  };
  const agree = (expected: ReadonlySet<string>, found: string | undefined): string => {
    if (expected.size === 0) assert.equal(found, undefined);
    else assert.ok(found && expected.has(found), `refused with ${found}, expected one of ${[...expected]}`);
    return found ?? 'done';
  };
  /** The next block's time: mostly a little later, at times at a moment when something changes. */
  const nextTime = async (): Promise<number> => {
    const now = Math.max(clock, await building.now()) + 1;
    let time = now + whole(0, 600);
    if (chance(0.04)) time = now + whole(1, 4 * DAY);
    if (chance(0.08) && order.length > 0) {
      const proposal = pick(latest());
      const { endedAt, delay, submissionEnd } = (await votes.read('termsOf', proposal)) as Record<string, bigint>;
      const end = Number(endedAt === 0n ? submissionEnd : endedAt);
      const edge = pick([end, end + Number(delay), end + Number(delay), end + Number(delay) + 90 * DAY]) + whole(-1, 1);
      // Not too far, or all that is open would be over.
      if (edge > now && edge < now + (chance(0.3) ? 100 : 9) * DAY) time = edge;
    }
    await building.simulator.request('evm_setNextBlockTimestamp', [time]);
    clock = time;
    return time;
  };

  /** Casts a batch on both sides and holds each item's code against the model's. */
  const castList = async (time: number, id: string, list: readonly (SignedBallot & { isSigned: boolean })[]) => {
    const expected = model.cast(time, id, list);
    const call = building.send(votes.governor, 'castBallots', id, packBallots(list));
    if ('refused' in expected) return agree(new Set([expected.refused]), await errorOf(call));
    const codes = votes.codesOf(await call, list.length);
    for (const [n, code] of codes.entries()) {
      const possible = expected.codes[n]!;
      const right = possible.size === 0 ? code === 0 : possible.has(code);
      assert.ok(right, `item ${n} (${JSON.stringify(list[n])}): ${code}, expected ${[...possible]}`);
      done.set(`ballot ${code}`, (done.get(`ballot ${code}`) ?? 0) + 1);
    }
    return 'done';
  };

  const deedOf = (kind: number): Deed => {
    if (chance(0.04)) return pick<Deed>([{ what: 'forbidden' }, { what: 'chore' }, { what: 'mark-up', value: 1 }]);
    if (kind === 1) return { what: 'transfer', amount: BigInt(whole(1, 9_000_000)) };
    if (kind === 2) return { what: 'mark-up', value: chance(0.1) ? 3001 : whole(0, 3000) };
    return { what: 'chore' };
  };
  const callOf = (deed: Deed): [string, string] => {
    if (deed.what === 'transfer')
      return [String(building.token.target), votes.transferCall(building.payee, deed.amount)];
    if (deed.what === 'mark-up') return [String(votes.parameters.target), votes.setCall('orders.markup', deed.value)];
    if (deed.what === 'chore') return [String(votes.chore.target), votes.actCall()];
    return [String(votes.chore.target), votes.chore.interface.encodeFunctionData('other')];
  };

  const actions: Record<string, (time: number) => Promise<string>> = {
    record: async (time) => {
      salt += 1;
      const proposer = chance(0.9) ? whole(1, MEMBERS) : pick(SEATS);
      const kind = chance(0.01) ? 4 : whole(0, 3);
      const count = kind === 0 ? (chance(0.03) ? 1 : 0) : chance(0.03) ? 0 : whole(1, 2);
      const deeds = Array.from({ length: count }, () => deedOf(kind));
      const opensAt = time + (chance(0.04) ? 0 : -whole(1, chance(0.3) ? 40 * DAY : 3 * DAY));
      const closesAt = opensAt + 3 * DAY - (chance(0.03) ? 1 : 0) + (chance(0.3) ? whole(0, 9 * DAY) : 0);
      let submissionEnd = closesAt + 45 * DAY - (chance(0.03) ? 1 : 0) + (chance(0.2) ? whole(0, 60 * DAY) : 0);
      if (chance(0.03)) submissionEnd = opensAt + 180 * DAY + whole(0, 1);
      const shape: ModelContent = { proposer, kind, opensAt, closesAt, submissionEnd, deeds };
      const calls = deeds.map(callOf);
      let content: Content = {
        proposer,
        kind,
        textHash: hash('text'),
        targets: calls.map(([target]) => target),
        calls: calls.map(([, data]) => data),
        opensAt,
        closesAt,
        submissionEnd,
        salt: hash(`model ${salt}`),
      };
      let modelled = shape;
      if (order.length > 0 && chance(0.04)) {
        const again = pick(latest());
        content = contents.get(again)!;
        modelled = model.proposals.get(again)!.content;
      }
      const isSigned = chance(0.96);
      const id = votes.idOf(content);
      const signature = votes.signProposal(content, isSigned ? keyOf(content.proposer) : walletOf('forger'));
      const expected = model.record(time, id, modelled, isSigned);
      const said = agree(expected, await errorOf(building.send(votes.governor, 'record', content, signature)));
      if (said === 'done') {
        contents.set(id, content);
        order.push(id);
      }
      return said;
    },
    cast: async (time) => {
      const id = proposalIn(time, 'Open');
      // Often many at once in one direction, so that some proposals pass and some end early.
      const lean = pick([1, 1, 1, 0, 2]);
      const isCampaign = chance(0.5);
      const list: (SignedBallot & { isSigned: boolean })[] = [];
      const count = whole(1, isCampaign ? 14 : 6);
      const first = whole(1, MEMBERS);
      for (let n = 0; n < count; n += 1) {
        const seat = isCampaign && chance(0.9) ? 1 + ((first + n) % MEMBERS) : pick(SEATS);
        const isSigned = chance(0.97);
        const support = isCampaign && chance(0.85) ? lean : chance(0.02) ? 3 : whole(0, 2);
        const many = chance(0.15) ? whole(0, 9) : whole(1, 5);
        const revision = chance(isCampaign ? 0.35 : 0.15) ? FINAL : whole(0, 8);
        const ballot = votes.ballot(id, seat, support, many, {
          revision,
          by: isSigned ? keyOf(seat) : walletOf('forger'),
        });
        list.push({ ...ballot, isSigned });
      }
      return castList(time, id, list);
    },
    /** Every resident For, finally: what can be ended early. */
    acclaim: async (time) => {
      const id = proposalIn(time, 'Open');
      const residents = SEATS.filter((seat) => model.seats.get(seat)?.class === 'resident');
      const list = residents.map((seat) =>
        votes.ballot(id, seat, 1, whole(1, 3), { revision: FINAL, by: keyOf(seat) }),
      );
      return castList(
        time,
        id,
        list.map((each) => ({ ...each, isSigned: true })),
      );
    },
    castDirectly: async (time) => {
      const id = proposalIn(time, 'Open');
      const seat = whole(1, MEMBERS);
      const ballot = { support: whole(0, 2), votes: whole(1, 6), revision: chance(0.1) ? FINAL : whole(0, 8) };
      const own = votes.as(votes.governor, keyOf(seat));
      const expected = model.cast(time, id, [{ ...ballot, seat, isSigned: true }]);
      const call = building.send(own, 'cast', id, ballot.support, ballot.votes, ballot.revision);
      const possible =
        'refused' in expected ? [expected.refused] : expected.codes[0]!.size > 0 ? ['BallotRefused'] : [];
      return agree(new Set(possible), await errorOf(call));
    },
    endEarly: async (time) => {
      const id = proposalIn(time, 'Open');
      return agree(model.endEarly(time, id), await errorOf(building.send(votes.governor, 'endEarly', id)));
    },
    execute: async (time) => {
      const id = proposalIn(time, 'Executable', 'Waiting');
      const content = contents.get(id);
      if (!content) return 'nothing recorded yet';
      return agree(model.execute(time, id), await errorOf(building.send(votes.governor, 'execute', content)));
    },
    cancel: async (time) => {
      const id = proposalIn(time, 'Open', 'Waiting', 'Executable');
      const byGuardian = chance(0.6);
      const own = votes.as(votes.governor, byGuardian ? votes.guardian : building.stranger);
      return agree(model.cancel(time, id, byGuardian), await errorOf(building.send(own, 'cancel', id, hash('case'))));
    },
    lock: async (time) => {
      const seat = pick(SEATS);
      const multiplier = pick([10_000, 14_399, 14_400, 19_599, 19_600, 20_000, 20_000, 30_000]);
      await votes.lockNow(seat, multiplier);
      model.lock(time, seat, multiplier);
      return 'done';
    },
    freeze: async () => {
      await building.simulator.request('evm_mine', []);
      const seat = whole(1, MEMBERS);
      const modelled = model.seats.get(seat)!;
      // Mostly released again, or soon nobody could vote.
      const frozen = [...model.seats.values()].filter((each) => each.frozen).length < 2 && !modelled.frozen;
      const revision = (freezes.get(seat) ?? 0) + 1;
      await registry.freeze(seat, frozen, revision);
      freezes.set(seat, revision);
      modelled.frozen = frozen;
      return 'done';
    },
    seat: async () => {
      await building.simulator.request('evm_mine', []);
      if (late < LATE.length && chance(0.5)) {
        const seat = LATE[late]!;
        late += 1;
        await registry.issue([registry.resident(seat, keyOf(seat).address)]);
        model.seats.set(seat, { class: 'resident', frozen: false, issuedAt: await building.now() });
        return 'issued';
      }
      const retired = [...model.seats.values()].filter((each) => each.class === 'retired').length;
      const seat = pick([MEMBERS, MEMBERS - 1, ...LATE.slice(0, late)]);
      if (retired >= 3 || model.seats.get(seat)?.class !== 'resident') return 'nobody';
      await registry.retire(seat);
      model.seats.get(seat)!.class = 'retired';
      return 'retired';
    },
    numbers: async () => {
      await pick(numberChanges(votes, model.numbers, { whole, pick, chance }))();
      return 'done';
    },
    chore: async () => {
      if (chance(0.5)) {
        model.choreRefuses = chance(0.4);
        await building.send(votes.chore, 'setRefuses', model.choreRefuses, false);
        return 'refuses';
      }
      model.choreIsListed = chance(0.8);
      const own = votes.as(votes.governor, building.deployer);
      const selector = votes.selectorOf(votes.chore, 'act');
      await building.send(own, 'setAllowed', 3, votes.chore.target, selector, model.choreIsListed);
      return 'listed';
    },
  };
  const wheel: [string, number][] = [
    ['record', 14],
    ['cast', 34],
    ['acclaim', 6],
    ['castDirectly', 8],
    ['endEarly', 12],
    ['execute', 14],
    ['cancel', 2],
    ['lock', 4],
    ['freeze', 2],
    ['seat', 1],
    ['numbers', 3],
    ['chore', 2],
  ];
  const names = wheel.flatMap(([name, parts]) => Array.from({ length: parts }, () => name));

  /** Everything that the chain shows of the latest proposals, against the model. */
  const compare = async (): Promise<void> => {
    const ids = latest();
    const [time, seen] = (await probe.getFunction('look')(votes.governor.target, ids, WORDS, SEATS)) as [
      bigint,
      { state: bigint; tally: bigint; ballotWords: bigint[]; credits: bigint[] }[],
    ];
    for (const [n, id] of ids.entries()) {
      const { state, tally, ballotWords, credits } = seen[n]!;
      const proposal = model.proposals.get(id)!;
      assert.equal(states[Number(state)], model.stateOf(Number(time), id), `state of proposal ${id}`);
      assert.deepEqual(Object.values(unpackTally(tally)), model.countsOf(id), `sum of proposal ${id}`);
      for (let seat = 0; seat < WORDS * 16; seat += 1) {
        const bits = Number((ballotWords[seat >> 4]! >> BigInt((seat % 16) * 16)) & 0xffffn);
        const { support, votes: count, revision } = proposal.ballots.get(seat) ?? { support: 0, votes: 0, revision: 0 };
        assert.equal(bits, revision * 256 + support * 16 + count, `ballot of seat ${seat}`);
      }
      for (const [i, seat] of SEATS.entries())
        assert.equal(Number(credits[i]), model.spentBy(seat, proposal.season), `credits of seat ${seat}`);
    }
    assert.equal(await building.balanceOf(String(votes.governor.target)), model.treasury);
    assert.equal(await building.balanceOf(building.payee), model.paid);
    assert.equal(await votes.chore.getFunction('done')(), BigInt(model.chores));
    const markUp = await votes.parameters.getFunction('get')(encodeBytes32String('orders.markup'));
    assert.equal(markUp, BigInt(model.markUp));
  };

  it(`agree after each of ${STEPS} steps`, { timeout: 60_000 + STEPS * 1000 }, async () => {
    for (let step = 0; step < STEPS; step += 1) {
      const name = pick(names);
      try {
        const said = await actions[name]!(await nextTime());
        done.set(`${name}: ${said}`, (done.get(`${name}: ${said}`) ?? 0) + 1);
        await compare();
      } catch (error) {
        (error as Error).message = `seed ${SEED}, step ${step} (${name}): ${(error as Error).message}`;
        throw error;
      }
    }
    // A walk that never gets anywhere would agree as well; a short one says nothing about that.
    if (STEPS < 1000) return;
    for (const reached of [
      'record: done',
      'cast: done',
      'castDirectly: done',
      'endEarly: done',
      'execute: done',
      'cancel: done',
    ])
      assert.ok((done.get(reached) ?? 0) >= 3, `${reached}: ${done.get(reached)}; ${JSON.stringify([...done])}`);
    for (const code of [0, 3, 5, 6, 14, 15]) assert.ok(done.get(`ballot ${code}`), `no ballot met ${code}`);
  });
});
