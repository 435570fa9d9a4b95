import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { id, type Wallet, ZeroAddress, ZeroHash } from 'ethers';
import { factoryOf, interfaceOf } from '../deploy/artifact.ts';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';
import { GUEST, type NewSeat, RESIDENT, RETIRED, type Registry, registryOf } from './support/registry.ts';

const WEEK = 7 * 24 * 3600;
/** A Filecoin id address in its masked form: 0xff, eleven zero bytes, actor id 1001. */
const MASKED = '0xff000000000000000000000000000000000003e9';

describe('the registry of seats', () => {
  let building: Building;
  let registry: Registry;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 3 });
    registry = registryOf(building);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const read = (fn: string, ...args: unknown[]): Promise<unknown> => registry.read(fn, ...args);
  const refused = (call: Promise<unknown>): Promise<string> => revertOf(building.seats, call);
  const ten = walletOf('ten').address;

  it('answers a batch of words in one call: key, class, frozen and when it was issued', async () => {
    const key = walletOf('guest').address;
    const foundedAt = BigInt((await building.provider.getBlock(2))!.timestamp);
    await building.warpTo(building.start + 5000);
    await registry.issue([registry.guest(70_000, key)], [building.board[2]!]);
    const issuedAt = BigInt(await building.now());
    const words = (await read('wordsOf', [2, 70_000, 5, 2])) as bigint[];
    const resident = BigInt(building.members[1]!.address) | (1n << 160n) | (foundedAt << 176n);
    assert.deepEqual([...words], [resident, BigInt(key) | (2n << 160n) | (issuedAt << 176n), 0n, resident]);
    assert.deepEqual([...((await read('wordsOf', [])) as bigint[])], []);
    assert.equal(await read('keyOf', 70_000), key);
    assert.equal(await read('seatOf', key), 70_000n);
    assert.equal(await read('classOf', 70_000), BigInt(GUEST));
    assert.equal(await read('issuedAtOf', 70_000), issuedAt);
    assert.equal(await read('dwellingOf', 70_000), ZeroHash);
    assert.equal(await read('keyOf', 9), ZeroAddress);
    assert.equal(await read('issuedAtOf', 9), 0n);
    const nobody = walletOf('nobody').address;
    assert.deepEqual([await read('seatOf', nobody), await read('formerSeatOf', nobody)], [0n, 0n]);
    assert.deepEqual([await read('seatOf', ZeroAddress), await read('formerSeatOf', ZeroAddress)], [0n, 0n]);
    assert.deepEqual([await read('seatCount'), await read('residentCount')], [4n, 3n]);
  });

  it('issues residents by two board signatures, during the founding and after it', async () => {
    const { start, warpTo, seats, board } = building;
    const [event] = eventsOf(seats, await registry.issue([registry.resident(10, ten)]), 'SeatIssued');
    assert.deepEqual(event, { seat: 10n, key: ten, class: BigInt(RESIDENT), dwelling: id('dwelling of 10') });
    assert.equal(await read('dwellingOf', 10), id('dwelling of 10'));
    await warpTo(start + 30 * 24 * 3600);
    await registry.issue([registry.resident(11, walletOf('eleven').address)], board.slice(1));
    assert.deepEqual([await read('seatCount'), await read('residentCount')], [5n, 5n]);
  });

  it('wants two different board keys, in order, over this very message', async () => {
    const { board, members, seats, send } = building;
    const list = [registry.resident(10, ten)];
    const [a, b] = board as [Wallet, Wallet];
    for (const by of [[a], [a, a], [b, a], [a, members[0]!], []])
      assert.equal(await refused(registry.issue(list, by)), 'NotBoardSigned()');
    const validUntil = await registry.soon();
    for (const other of [{ seat: 12 }, { dwelling: id('elsewhere') }, { key: walletOf('thief').address }]) {
      const signatures = await registry.signed('Issue', { seats: [{ ...list[0]!, ...other }], validUntil }, [a, b]);
      assert.equal(await refused(send(seats, 'issueSeats', list, validUntil, signatures)), 'NotBoardSigned()');
    }
    for (const domain of [{ chainId: 1 }, { verifyingContract: building.deployment.contracts.FoodUSD }]) {
      const signatures = await registry.signed('Issue', { seats: list, validUntil }, [a, b], domain);
      assert.equal(await refused(send(seats, 'issueSeats', list, validUntil, signatures)), 'NotBoardSigned()');
    }
    const late = building.start;
    assert.equal(await refused(registry.issue(list, [a, b], late)), `MessageExpired(${late})`);
  });

  it('lets one board key issue guests, but nobody else beside them', async () => {
    const guest = registry.guest(20, walletOf('guest').address);
    const [one] = building.board as [Wallet];
    const mixed = [guest, registry.resident(21, walletOf('resident').address)];
    assert.equal(await refused(registry.issue(mixed, [one])), 'NotBoardSigned()');
    assert.equal(await refused(registry.issue([guest], [building.members[0]!])), 'NotBoardSigned()');
    assert.equal(await refused(registry.issue([guest], [])), 'NotBoardSigned()');
    await registry.issue([guest], [one]);
    assert.equal(await read('classOf', 20), BigInt(GUEST));
    assert.equal(await read('residentCount'), 3n);
  });

  it('never issues a seat twice, nor a second seat to a key, nor to what cannot sign', async () => {
    const first = building.members[0]!.address;
    const good = registry.resident(10, ten);
    const cases: [NewSeat, string][] = [
      [{ ...good, seat: 1 }, 'SeatTaken(1)'],
      [{ ...good, key: first }, `KeyTaken(${first},1)`],
      [{ ...good, seat: 0 }, 'NoSuchSeat(0)'],
      [{ ...good, class: 0 }, 'BadClass(0)'],
      [{ ...good, class: RETIRED }, 'BadClass(3)'],
      [{ ...good, dwelling: ZeroHash }, 'BadDwelling(10)'],
      [{ ...good, class: GUEST }, 'BadDwelling(10)'],
      [{ ...good, key: ZeroAddress }, `BadKey(${ZeroAddress})`],
      [{ ...good, key: MASKED }, 'BadKey(0xFF000000000000000000000000000000000003E9)'],
    ];
    for (const [seat, expected] of cases) assert.equal(await refused(registry.issue([seat])), expected);
    const twins = [10, 11].map((seat) => registry.resident(seat, ten));
    assert.equal(await refused(registry.issue(twins)), `KeyTaken(${ten},10)`);
    assert.equal(await read('keyOf', 10), ZeroAddress);
  });

  it('takes a key that only begins like a masked id', async () => {
    const key = '0xfF00000000000000000000010000000000000001';
    await registry.issue([registry.resident(10, key)]);
    assert.equal(((await read('keyOf', 10)) as string).toLowerCase(), key.toLowerCase());
  });

  it('gives a dwelling no more voting seats than agreed; a retired seat makes room', async () => {
    const home = id('dwelling 1');
    const inHome = (seat: number) => registry.resident(seat, walletOf(`roommate ${seat}`).address, home);
    await registry.issue([inHome(10)]);
    assert.equal(await read('votingSeatsIn', home), 2n);
    assert.equal(await refused(registry.issue([inHome(11)])), `DwellingFull(${home},2)`);
    await registry.issue([registry.guest(12, walletOf('lodger').address)]);
    await registry.retire(10);
    assert.equal(await read('votingSeatsIn', home), 1n);
    await registry.issue([inHome(11)]);
    assert.equal(await read('votingSeatsIn', home), 2n);
  });

  it('retires a seat for good by two signatures; its key stays its own', async () => {
    const { board, members, seats } = building;
    const key = members[1]!.address;
    assert.equal(await refused(registry.retire(2, [board[0]!])), 'NotBoardSigned()');
    assert.equal(await refused(registry.retire(9)), 'NoSuchSeat(9)');
    const [event] = eventsOf(seats, await registry.retire(2), 'SeatRetired');
    assert.deepEqual(event, { seat: 2n, oldClass: BigInt(RESIDENT), caseHash: id('moved out') });
    assert.equal(await refused(registry.retire(2)), 'SeatIsRetired(2)');
    assert.equal(await refused(registry.issue([registry.resident(2, ten)])), 'SeatTaken(2)');
    assert.equal(await refused(registry.issue([registry.resident(10, key)])), `KeyTaken(${key},2)`);
    assert.deepEqual([await read('classOf', 2), await read('keyOf', 2)], [BigInt(RETIRED), key]);
    assert.deepEqual([await read('seatCount'), await read('residentCount')], [3n, 2n]);
    await registry.issue([registry.guest(20, ten)]);
    await registry.retire(20);
    assert.deepEqual([await read('seatCount'), await read('residentCount')], [4n, 2n]);
  });

  it('corrects a seat while the founding is open, by two signatures', async () => {
    const { members, seats } = building;
    const [oldKey, newKey] = [members[0]!.address, walletOf('right key').address];
    assert.equal(await refused(registry.correct(1, oldKey, newKey, [building.board[0]!])), 'NotBoardSigned()');
    assert.equal(await refused(registry.correct(1, newKey, oldKey)), `OldKeyDiffers(${oldKey})`);
    assert.equal(await refused(registry.correct(1, oldKey, members[1]!.address)), `KeyTaken(${members[1]!.address},2)`);
    assert.equal(
      await refused(registry.correct(1, oldKey, MASKED)),
      'BadKey(0xFF000000000000000000000000000000000003E9)',
    );
    assert.equal(await refused(registry.correct(9, oldKey, newKey)), 'NoSuchSeat(9)');
    const corrected = await registry.correct(1, oldKey, newKey);
    assert.deepEqual(eventsOf(seats, corrected, 'SeatCorrected'), [{ seat: 1n, oldKey, newKey }]);
    assert.deepEqual(
      [await read('keyOf', 1), await read('seatOf', newKey), await read('classOf', 1)],
      [newKey, 1n, 1n],
    );
    // What lies at a corrected key cannot be carried: two board keys could else take it at once.
    assert.deepEqual([await read('seatOf', oldKey), await read('formerSeatOf', oldKey)], [0n, 0n]);
  });

  it('is sealed by any one board key, or by the end of seven days', async () => {
    const { members, board, warpTo, seats } = building;
    const undo = await building.snapshot();
    const endsAt = Number(await read('foundingEndsAt'));
    assert.equal(endsAt, (await building.provider.getBlock(2))!.timestamp + WEEK);
    await warpTo(endsAt - 10);
    assert.equal(await read('isFounding'), true);
    await registry.correct(1, members[0]!.address, walletOf('in time').address);
    await warpTo(endsAt);
    assert.equal(await read('isFounding'), false);
    assert.equal(await refused(registry.correct(2, members[1]!.address, walletOf('late').address)), 'FoundingOver()');
    assert.equal(await refused(registry.seal(board[0]!)), 'FoundingOver()');
    await undo();
    assert.equal(await refused(registry.seal(members[0]!)), 'NotBoardSigned()');
    assert.equal(await refused(registry.seal(board[0]!, building.start)), `MessageExpired(${building.start})`);
    assert.deepEqual(eventsOf(seats, await registry.seal(board[2]!), 'FoundingSealed'), [{ by: board[2]!.address }]);
    assert.equal(await read('isSealed'), true);
    assert.equal(await refused(registry.seal(board[2]!)), 'FoundingOver()');
    assert.equal(await refused(registry.correct(1, members[0]!.address, walletOf('late').address)), 'FoundingOver()');
  });

  it('freezes and releases by two signatures, each message once', async () => {
    const { seats, board } = building;
    const [before] = (await read('wordsOf', [1])) as bigint[];
    assert.equal(await refused(registry.freeze(1, true, 1, [board[0]!])), 'NotBoardSigned()');
    const [event] = eventsOf(seats, await registry.freeze(1, true, 1), 'SeatFrozen');
    assert.deepEqual(event, { seat: 1n, wasFrozen: false, isFrozen: true, caseHash: id('case') });
    assert.deepEqual([...((await read('wordsOf', [1])) as bigint[])], [before! | (1n << 168n)]);
    assert.deepEqual([await read('isFrozen', 1), await read('freezeRevisionOf', 1)], [true, 1n]);
    assert.equal(await refused(registry.freeze(1, true, 1)), 'StaleRevision(1,1)');
    const [release] = eventsOf(seats, await registry.freeze(1, false, 2), 'SeatFrozen');
    assert.deepEqual(release, { seat: 1n, wasFrozen: true, isFrozen: false, caseHash: id('case') });
    assert.deepEqual([...((await read('wordsOf', [1])) as bigint[])], [before]);
    assert.equal(await refused(registry.freeze(1, true, 1)), 'StaleRevision(2,1)');
    assert.equal(await refused(registry.freeze(9, true, 1)), 'NoSuchSeat(9)');
  });

  it('is not made with seats that it would not issue', async () => {
    const board = building.board.map((each) => each.address);
    const make = (list: NewSeat[], perDwelling: number): Promise<string> =>
      revertOf(
        { interface: interfaceOf('SeatRegistry') } as never,
        factoryOf('SeatRegistry', building.deployer).deploy(board, 2, list, perDwelling),
      );
    const home = id('home');
    const pair = [1, 2].map((seat) => registry.resident(seat, walletOf(`founder ${seat}`).address, home));
    assert.equal(await make([], 0), 'BadDwellingCap()');
    assert.equal(await make(pair, 1), `DwellingFull(${home},1)`);
    assert.equal(await make([pair[0]!, pair[0]!], 2), 'SeatTaken(1)');
    assert.equal(await make(pair, 2), 'did not revert');
  });
});
