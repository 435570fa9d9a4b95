import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { encodeBytes32String, id } from 'ethers';
import { factoryOf } from '../deploy/artifact.ts';
import { type Building, createBuilding, FUSD } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';
import { type Content, createVotes, DAY, kind, passedVote, type Votes } from './support/votes.ts';

describe('what passed', () => {
  let building: Building;
  let votes: Votes;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 8 });
    await building.fund([1, 2], 500n * FUSD);
    votes = await createVotes(building, { parameters: { 'vote.proposalsPerSeason': 100 } });
    // The treasury's money: a member gave it.
    for (const seat of [1, 2])
      await building.send(await votes.asMember(seat, building.token), 'transfer', votes.governor.target, 500n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const refused = (call: Promise<unknown>): Promise<string> => revertOf(votes.governor, call);
  const execute = (content: Content) => building.send(votes.governor, 'execute', content);
  const act = (change: Partial<Content> = {}): Partial<Content> => ({
    kind: kind.roles,
    targets: [String(votes.chore.target)],
    calls: [votes.actCall()],
    ...change,
  });
  const spend = (...amounts: bigint[]): Partial<Content> => ({
    kind: kind.spending,
    targets: amounts.map(() => String(building.token.target)),
    calls: amounts.map((amount) => votes.transferCall(building.payee, amount)),
  });
  const roles = (target: unknown, data: string): Partial<Content> => ({
    kind: kind.roles,
    targets: [String(target)],
    calls: [data],
  });
  const governorCall = (fn: string, ...args: unknown[]): string =>
    votes.governor.interface.encodeFunctionData(fn, args);
  const passed = (change: Partial<Content>) => passedVote(building, votes, change);
  /** Passed, and its time has come. */
  const ready = async (change: Partial<Content>) => {
    const it_ = await passed(change);
    await building.warpTo(it_.eta);
    return it_;
  };
  /** Puts a function on the list by a vote. */
  const allow = async (kind_: number, target: unknown, selector: string, allowed = true) => {
    const { content } = await ready(
      roles(votes.governor.target, governorCall('setAllowed', kind_, target, selector, allowed)),
    );
    await execute(content);
  };
  /** The governor's own functions are on the list, as a deployment has them. */
  const allowOwn = async () => {
    const own = votes.as(votes.governor, building.deployer);
    for (const fn of ['setAllowed', 'setGuardianUntil', 'announceUpgrade', 'upgradeToAndCall'])
      await building.send(
        own,
        'setAllowed',
        kind.roles,
        votes.governor.target,
        votes.selectorOf(votes.governor, fn),
        true,
      );
  };
  const done = async (): Promise<bigint> => (await votes.chore.getFunction('done')()) as bigint;

  it('is carried out by anybody, after its delay and for 90 days, once', async () => {
    const { content, id: proposal, eta } = await passed(act());
    assert.equal(await votes.stateOf(proposal), 'Waiting');
    assert.equal(await refused(execute(content)), `NotExecutable(${proposal},3)`);
    const at = (time: number) => building.simulator.request('evm_setNextBlockTimestamp', [time]);
    await at(eta - 1);
    assert.equal(await refused(execute(content)), `NotExecutable(${proposal},3)`);
    const before = await building.snapshot();
    await at(eta);
    const receipt = await building.send(votes.as(votes.governor, building.stranger), 'execute', content);
    assert.deepEqual(eventsOf(votes.governor, receipt, 'ProposalExecuted'), [
      { id: proposal, carrier: building.stranger.address },
    ]);
    assert.equal(await done(), 1n);
    assert.equal(await votes.stateOf(proposal), 'Executed');
    assert.equal(await refused(execute(content)), `NotExecutable(${proposal},5)`);
    await before();
    await at(eta + 90 * DAY);
    await execute(content);
    assert.equal(await done(), 1n);
  });

  it('expires 90 days after its delay', async () => {
    const { content, id: proposal, eta } = await passed(act());
    await building.warpTo(eta + 90 * DAY + 1);
    assert.equal(await votes.stateOf(proposal), 'Expired');
    assert.equal(await refused(execute(content)), `NotExecutable(${proposal},7)`);
  });

  it('without an early end waits for the submission’s end and its delay', async () => {
    const { id: proposal, content } = await votes.recorded(act());
    await votes.allFor(proposal, [1, 2, 3, 4, 5, 6, 7, 8], 1);
    assert.equal(await refused(execute(content)), `NotExecutable(${proposal},1)`);
    await building.warpTo(content.submissionEnd + 7 * DAY - 10);
    assert.equal(await votes.stateOf(proposal), 'Waiting');
    await building.warpTo(content.submissionEnd + 7 * DAY);
    await execute(content);
    assert.equal(await done(), 1n);
  });

  it('did not pass is not carried out, nor is another content', async () => {
    const { id: proposal, content } = await votes.recorded(act());
    await building.warpTo(content.submissionEnd + 8 * DAY);
    assert.equal(await refused(execute(content)), `NotExecutable(${proposal},2)`);
    const { content: good } = await ready(act());
    for (const change of [
      { calls: [`${votes.actCall()}00`] },
      { salt: id('other') },
      { kind: kind.text },
      { proposer: 2 },
    ]) {
      const other = { ...good, ...change };
      assert.equal(await refused(execute(other)), `NotExecutable(${votes.idOf(other)},0)`);
    }
  });

  it('about text does nothing but say so', async () => {
    const { content, id: proposal } = await ready({ kind: kind.text });
    await execute(content);
    assert.equal(await votes.stateOf(proposal), 'Executed');
  });

  it('waits as its kind does, roles never under seven days', async () => {
    for (const name of ['text', 'spending', 'parameters', 'roles'] as const)
      await votes.setParameter(`vote.${name}.delay`, name === 'roles' ? 7 * DAY : 2 * DAY);
    const low = await createVotes(building, { parameters: { 'vote.roles.delay': 0, 'vote.text.delay': 0 } });
    const { id: proposal } = await low.recorded({
      kind: kind.roles,
      targets: [String(low.chore.target)],
      calls: [low.actCall()],
    });
    assert.equal(((await low.read('termsOf', proposal)) as { delay: bigint }).delay, BigInt(7 * DAY));
    const { id: text } = await low.recorded();
    assert.equal(((await low.read('termsOf', text)) as { delay: bigint }).delay, 0n);
    const { id: spending } = await votes.recorded(spend(1n));
    assert.equal(((await votes.read('termsOf', spending)) as { delay: bigint }).delay, BigInt(2 * DAY));
  });

  it('spends from the treasury alone, within the month’s cap', async () => {
    await votes.setParameter('spending.perMonth', 100n * FUSD);
    const period = 30 * DAY;
    const first = await passed(spend(30n * FUSD, 40n * FUSD));
    const second = await passed(spend(31n * FUSD));
    const third = await passed(spend(30n * FUSD));
    // All of it in one period: a little after its start.
    const start = Math.ceil(third.eta / period) * period;
    await building.warpTo(start + 10);
    const receipt = await execute(first.content);
    assert.deepEqual(eventsOf(votes.governor, receipt, 'Spent'), [
      { id: first.id, period: BigInt(start / period), oldTotal: 0n, newTotal: 70n * FUSD },
    ]);
    assert.equal(await building.balanceOf(building.payee), 70n * FUSD);
    assert.equal(
      await refused(execute(second.content)),
      `OverMonthlySpending(${start / period},${100n * FUSD},${101n * FUSD})`,
    );
    await execute(third.content);
    assert.equal(await votes.read('spentIn', start / period), 100n * FUSD);
    // The next period takes what this one did not.
    await building.warpTo(start + period);
    await execute(second.content);
    assert.equal(await building.balanceOf(building.payee), 131n * FUSD);
    assert.equal(await building.balanceOf(String(votes.governor.target)), 869n * FUSD);
  });

  it('that spends more than there is can be tried again when there is enough', async () => {
    await votes.setParameter('spending.perMonth', 10_000n * FUSD);
    const { content, id: proposal } = await ready(spend(400n * FUSD, 700n * FUSD));
    const tried = building.send(votes.governor, 'execute', content);
    assert.match(await revertOf(building.token, tried), /^ERC20InsufficientBalance\(/);
    assert.equal(await building.balanceOf(building.payee), 0n);
    assert.equal(await votes.stateOf(proposal), 'Executable');
    await building.fund([3], 100n * FUSD);
    await building.send(await votes.asMember(3, building.token), 'transfer', votes.governor.target, 100n * FUSD);
    await execute(content);
    assert.equal(await building.balanceOf(building.payee), 1100n * FUSD);
  });

  it('sets the building’s numbers within their bounds', async () => {
    const call = (value: number) => ({
      kind: kind.parameters,
      targets: [String(votes.parameters.target)],
      calls: [votes.setCall('orders.markup', value)],
    });
    const { content } = await ready(call(250));
    const receipt = await execute(content);
    const [event] = eventsOf(votes.parameters, receipt, 'ParameterSet');
    assert.deepEqual([event?.oldValue, event?.newValue, event?.by], [300n, 250n, votes.governor.target]);
    assert.equal(await votes.parameters.getFunction('get')(encodeBytes32String('orders.markup')), 250n);
    const { content: wild } = await ready(call(3001));
    assert.match(await revertOf(votes.parameters, execute(wild)), /^ParameterOutOfBounds/);
  });

  it('that fails changes nothing and says why; later it can go through', async () => {
    const { content, id: proposal } = await ready(
      act({ targets: Array(3).fill(String(votes.chore.target)), calls: Array(3).fill(votes.actCall()) }),
    );
    await building.send(votes.chore, 'setRefuses', true, false);
    assert.equal(await revertOf(votes.chore, execute(content)), 'Refused(0)');
    await building.send(votes.chore, 'setRefuses', true, true);
    assert.equal(await refused(execute(content)), 'CallFailed(0)');
    assert.equal(await votes.stateOf(proposal), 'Executable');
    await building.send(votes.chore, 'setRefuses', false, false);
    await execute(content);
    assert.equal(await done(), 3n);
  });

  it('is not carried out in part by whoever gives too little gas', async () => {
    await building.send(
      votes.as(votes.governor, building.deployer),
      'setAllowed',
      kind.roles,
      votes.chore.target,
      votes.selectorOf(votes.chore, 'work'),
      true,
    );
    const work = votes.chore.interface.encodeFunctionData('work', [30]);
    const target = String(votes.chore.target);
    const { content, id: proposal } = await ready(act({ targets: [target, target], calls: [votes.actCall(), work] }));
    const call = votes.governor.getFunction('execute');
    const needed = Number(await call.estimateGas(content));
    for (let part = 10; part < 97; part += 4) {
      const { hash } = await call(content, { gasLimit: Math.floor((needed * part) / 100) });
      assert.equal((await building.provider.getTransactionReceipt(hash))?.status, 0, `with ${part} %`);
      assert.equal(await votes.stateOf(proposal), 'Executable');
    }
    assert.equal(await done(), 0n);
    await execute(content);
    assert.equal(await done(), 31n);
  });

  it('can not be carried out again from within, nor anything else', async () => {
    const { content: other, id: otherId } = await ready(act({ proposer: 2 }));
    const { content, id: proposal } = await ready(act());
    for (const inner of [content, other]) {
      const before = await building.snapshot();
      await building.send(votes.chore, 'setCallback', votes.governor.target, governorCall('execute', inner));
      await execute(content);
      assert.equal(await done(), 1n);
      assert.equal(await votes.chore.getFunction('wentThrough')(), false);
      assert.equal(
        votes.governor.interface.parseError(await votes.chore.getFunction('answer')())?.name,
        'ReentrancyGuardReentrantCall',
      );
      assert.equal(await votes.stateOf(proposal), 'Executed');
      assert.equal(await votes.stateOf(otherId), 'Executable');
      await before();
    }
  });

  it('is stopped when what it calls was taken off the list in between, and only its own kind’s list counts', async () => {
    await allowOwn();
    const { content } = await ready(act());
    const selector = votes.selectorOf(votes.chore, 'act');
    await allow(kind.roles, votes.chore.target, selector, false);
    assert.equal(await refused(execute(content)), `CallNotAllowed(3,${String(votes.chore.target)},${selector})`);
    assert.equal(await votes.read('isAllowed', kind.roles, votes.chore.target, selector), false);
    await allow(kind.roles, votes.chore.target, selector);
    await execute(content);
    // Spending can be closed the same way, and nothing else can be let into it.
    const transfer = votes.selectorOf(building.token, 'transfer');
    assert.equal(await votes.read('isAllowed', kind.spending, building.token.target, transfer), true);
    await allow(kind.spending, building.token.target, transfer, false);
    assert.equal(
      await refused(votes.recorded(spend(1n))),
      `CallNotAllowed(1,${String(building.token.target)},${transfer})`,
    );
    for (const [kind_, target, fn] of [
      [kind.spending, votes.chore.target, selector],
      [kind.spending, building.token.target, votes.selectorOf(building.token, 'approve')],
      [kind.parameters, votes.parameters.target, votes.selectorOf(votes.parameters, 'declare')],
      [kind.parameters, votes.chore.target, votes.selectorOf(votes.parameters, 'set')],
      [kind.text, votes.chore.target, selector],
    ] as const) {
      const { content: wrong } = await ready(
        roles(votes.governor.target, governorCall('setAllowed', kind_, target, fn, true)),
      );
      assert.equal(await refused(execute(wrong)), `CallNotAllowed(${kind_},${String(target)},${fn})`);
    }
    const { content: unknown } = await ready(
      roles(votes.governor.target, governorCall('setAllowed', 4, votes.chore.target, selector, true)),
    );
    assert.equal(await refused(execute(unknown)), 'UnknownKind(4)');
  });

  it('calls code, not an empty address', async () => {
    const own = votes.as(votes.governor, building.deployer);
    await building.send(own, 'setAllowed', kind.roles, building.payee, '0x11223344', true);
    const { content } = await ready(roles(building.payee, '0x11223344'));
    assert.equal(await refused(execute(content)), `NotAContract(${building.payee})`);
  });

  it('changes the list and the guardian’s term by nobody else’s hand', async () => {
    for (const wallet of [building.stranger, building.relayer, votes.guardian]) {
      const own = votes.as(votes.governor, wallet);
      const error = `AccessManagedUnauthorized(${wallet.address})`;
      assert.equal(await refused(building.send(own, 'setAllowed', 3, votes.chore.target, '0x11223344', true)), error);
      assert.equal(await refused(building.send(own, 'setGuardianUntil', 1)), error);
      assert.equal(await refused(building.send(own, 'announceUpgrade', votes.chore.target)), error);
    }
  });

  it('upgrades the governor by two votes, seven days apart; what was decided stays', async () => {
    await allowOwn();
    const { id: kept } = await votes.recorded();
    await votes.allFor(kept, [1, 2, 3]);
    const made = await factoryOf('CoopGovernor', building.deployer).deploy(
      building.seats.target,
      votes.locks.target,
      votes.parameters.target,
      building.token.target,
    );
    const next = await made.getAddress();
    const upgrade = await ready(roles(votes.governor.target, governorCall('upgradeToAndCall', next, '0x')));
    assert.equal(await refused(execute(upgrade.content)), `UpgradeNotAnnounced(${next})`);
    const announce = await ready(roles(votes.governor.target, governorCall('announceUpgrade', next)));
    await execute(announce.content);
    assert.match(await refused(execute(upgrade.content)), /^UpgradeTooEarly/);
    await building.warpTo((await building.now()) + 7 * DAY);
    const receipt = await execute(upgrade.content);
    assert.deepEqual(eventsOf(votes.governor, receipt, 'Upgraded'), [{ implementation: next }]);
    assert.equal((await votes.tallyOf(kept)).heads, 3);
    assert.equal(await votes.stateOf(upgrade.id), 'Executed');
  });

  describe('the guardian', () => {
    const cancel = (proposal: string, by = votes.guardian) =>
      building.send(votes.as(votes.governor, by), 'cancel', proposal, id('case'));

    it('cancels what is open, waiting or ready, for good', async () => {
      const { id: open, content } = await votes.recorded();
      const receipt = await cancel(open);
      assert.deepEqual(eventsOf(votes.governor, receipt, 'ProposalCancelled'), [
        { id: open, guardian: votes.guardian.address, oldState: 1n, caseHash: id('case') },
      ]);
      assert.equal(await votes.stateOf(open), 'Cancelled');
      assert.equal(await refused(votes.castAll(open, [votes.ballot(open, 1, 1, 1)])), `NotOpen(${open},6)`);
      assert.equal(await refused(building.send(votes.governor, 'endEarly', open)), `NotOpen(${open},6)`);
      assert.equal(await refused(votes.record(content)), `AlreadyRecorded(${open})`);
      const waiting = await passed(act());
      await cancel(waiting.id);
      const executable = await ready(act());
      await cancel(executable.id);
      for (const each of [waiting, executable])
        assert.equal(await refused(execute(each.content)), `NotExecutable(${each.id},6)`);
      assert.equal(await refused(cancel(waiting.id)), `NotCancellable(${waiting.id},6)`);
      assert.equal(await done(), 0n);
    });

    it('cancels nothing that is done or defeated, and is nobody else', async () => {
      const { content, id: proposal } = await ready(act());
      for (const wallet of [building.stranger, building.relayer, building.deployer])
        assert.equal(await refused(cancel(proposal, wallet)), `AccessManagedUnauthorized(${wallet.address})`);
      await execute(content);
      assert.equal(await refused(cancel(proposal)), `NotCancellable(${proposal},5)`);
      const { id: lost, content: lostContent } = await votes.recorded();
      await building.warpTo(lostContent.submissionEnd);
      assert.equal(await refused(cancel(lost)), `NotCancellable(${lost},2)`);
    });

    it('expires after a year unless a vote names one again, for a year at most', async () => {
      await allowOwn();
      const until = Number(await votes.read('guardianUntil'));
      const deployedAt = until - 365 * DAY;
      assert.ok(deployedAt > building.start && deployedAt < (await building.now()));
      await building.warpTo(until - 60);
      const { id: first } = await votes.recorded();
      await building.simulator.request('evm_setNextBlockTimestamp', [until]);
      await cancel(first);
      const { id: second } = await votes.recorded();
      assert.equal(await refused(cancel(second)), `GuardianExpired(${until})`);
      const now = await building.now();
      const renew = await passed(roles(votes.governor.target, governorCall('setGuardianUntil', now + 300 * DAY)));
      const tooLong = await passed(roles(votes.governor.target, governorCall('setGuardianUntil', now + 400 * DAY)));
      await building.warpTo(tooLong.eta);
      assert.match(await refused(execute(tooLong.content)), /^GuardianTooLong/);
      const receipt = await execute(renew.content);
      assert.deepEqual(eventsOf(votes.governor, receipt, 'GuardianUntilSet'), [
        { oldUntil: BigInt(until), newUntil: BigInt(now + 300 * DAY), by: votes.governor.target },
      ]);
      await cancel(second);
      assert.equal(await votes.stateOf(second), 'Cancelled');
    });
  });
});
