import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Wallet, ZeroAddress } from 'ethers';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';
import { type Registry, registryOf } from './support/registry.ts';

const CHANGE = 48 * 3600;
const RECOVERY = 7 * 24 * 3600;

describe('a seat’s key', () => {
  let building: Building;
  let registry: Registry;
  let back: () => Promise<void>;
  const next = walletOf('new key');
  const other = walletOf('other key');
  before(async () => {
    building = await createBuilding({ members: 3 });
    registry = registryOf(building);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const refused = (call: Promise<unknown>): Promise<string> => revertOf(building.seats, call);
  const later = async (seconds: number): Promise<void> => building.warpTo((await building.now()) + seconds);
  const waiting = async (seat: number): Promise<unknown[]> => [
    ...((await registry.read('keyChangeOf', seat)) as unknown[]),
  ];
  const owner = (seat: number): Wallet => building.members[seat - 1]!;

  it('is changed by the old and the new key, 48 hours later, by anybody’s hand', async () => {
    const { seats, now } = building;
    const receipt = await registry.changeKey(1, next);
    const effectiveAt = (await now()) + CHANGE;
    const announced = { seat: 1n, oldKey: owner(1).address, newKey: next.address, effectiveAt: BigInt(effectiveAt) };
    assert.deepEqual(eventsOf(seats, receipt, 'KeyChangeAnnounced'), [{ ...announced, isRecovery: false }]);
    assert.deepEqual(await waiting(1), [next.address, BigInt(effectiveAt), 1n, false]);
    await building.warpTo(effectiveAt - 2);
    assert.equal(await refused(registry.applyKeyChange(1)), `TooEarly(${effectiveAt})`);
    await building.warpTo(effectiveAt);
    assert.equal(await registry.read('keyOf', 1), owner(1).address);
    assert.deepEqual(eventsOf(seats, await registry.applyKeyChange(1), 'KeyChanged'), [
      { seat: 1n, oldKey: owner(1).address, newKey: next.address },
    ]);
    assert.equal(await registry.read('keyOf', 1), next.address);
    assert.deepEqual(
      [await registry.read('seatOf', next.address), await registry.read('formerSeatOf', next.address)],
      [1n, 0n],
    );
    const old = owner(1).address;
    assert.deepEqual([await registry.read('seatOf', old), await registry.read('formerSeatOf', old)], [0n, 1n]);
    assert.equal(await registry.read('classOf', 1), 1n);
    assert.equal(await refused(registry.applyKeyChange(1)), 'NoKeyChange(1)');
  });

  it('is changed by nobody else, nor to a key that nobody has', async () => {
    const { board, start } = building;
    assert.equal(
      await refused(registry.changeKey(1, next, { oldBy: owner(2) })),
      `NotSignedByOldKey(${owner(2).address})`,
    );
    assert.equal(
      await refused(registry.changeKey(1, next, { oldBy: board[0]! })),
      `NotSignedByOldKey(${board[0]!.address})`,
    );
    assert.equal(await refused(registry.changeKey(1, next, { newBy: other })), `NotSignedByNewKey(${other.address})`);
    assert.match(await refused(registry.changeKey(1, next, { domain: { chainId: 1 } })), /^NotSignedByOldKey/);
    assert.equal(await refused(registry.changeKey(1, next, { validUntil: start })), `MessageExpired(${start})`);
    assert.equal(await refused(registry.changeKey(9, next, { oldBy: owner(1) })), 'NoSuchSeat(9)');
    assert.equal(await refused(registry.changeKey(1, owner(2))), `KeyTaken(${owner(2).address},2)`);
    assert.equal(await refused(registry.changeKey(1, owner(1))), `KeyTaken(${owner(1).address},1)`);
  });

  it('takes each message once and in turn, so that no revision is used up ahead', async () => {
    for (const revision of [0, 2, 4_294_967_295])
      assert.equal(await refused(registry.changeKey(1, next, { revision })), `StaleRevision(0,${revision})`);
    await registry.changeKey(1, next);
    assert.equal(await refused(registry.changeKey(1, next)), 'StaleRevision(1,1)');
    await registry.changeKey(1, other, { revision: 2 });
    await later(CHANGE);
    await registry.applyKeyChange(1);
    assert.equal(await registry.read('keyOf', 1), other.address);
    // The old owner’s message cannot be brought again for the new key.
    assert.equal(await refused(registry.changeKey(1, next, { oldBy: other, revision: 2 })), 'StaleRevision(2,2)');
  });

  it('is cancelled by the old key while it waits', async () => {
    const { seats, board, start } = building;
    assert.equal(await refused(registry.cancelKeyChange(1, 1, [owner(1)])), 'NoKeyChange(1)');
    await registry.changeKey(1, next);
    for (const by of [[owner(2)], [board[0]!]])
      assert.equal(await refused(registry.cancelKeyChange(1, 2, by)), `NotSignedByOldKey(${by[0]!.address})`);
    // The board cannot stop what a member started.
    assert.equal(await refused(registry.cancelKeyChange(1, 2, registry.two())), `NotSignedByOldKey(${ZeroAddress})`);
    assert.equal(await refused(registry.cancelKeyChange(1, 2, [])), `NotSignedByOldKey(${ZeroAddress})`);
    assert.equal(await refused(registry.cancelKeyChange(1, 1, [owner(1)])), 'StaleRevision(1,1)');
    assert.equal(await refused(registry.cancelKeyChange(1, 2, [owner(1)], start)), `MessageExpired(${start})`);
    const receipt = await registry.cancelKeyChange(1, 2, [owner(1)]);
    assert.deepEqual(eventsOf(seats, receipt, 'KeyChangeCancelled'), [
      { seat: 1n, newKey: next.address, wasRecovery: false },
    ]);
    assert.deepEqual([...((await registry.read('keyChangeOf', 1)) as unknown[])], [ZeroAddress, 0n, 2n, false]);
    await later(CHANGE);
    assert.equal(await refused(registry.applyKeyChange(1)), 'NoKeyChange(1)');
    assert.equal(await registry.read('keyOf', 1), owner(1).address);
    await registry.changeKey(1, next, { revision: 3 });
  });

  it('is recovered by two board keys and the new key, after seven days', async () => {
    const { seats, now, board } = building;
    for (const by of [[board[0]!], [board[0]!, board[0]!], [board[1]!, board[0]!], [], [board[0]!, owner(1)]])
      assert.equal(await refused(registry.recoverKey(1, next, { by })), 'NotBoardSigned()');
    assert.equal(await refused(registry.recoverKey(1, next, { newBy: other })), `NotSignedByNewKey(${other.address})`);
    assert.equal(await refused(registry.recoverKey(9, next)), 'NoSuchSeat(9)');
    assert.equal(await refused(registry.recoverKey(1, owner(3))), `KeyTaken(${owner(3).address},3)`);
    const receipt = await registry.recoverKey(1, next);
    const effectiveAt = (await now()) + RECOVERY;
    const announced = { seat: 1n, oldKey: owner(1).address, newKey: next.address, effectiveAt: BigInt(effectiveAt) };
    assert.deepEqual(eventsOf(seats, receipt, 'KeyChangeAnnounced'), [{ ...announced, isRecovery: true }]);
    await building.warpTo(effectiveAt - 2);
    assert.equal(await refused(registry.applyKeyChange(1)), `TooEarly(${effectiveAt})`);
    await building.warpTo(effectiveAt);
    await registry.applyKeyChange(1);
    assert.deepEqual(
      [await registry.read('keyOf', 1), await registry.read('formerSeatOf', owner(1).address)],
      [next.address, 1n],
    );
  });

  it('is not recovered while its owner objects, frozen or not', async () => {
    const { seats } = building;
    await registry.freeze(1, true, 1);
    await registry.recoverKey(1, next);
    const receipt = await registry.cancelKeyChange(1, 2, [owner(1)]);
    assert.deepEqual(eventsOf(seats, receipt, 'KeyChangeCancelled'), [
      { seat: 1n, newKey: next.address, wasRecovery: true },
    ]);
    await later(RECOVERY);
    assert.equal(await refused(registry.applyKeyChange(1)), 'NoKeyChange(1)');
    // The board takes its own recovery back likewise.
    await registry.recoverKey(1, next, { revision: 3 });
    assert.equal(
      await refused(registry.cancelKeyChange(1, 4, [building.board[0]!])),
      `NotSignedByOldKey(${building.board[0]!.address})`,
    );
    await registry.cancelKeyChange(1, 4, registry.two());
    assert.equal((await waiting(1))[0], ZeroAddress);
  });

  it('of a frozen seat is not changed by a thief who has it; the board’s recovery keeps the freeze', async () => {
    await registry.changeKey(1, other);
    await registry.freeze(1, true, 1);
    await later(CHANGE);
    assert.equal(await refused(registry.applyKeyChange(1)), 'SeatIsFrozen(1)');
    assert.equal(await refused(registry.changeKey(1, other, { revision: 2 })), 'SeatIsFrozen(1)');
    await registry.recoverKey(1, next, { revision: 2 });
    await later(RECOVERY);
    await registry.applyKeyChange(1);
    assert.deepEqual([await registry.read('keyOf', 1), await registry.read('isFrozen', 1)], [next.address, true]);
  });

  it('that was a seat’s once serves no other, nor comes back', async () => {
    await registry.changeKey(1, next);
    await later(CHANGE);
    await registry.applyKeyChange(1);
    const old = owner(1).address;
    assert.equal(await refused(registry.issue([registry.guest(20, old)])), `KeyTaken(${old},1)`);
    assert.equal(await refused(registry.correct(2, owner(2).address, old)), `KeyTaken(${old},1)`);
    assert.equal(await refused(registry.changeKey(1, owner(1), { oldBy: next, revision: 2 })), `KeyTaken(${old},1)`);
  });

  it('that another seat took meanwhile is refused at the end', async () => {
    await registry.changeKey(1, next);
    await registry.issue([registry.guest(20, next.address)]);
    await later(CHANGE);
    assert.equal(await refused(registry.applyKeyChange(1)), `KeyTaken(${next.address},20)`);
    assert.equal(await registry.read('keyOf', 1), owner(1).address);
  });

  it('of a retired seat can still be changed: what it owns is not lost', async () => {
    await registry.retire(1);
    await registry.changeKey(1, next);
    await later(CHANGE);
    await registry.applyKeyChange(1);
    assert.deepEqual([await registry.read('keyOf', 1), await registry.read('classOf', 1)], [next.address, 3n]);
  });
});
