import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { getAddress, id, TypedDataEncoder, ZeroAddress, ZeroHash } from 'ethers';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';
import { type Registry, registryOf } from './support/registry.ts';
import { type Content, createVotes, DAY, kind, type Votes } from './support/votes.ts';

const IMPLEMENTATION_SLOT = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';

describe('a proposal', () => {
  let building: Building;
  let votes: Votes;
  let registry: Registry;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 8 });
    votes = await createVotes(building);
    registry = registryOf(building);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const refused = (call: Promise<unknown>): Promise<string> => revertOf(votes.governor, call);
  const tryRecord = async (change: Partial<Content>): Promise<string> =>
    refused(votes.record(await votes.content(change)));

  it('is recorded by anybody with its proposer’s signature, under the hash of its content', async () => {
    const value = await votes.content({
      kind: kind.roles,
      targets: [String(votes.chore.target)],
      calls: [votes.actCall()],
    });
    const proposal = votes.idOf(value);
    assert.equal(await votes.read('hashProposal', value), proposal);
    assert.equal(await votes.stateOf(proposal), 'Unknown');
    const receipt = await votes.record(value);
    assert.equal(await votes.stateOf(proposal), 'Open');
    const [event] = eventsOf(votes.governor, receipt, 'ProposalRecorded');
    assert.equal(event?.id, proposal);
    assert.equal(event?.proposer, 1n);
    assert.equal(event?.carrier, building.relayer.address);
    const seasonLength = 91 * DAY;
    const expected = {
      proposer: 1n,
      kind: 3n,
      residents: 8n,
      threshold: 6667n,
      quorum: 3000n,
      leastFor: 5n,
      delay: BigInt(7 * DAY),
      opensAt: BigInt(value.opensAt),
      submissionEnd: BigInt(value.submissionEnd),
      lockCap: 500_000_000n,
      season: BigInt(Math.floor(value.opensAt / seasonLength)),
      seasonLength: BigInt(seasonLength),
      endedAt: 0n,
      mark: 0n,
    };
    const terms = (await votes.read('termsOf', proposal)) as { toObject(): object };
    assert.deepEqual(terms.toObject(), expected);
    assert.deepEqual((event!.terms as typeof terms).toObject(), expected);
    // Whoever carries it out needs nothing but the event.
    const found = votes.governor.interface.decodeFunctionData('record', String(event?.call))[0];
    assert.equal(
      votes.idOf({ ...(found.toObject() as Content), targets: [...found.targets], calls: [...found.calls] }),
      proposal,
    );
    assert.equal(await refused(votes.record(value)), `AlreadyRecorded(${proposal})`);
  });

  it('is recorded without a signature by its proposer’s key', async () => {
    const value = await votes.content({ proposer: 2 });
    const own = await votes.asMember(2);
    await building.send(own, 'record', value, '0x');
    assert.equal(await votes.stateOf(votes.idOf(value)), 'Open');
  });

  it('needs the proposer’s key, over this content, for this governor and chain', async () => {
    const value = await votes.content();
    const key = votes.memberOf(1).address;
    const thief = votes.memberOf(2);
    const send = (signature: string) => refused(building.send(votes.governor, 'record', value, signature));
    assert.equal(await send(votes.signProposal(value, thief)), `NotSignedByProposer(${key},${thief.address})`);
    assert.equal(await send('0x'), `NotSignedByProposer(${key},${ZeroAddress})`);
    const other = { ...value, textHash: id('other text') };
    for (const signature of [
      votes.signProposal(other, votes.memberOf(1)),
      votes.signProposal(value, votes.memberOf(1), { chainId: 314 }),
      votes.signProposal(value, votes.memberOf(1), { verifyingContract: String(building.book.target) }),
      votes.signProposal(value, votes.memberOf(1), { name: 'Food USD' }),
    ])
      assert.match(await send(signature), new RegExp(`^NotSignedByProposer\\(${key},`));
    const stolen = { ...value, proposer: 2 };
    assert.match(
      await refused(building.send(votes.governor, 'record', stolen, votes.signProposal(stolen, votes.memberOf(1)))),
      /^NotSignedByProposer/,
    );
  });

  it('is a resident’s whose seat is not frozen', async () => {
    const guest = walletOf('guest');
    await registry.issue([registry.guest(100, guest.address)], building.board.slice(0, 1));
    const asGuest = await votes.content({ proposer: 100 });
    assert.equal(await refused(votes.record(asGuest, guest)), 'NotAResident(100)');
    assert.equal(await refused(votes.record(await votes.content({ proposer: 99 }), guest)), 'NotAResident(99)');
    await registry.freeze(3, true, 1);
    assert.equal(await tryRecord({ proposer: 3 }), 'SeatIsFrozen(3)');
    await registry.retire(4);
    assert.equal(await tryRecord({ proposer: 4 }), 'NotAResident(4)');
  });

  it('opened in the past, runs three days at least, and takes ballots for 45 more', async () => {
    const now = await building.now();
    assert.equal(await tryRecord({ opensAt: now + 1000 }), `NotOpenYet(${now + 1000})`);
    const opensAt = now - DAY;
    assert.equal(
      await tryRecord({ opensAt, closesAt: opensAt + 3 * DAY - 1 }),
      `VoteTooShort(${opensAt},${opensAt + 3 * DAY - 1})`,
    );
    const closesAt = opensAt + 3 * DAY;
    assert.equal(
      await tryRecord({ opensAt, closesAt, submissionEnd: closesAt + 45 * DAY - 1 }),
      `SubmissionTooShort(${closesAt},${closesAt + 45 * DAY - 1})`,
    );
    assert.equal(await tryRecord({ opensAt, closesAt, submissionEnd: closesAt + 45 * DAY }), 'did not revert');
    const longest = opensAt + 180 * DAY;
    assert.equal(await tryRecord({ opensAt, submissionEnd: longest + 1 }), `SpanTooLong(${opensAt},${longest + 1})`);
    assert.equal(await tryRecord({ opensAt, submissionEnd: longest }), 'did not revert');
  });

  it('is not recorded in its last three days, when nobody could answer it any more', async () => {
    const early = await votes.content();
    const late = await votes.content({ proposer: 2 });
    await building.warpTo(early.submissionEnd - 3 * DAY - 10);
    await votes.record(early);
    await building.warpTo(late.submissionEnd - 3 * DAY + 1);
    assert.equal(await refused(votes.record(late)), `RecordedTooLate(${late.submissionEnd})`);
  });

  it('does not open in the very second of its recording', async () => {
    const at = (await building.now()) + 1000;
    const value = await votes.content({ opensAt: at });
    const signature = votes.signProposal(value, votes.memberOf(1));
    await building.simulator.request('evm_setNextBlockTimestamp', [at]);
    assert.equal(await refused(building.send(votes.governor, 'record', value, signature)), `NotOpenYet(${at})`);
    await building.simulator.request('evm_setNextBlockTimestamp', [at + 1]);
    await building.send(votes.governor, 'record', value, signature);
    assert.equal(await votes.stateOf(votes.idOf(value)), 'Open');
  });

  it('is one of a few that a seat makes in a season', async () => {
    const season = 91 * DAY;
    // Well inside a season, so that the first three and the fourth stand in the same one.
    await building.warpTo(Math.ceil((await building.now()) / season) * season + DAY);
    for (let n = 0; n < 3; n += 1) await votes.recorded();
    assert.equal(await tryRecord({}), 'TooManyProposals(1,3)');
    // An opening in the season before is no way around it.
    const opensAt = (await building.now()) - 3 * DAY;
    assert.equal(await tryRecord({ opensAt }), 'TooManyProposals(1,3)');
    await votes.recorded({ proposer: 2 });
    await building.warpTo((Math.floor((await building.now()) / season) + 1) * season);
    await votes.recorded();
    await votes.setParameter('vote.proposalsPerSeason', 1);
    assert.equal(await tryRecord({}), 'TooManyProposals(1,1)');
  });

  it('calls only what its kind may', async () => {
    const [token, parameters, chore] = [building.token.target, votes.parameters.target, votes.chore.target].map(
      String,
    ) as [string, string, string];
    const transfer = votes.transferCall(building.payee, 5n);
    const approve = building.token.interface.encodeFunctionData('approve', [building.payee, 5n]);
    const set = votes.setCall('orders.markup', 200);
    const other = votes.chore.interface.encodeFunctionData('other');
    const check = async (expected: string, value: Partial<Content>) => assert.equal(await tryRecord(value), expected);
    const selector = (data: string) => data.slice(0, 10);
    await check('UnknownKind(4)', { kind: 4 });
    await check('BadCallCount(0,1)', { kind: kind.text, targets: [chore], calls: [votes.actCall()] });
    await check('BadCallCount(1,0)', { kind: kind.spending });
    await check('BadCallCount(3,11)', {
      kind: kind.roles,
      targets: Array.from({ length: 11 }, () => chore),
      calls: Array.from({ length: 11 }, () => votes.actCall()),
    });
    await check('ListsDiffer(1,2)', { kind: kind.spending, targets: [token], calls: [transfer, transfer] });
    await check(`CallNotAllowed(1,${token},${selector(approve)})`, {
      kind: kind.spending,
      targets: [token],
      calls: [approve],
    });
    await check(`CallNotAllowed(1,${chore},${selector(transfer)})`, {
      kind: kind.spending,
      targets: [chore],
      calls: [transfer],
    });
    await check(`CallNotAllowed(2,${token},${selector(transfer)})`, {
      kind: kind.parameters,
      targets: [token],
      calls: [transfer],
    });
    await check(`CallNotAllowed(3,${token},${selector(transfer)})`, {
      kind: kind.roles,
      targets: [token],
      calls: [transfer],
    });
    await check(`CallNotAllowed(3,${chore},${selector(other)})`, {
      kind: kind.roles,
      targets: [chore],
      calls: [other],
    });
    await check('BadCallData(1)', { kind: kind.spending, targets: [token, token], calls: [transfer, `${transfer}00`] });
    await check('BadCallData(0)', { kind: kind.parameters, targets: [parameters], calls: [set.slice(0, -2)] });
    await check('BadCallData(0)', { kind: kind.roles, targets: [chore], calls: ['0x112233'] });
    const long = `${votes.actCall()}${'00'.repeat(4092)}`;
    await check('CallsTooLong(4097)', { kind: kind.roles, targets: [chore], calls: [`${long}00`] });
    await check('did not revert', { kind: kind.roles, targets: [chore], calls: [long] });
    await check('did not revert', { proposer: 2, kind: kind.spending, targets: [token], calls: [transfer] });
    await check('did not revert', { proposer: 2, kind: kind.parameters, targets: [parameters], calls: [set] });
  });

  it('keeps the numbers of its recording', async () => {
    const { id: proposal } = await votes.recorded();
    const before = String(await votes.read('termsOf', proposal));
    await votes.setParameter('vote.quorum', 9000);
    await votes.setParameter('vote.text.threshold', 9000);
    await votes.setParameter('vote.text.delay', 9 * DAY);
    await registry.issue([registry.resident(9, walletOf('late').address)]);
    assert.equal(String(await votes.read('termsOf', proposal)), before);
    const { id: next } = await votes.recorded();
    const terms = (await votes.read('termsOf', next)) as Record<string, bigint>;
    assert.deepEqual(
      [terms.quorum, terms.threshold, terms.delay, terms.residents],
      [9000n, 9000n, BigInt(9 * DAY), 9n],
    );
  });

  it('is bound to sense by numbers that have none, so that members can still vote to mend them', async () => {
    const most = 2n ** 256n - 1n;
    const wild = await createVotes(building, { parameters: {} });
    const declare = (name: string, value: bigint) =>
      building.send(wild.parameters.connect(building.deployer) as never, 'declare', {
        key: `0x${Buffer.from(name).toString('hex').padEnd(64, '0')}`,
        value,
        least: 0,
        most,
      });
    for (const name of ['vote.roles.threshold', 'vote.quorum', 'vote.roles.delay', 'vote.leastFor', 'lock.cap'])
      await declare(name, most);
    await declare('season.length', 0n);
    await declare('vote.proposalsPerSeason', most);
    const change = { kind: kind.roles, targets: [String(wild.chore.target)], calls: [wild.actCall()] };
    const { id: first, content } = await wild.recorded(change);
    const terms = (await wild.read('termsOf', first)) as Record<string, bigint>;
    assert.deepEqual(
      [terms.threshold, terms.quorum, terms.delay, terms.leastFor, terms.lockCap, terms.seasonLength, terms.season],
      [10_000n, 10_000n, BigInt(365 * DAY), 8n, 2n ** 96n - 1n, BigInt(DAY), BigInt(Math.floor(content.opensAt / DAY))],
    );
    await declare('vote.roles.delay', 0n);
    await declare('lock.cap', 0n);
    await declare('season.length', most);
    const { id: second } = await wild.recorded(change);
    const low = (await wild.read('termsOf', second)) as Record<string, bigint>;
    assert.deepEqual(
      [low.delay, low.lockCap, low.seasonLength, low.season],
      [BigInt(7 * DAY), 1n, BigInt(3650 * DAY), 5n],
    );
  });

  it('is a message of the domain that the governor says it has', async () => {
    assert.equal(await votes.read('DOMAIN_SEPARATOR'), TypedDataEncoder.hashDomain(votes.domain));
  });

  it('that nobody recorded takes no ballots and does nothing', async () => {
    const value = await votes.content();
    const proposal = votes.idOf(value);
    const ballot = votes.ballot(proposal, 1, 1, 1);
    assert.equal(await refused(votes.castAll(proposal, [ballot])), `NotRecorded(${proposal})`);
    assert.equal(await refused(building.send(votes.governor, 'cast', proposal, 1, 1, 1)), `NotRecorded(${proposal})`);
    assert.equal(await refused(building.send(votes.governor, 'endEarly', proposal)), `NotRecorded(${proposal})`);
    assert.equal(await refused(building.send(votes.governor, 'execute', value)), `NotExecutable(${proposal},0)`);
    const guardian = votes.as(votes.governor, votes.guardian);
    assert.equal(await refused(building.send(guardian, 'cancel', proposal, ZeroHash)), `NotCancellable(${proposal},0)`);
  });

  it('is a matter of a governor that no stranger can initialise', async () => {
    const slot = await building.provider.getStorage(votes.governor.target, IMPLEMENTATION_SLOT);
    const code = building.at('CoopGovernor', getAddress(`0x${slot.slice(-40)}`));
    for (const contract of [votes.governor, code]) {
      const own = votes.as(contract, building.stranger);
      assert.equal(
        await refused(building.send(own, 'initialize', building.stranger.address, [])),
        'InvalidInitialization()',
      );
    }
    assert.equal(await code.getFunction('authority')(), ZeroAddress);
    assert.equal(await code.getFunction('guardianUntil')(), 0n);
  });
});
