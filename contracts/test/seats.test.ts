import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { id, type Wallet, ZeroAddress } from 'ethers';
import { factoryOf, interfaceOf } from '../deploy/artifact.ts';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';

const RESIDENT = 1;
const GUEST = 2;
const WEEK = 7 * 24 * 3600;
/** A Filecoin id address in its masked form: 0xff, eleven zero bytes, actor id 1001. */
const MASKED = '0xff000000000000000000000000000000000003e9';

const seatFields = [
  { name: 'seat', type: 'uint24' },
  { name: 'key', type: 'address' },
  { name: 'class', type: 'uint8' },
  { name: 'dwelling', type: 'bytes32' },
];
const types = {
  Issue: {
    Issue: [
      { name: 'seats', type: 'Seat[]' },
      { name: 'validUntil', type: 'uint40' },
    ],
    Seat: seatFields,
  },
  Correct: {
    Correct: [
      { name: 'seat', type: 'uint24' },
      { name: 'oldKey', type: 'address' },
      { name: 'newKey', type: 'address' },
      { name: 'validUntil', type: 'uint40' },
    ],
  },
  SealFounding: { SealFounding: [{ name: 'validUntil', type: 'uint40' }] },
  Freeze: {
    Freeze: [
      { name: 'seat', type: 'uint24' },
      { name: 'frozen', type: 'bool' },
      { name: 'caseHash', type: 'bytes32' },
      { name: 'revision', type: 'uint32' },
      { name: 'validUntil', type: 'uint40' },
    ],
  },
};

describe('the registry of seats', () => {
  let building: Building;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 3 });
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const domain = () => ({
    name: 'Stoop Seats',
    version: '1',
    chainId: building.chainId,
    verifyingContract: String(building.seats.target),
  });
  const signed = (name: keyof typeof types, value: object, by: readonly Wallet[]) =>
    building.boardSign(types[name], domain(), value, by);
  const read = (fn: string, ...args: unknown[]): Promise<unknown> => building.seats.getFunction(fn)(...args);
  const soon = async (): Promise<number> => (await building.now()) + 3600;
  const two = (): Wallet[] => building.board.slice(0, 2);

  const issue = async (list: { seat: number; key: string; class: number }[], by = two(), validUntil?: number) => {
    const until = validUntil ?? (await soon());
    const signatures = await signed('Issue', { seats: list, validUntil: until }, by);
    return building.send(building.seats, 'issueSeats', list, until, signatures);
  };
  const correct = async (seat: number, oldKey: string, newKey: string, by = two()) => {
    const validUntil = await soon();
    const signatures = await signed('Correct', { seat, oldKey, newKey, validUntil }, by);
    return building.send(building.seats, 'correctSeat', seat, oldKey, newKey, validUntil, signatures);
  };
  const seal = async (by: Wallet) => {
    const validUntil = await soon();
    const [signature] = await signed('SealFounding', { validUntil }, [by]);
    return building.send(building.seats, 'sealFounding', validUntil, signature);
  };
  const refused = (call: Promise<unknown>): Promise<string> => revertOf(building.seats, call);

  it('answers a batch of words in one call: key, class and frozen', async () => {
    const key = walletOf('guest').address;
    await issue([{ seat: 70_000, key, class: GUEST }], [building.board[2]!]);
    const words = (await read('wordsOf', [2, 70_000, 5, 2])) as bigint[];
    const resident = BigInt(building.members[1]!.address) | (1n << 160n);
    assert.deepEqual([...words], [resident, BigInt(key) | (2n << 160n), 0n, resident]);
    assert.deepEqual([...((await read('wordsOf', [])) as bigint[])], []);
    assert.equal(await read('keyOf', 70_000), key);
    assert.equal(await read('seatOf', key), 70_000n);
    assert.equal(await read('classOf', 70_000), 2n);
    assert.equal(await read('keyOf', 9), ZeroAddress);
    assert.equal(await read('seatOf', walletOf('nobody').address), 0n);
    assert.equal(await read('seatCount'), 4n);
  });

  it('issues residents by two board signatures, during the founding and after it', async () => {
    const { start, warpTo, seats } = building;
    const [event] = eventsOf(
      seats,
      await issue([{ seat: 10, key: walletOf('ten').address, class: RESIDENT }]),
      'SeatIssued',
    );
    assert.deepEqual(event, { seat: 10n, key: walletOf('ten').address, class: 1n });
    await warpTo(start + 30 * 24 * 3600);
    await issue(
      [{ seat: 11, key: walletOf('eleven').address, class: RESIDENT }],
      [building.board[1]!, building.board[2]!],
    );
    assert.equal(await read('seatCount'), 5n);
  });

  it('wants two different board keys, in order, over this very message', async () => {
    const { board, members, seats, send } = building;
    const list = [{ seat: 10, key: walletOf('ten').address, class: RESIDENT }];
    const [a, b] = board as [Wallet, Wallet];
    for (const by of [[a], [a, a], [b, a], [a, members[0]!], []])
      assert.equal(await refused(issue(list, by)), 'NotBoardSigned()');
    const validUntil = await soon();
    const signatures = await signed('Issue', { seats: [{ ...list[0]!, seat: 12 }], validUntil }, [a, b]);
    assert.equal(await refused(send(seats, 'issueSeats', list, validUntil, signatures)), 'NotBoardSigned()');
    const late = building.start;
    assert.equal(await refused(issue(list, [a, b], late)), `MessageExpired(${late})`);
  });

  it('lets one board key issue guests, but nobody else beside them', async () => {
    const guest = { seat: 20, key: walletOf('guest').address, class: GUEST };
    const resident = { seat: 21, key: walletOf('resident').address, class: RESIDENT };
    const [one] = building.board as [Wallet];
    assert.equal(await refused(issue([guest, resident], [one])), 'NotBoardSigned()');
    assert.equal(await refused(issue([guest], [building.members[0]!])), 'NotBoardSigned()');
    await issue([guest], [one]);
    assert.equal(await read('classOf', 20), 2n);
  });

  it('never issues a seat twice, nor a second seat to a key, nor to what cannot sign', async () => {
    const key = walletOf('new').address;
    const first = building.members[0]!.address;
    const cases: [object, string][] = [
      [{ seat: 1, key, class: RESIDENT }, 'SeatTaken(1)'],
      [{ seat: 10, key: first, class: RESIDENT }, `KeyTaken(${first},1)`],
      [{ seat: 0, key, class: RESIDENT }, 'NoSuchSeat(0)'],
      [{ seat: 10, key, class: 0 }, 'BadClass(0)'],
      [{ seat: 10, key, class: 3 }, 'BadClass(3)'],
      [{ seat: 10, key: ZeroAddress, class: RESIDENT }, `BadKey(${ZeroAddress})`],
      [{ seat: 10, key: MASKED, class: RESIDENT }, 'BadKey(0xFF000000000000000000000000000000000003E9)'],
    ];
    for (const [seat, expected] of cases) assert.equal(await refused(issue([seat as never])), expected);
    const twins = [10, 11].map((seat) => ({ seat, key, class: RESIDENT }));
    assert.equal(await refused(issue(twins)), `KeyTaken(${key},10)`);
    assert.equal(await read('keyOf', 10), ZeroAddress);
  });

  it('takes a key that only begins like a masked id', async () => {
    const key = '0xfF00000000000000000000010000000000000001';
    await issue([{ seat: 10, key, class: RESIDENT }]);
    assert.equal(((await read('keyOf', 10)) as string).toLowerCase(), key.toLowerCase());
  });

  it('corrects a seat while the founding is open, by two signatures', async () => {
    const { members, seats } = building;
    const [oldKey, newKey] = [members[0]!.address, walletOf('right key').address];
    assert.equal(await refused(correct(1, oldKey, newKey, [building.board[0]!])), 'NotBoardSigned()');
    assert.equal(await refused(correct(1, newKey, oldKey)), `OldKeyDiffers(${oldKey})`);
    assert.equal(await refused(correct(1, oldKey, members[1]!.address)), `KeyTaken(${members[1]!.address},2)`);
    assert.equal(await refused(correct(9, oldKey, newKey)), 'NoSuchSeat(9)');
    assert.deepEqual(eventsOf(seats, await correct(1, oldKey, newKey), 'SeatCorrected')[0], {
      seat: 1n,
      oldKey,
      newKey,
    });
    assert.equal(await read('keyOf', 1), newKey);
    assert.equal(await read('seatOf', oldKey), 0n);
    assert.equal(await read('seatOf', newKey), 1n);
    assert.equal(await read('classOf', 1), 1n);
  });

  it('is sealed by any one board key, or by the end of seven days', async () => {
    const { members, board, warpTo, seats } = building;
    const undo = await building.snapshot();
    const endsAt = Number(await read('foundingEndsAt'));
    assert.equal(endsAt, (await building.provider.getBlock(2))!.timestamp + WEEK);
    await warpTo(endsAt - 10);
    assert.equal(await read('isFounding'), true);
    await correct(1, members[0]!.address, walletOf('in time').address);
    await warpTo(endsAt);
    assert.equal(await read('isFounding'), false);
    assert.equal(await refused(correct(2, members[1]!.address, walletOf('late').address)), 'FoundingOver()');
    assert.equal(await refused(seal(board[0]!)), 'FoundingOver()');
    await undo();
    assert.equal(await refused(seal(members[0]!)), 'NotBoardSigned()');
    assert.deepEqual(eventsOf(seats, await seal(board[2]!), 'FoundingSealed'), [{ by: board[2]!.address }]);
    assert.equal(await refused(correct(1, members[0]!.address, walletOf('late').address)), 'FoundingOver()');
  });

  it('freezes and releases by two signatures, each message once', async () => {
    const { seats, send, board } = building;
    const set = async (frozen: boolean, revision: number, by = two(), seat = 1) => {
      const value = { seat, frozen, caseHash: id('case'), revision, validUntil: await soon() };
      return send(
        seats,
        'setFrozen',
        seat,
        frozen,
        value.caseHash,
        revision,
        value.validUntil,
        await signed('Freeze', value, by),
      );
    };
    assert.equal(await refused(set(true, 1, [board[0]!])), 'NotBoardSigned()');
    const [event] = eventsOf(seats, await set(true, 1), 'SeatFrozen');
    assert.deepEqual(event, { seat: 1n, wasFrozen: false, isFrozen: true, caseHash: id('case') });
    const [word] = (await read('wordsOf', [1])) as bigint[];
    assert.equal(word, BigInt(building.members[0]!.address) | (1n << 160n) | (1n << 168n));
    assert.equal(await refused(set(true, 1)), 'StaleRevision(1,1)');
    await set(false, 2);
    assert.equal(await refused(set(true, 1)), 'StaleRevision(2,1)');
    assert.equal(await refused(set(true, 1, two(), 9)), 'NoSuchSeat(9)');
    assert.equal(await read('isFrozen', 1), false);
  });

  it('is not made with a board that is too small, doubled or unusable', async () => {
    const [a, b, c] = building.board.map((each) => each.address) as [string, string, string];
    const errors = interfaceOf('SeatRegistry');
    const make = (board: string[], threshold: number): Promise<string> =>
      revertOf(
        { interface: errors } as never,
        factoryOf('SeatRegistry', building.deployer).deploy(board, threshold, []),
      );
    assert.equal(await make([a, b], 2), 'BoardTooSmall(2)');
    assert.equal(await make([a, b, c], 1), 'BadThreshold(1,3)');
    assert.equal(await make([a, b, c], 4), 'BadThreshold(4,3)');
    assert.equal(await make([a, b, a], 2), `DuplicateBoardKey(${a})`);
    assert.equal(await make([a, b, ZeroAddress], 2), `BadKey(${ZeroAddress})`);
    assert.match(await make([a, b, MASKED], 2), /^BadKey/);
  });
});
