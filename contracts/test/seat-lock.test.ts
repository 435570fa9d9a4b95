import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AbiCoder, id, ZeroAddress } from 'ethers';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { DAY, GRO, type Gro, groOf, reason, WEEK } from './support/gro.ts';
import { eventsOf } from './support/receipts.ts';
import { type Registry, registryOf } from './support/registry.ts';

const LONGEST = 730 * DAY;
const CAP = 500n * GRO;

describe('GRO locked per seat', () => {
  let building: Building;
  let gro: Gro;
  let registry: Registry;
  let lot: bigint;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({
      members: 4,
      config: {
        parameters: {
          'gro.perGram': { value: 0 },
          'gro.perShift': { value: Number(10n * GRO) },
          'gro.seasonCapPerSeat': { value: Number(5_000n * GRO) },
        },
      },
    });
    gro = groOf(building);
    registry = registryOf(building);
    lot = await gro.certified(5_000n);
    await gro.reward([
      [1, 100],
      [2, 100],
      [3, 10],
    ]);
    await gro.codes('harvestBatch', [gro.harvest(lot, 1, 1_000n)]);
    // Wallets have coins before a test looks at the clock.
    for (const seat of [1, 2, 3]) await gro.walletAt(seat);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const key = (seat: number): string => building.members[seat - 1]!.address;
  const held = (): Promise<bigint> => gro.balance(String(gro.lock.target));
  /** The next transaction's block has exactly this time. */
  const nextAt = (time: number) => building.simulator.request('evm_setNextBlockTimestamp', [time]);
  const soon = async (): Promise<number> => (await building.now()) + 100;
  const lockAt = async (time: number, seat: number, amount: bigint, until: number) => {
    const own = await gro.as(seat);
    await nextAt(time);
    const data = AbiCoder.defaultAbiCoder().encode(['uint40'], [until]);
    return building.send(own, 'safeTransferFrom', key(seat), gro.lock.target, 0n, amount, data);
  };
  const refusedAt = (time: number, seat: number, amount: bigint, until: number): Promise<string> =>
    gro.refused(lockAt(time, seat, amount, until), gro.lock);

  it('a first lock takes one week to two years, to the second', async () => {
    const time = await soon();
    for (const [until, found] of [
      [time + WEEK - 1, `BadLockEnd(${time + WEEK - 1},${time + WEEK},${time + LONGEST})`],
      [time + LONGEST + 1, `BadLockEnd(${time + LONGEST + 1},${time + WEEK},${time + LONGEST})`],
      [0, `BadLockEnd(0,${time + WEEK},${time + LONGEST})`],
    ] as const) {
      const undo = await building.snapshot();
      assert.equal(await refusedAt(time, 1, GRO, until), found);
      await undo();
    }
    const undo = await building.snapshot();
    await lockAt(time, 1, GRO, time + WEEK);
    assert.deepEqual(await gro.lockStanding(1), { amount: GRO, since: time, until: time + WEEK });
    await undo();
    const receipt = await lockAt(time, 1, 3n * GRO, time + LONGEST);
    assert.deepEqual(await gro.lockStanding(1), { amount: 3n * GRO, since: time, until: time + LONGEST });
    assert.deepEqual(eventsOf(gro.lock, receipt, 'LockChanged'), [
      {
        seat: 1n,
        key: key(1),
        oldAmount: 0n,
        newAmount: 3n * GRO,
        oldUntil: 0n,
        newUntil: BigInt(time + LONGEST),
      },
    ]);
    assert.equal(await held(), 3n * GRO);
    assert.equal(await gro.balance(key(1)), 997n * GRO);
  });

  it('a later transfer adds, with the end as it was or a later one', async () => {
    const time = await soon();
    const end = time + 100 * DAY;
    await lockAt(time, 1, 3n * GRO, end);
    await lockAt(time + 50, 1, 2n * GRO, 0);
    assert.deepEqual(await gro.lockStanding(1), { amount: 5n * GRO, since: time + 50, until: end });
    await lockAt(time + 60, 1, GRO, end);
    assert.deepEqual(await gro.lockStanding(1), { amount: 6n * GRO, since: time + 60, until: end });
    const receipt = await lockAt(time + 70, 1, GRO, end + 5);
    assert.deepEqual(await gro.lockStanding(1), { amount: 7n * GRO, since: time + 70, until: end + 5 });
    const [event] = eventsOf(gro.lock, receipt, 'LockChanged');
    assert.deepEqual(
      [event!.oldAmount, event!.newAmount, event!.oldUntil, event!.newUntil],
      [6n * GRO, 7n * GRO, BigInt(end), BigInt(end + 5)],
    );
    assert.equal(
      await refusedAt(time + 80, 1, GRO, end + 4),
      `BadLockEnd(${end + 4},${end + 5},${time + 80 + LONGEST})`,
    );
    assert.equal(await held(), 7n * GRO);
  });

  it('nothing and a later end extends, up to two years from then', async () => {
    const time = await soon();
    const end = time + 10 * DAY;
    await lockAt(time, 1, 3n * GRO, end);
    for (const until of [0, end, end - 1]) {
      const undo = await building.snapshot();
      assert.equal(await refusedAt(time + 50, 1, 0n, until), `BadLockEnd(${until},${end + 1},${time + 50 + LONGEST})`);
      await undo();
    }
    await lockAt(time + 60, 1, 0n, end + 1);
    assert.equal((await gro.lockStanding(1)).until, end + 1);
    const most = time + 70 + LONGEST;
    const undo = await building.snapshot();
    assert.equal(await refusedAt(time + 70, 1, 0n, most + 1), `BadLockEnd(${most + 1},${end + 2},${most})`);
    await undo();
    await lockAt(time + 70, 1, 0n, most);
    assert.deepEqual(await gro.lockStanding(1), { amount: 3n * GRO, since: time + 70, until: most });
    assert.equal(await refusedAt(time + 80, 2, 0n, time + 100 * DAY), 'NothingToLock(2)');
  });

  it('is extended by a signed message of nothing, carried by anybody', async () => {
    const end = (await building.now()) + 100 * DAY;
    const data = AbiCoder.defaultAbiCoder().encode(['uint40'], [end]);
    const longer = AbiCoder.defaultAbiCoder().encode(['uint40'], [end + DAY]);
    const to = String(gro.lock.target);
    assert.deepEqual(
      await gro.codes('transferBatch', [
        gro.transfer(1, to, 0n, 3n * GRO, { data }),
        gro.transfer(1, to, 0n, 0n, { data: longer }),
        gro.transfer(1, to, 0n, 0n, { data: longer }),
      ]),
      [0, 0, reason.refused],
    );
    const found = await gro.lockStanding(1);
    assert.deepEqual([found.amount, found.until], [3n * GRO, end + DAY]);
  });

  it('is paid out after its end, to the seat’s current key, whoever asks, once', async () => {
    const time = await soon();
    const end = time + WEEK;
    await lockAt(time, 1, 3n * GRO, end);
    await lockAt(time + 5, 2, 4n * GRO, end + 50);
    const anybody = await gro.as(walletOf('anybody'), gro.lock);
    const withdraw = (seat: number) => building.send(anybody, 'withdraw', seat);
    const refused = (seat: number) => gro.refused(withdraw(seat), gro.lock);
    assert.equal(await refused(1), `StillLocked(1,${end})`);
    assert.equal(await refused(3), 'NothingLocked(3)');
    await nextAt(end - 1);
    assert.equal(await refused(1), `StillLocked(1,${end})`);
    await building.warpTo(end - 1);
    await nextAt(end);
    const receipt = await withdraw(1);
    assert.deepEqual(eventsOf(gro.lock, receipt, 'LockWithdrawn'), [
      { seat: 1n, key: key(1), by: walletOf('anybody').address, amount: 3n * GRO, until: BigInt(end) },
    ]);
    assert.deepEqual(await gro.lockStanding(1), { amount: 0n, since: end, until: 0 });
    assert.equal(await gro.balance(key(1)), 1_000n * GRO);
    assert.equal(await held(), 4n * GRO);
    assert.equal(await refused(1), 'NothingLocked(1)');
    // A second lock is a first one again.
    await lockAt(end + 20, 1, GRO, end + 20 + WEEK);
    assert.deepEqual(await gro.lockStanding(1), { amount: GRO, since: end + 20, until: end + 20 + WEEK });
  });

  it('stays with the seat when its key changes, and goes to the new key', async () => {
    const time = await soon();
    await lockAt(time, 1, 3n * GRO, time + WEEK);
    const next = walletOf('next key');
    await registry.changeKey(1, next);
    await building.warpTo(time + 2 * DAY + 3600);
    await registry.applyKeyChange(1);
    // The old key is nobody's any more: it neither adds nor extends.
    assert.match(await gro.refused(lockAt(time + 3 * DAY, 1, GRO, 0)), /^FormerKey/);
    await building.warpTo(time + WEEK);
    await building.send(gro.lock, 'withdraw', 1);
    assert.equal(await gro.balance(next.address), 3n * GRO);
  });

  it('that has ended and lies still gives no power, and can start again as a first one', async () => {
    const time = await soon();
    const end = time + WEEK;
    await lockAt(time, 1, CAP, end);
    await building.warpTo(end);
    assert.deepEqual(await gro.multipliers([1], end, CAP), [10_000n]);
    const again = end + 100;
    for (const [amount, until] of [
      [0n, 0],
      [GRO, 0],
      [0n, again + WEEK - 1],
      [GRO, again + WEEK - 1],
    ] as const) {
      const undo = await building.snapshot();
      assert.equal(await refusedAt(again, 1, amount, until), `BadLockEnd(${until},${again + WEEK},${again + LONGEST})`);
      await undo();
    }
    await lockAt(again, 1, 0n, again + LONGEST);
    assert.deepEqual(await gro.multipliers([1], again, CAP), [20_000n]);
    // Between its two lives it had none.
    assert.deepEqual(await gro.multipliers([1], again - 1, CAP), [10_000n]);
  });

  it('comes from a resident’s current key, as GRO, with its end and nothing else', async () => {
    const to = String(gro.lock.target);
    const end = (await building.now()) + 30 * DAY;
    const data = AbiCoder.defaultAbiCoder().encode(['uint40'], [end]);
    const guest = walletOf('a guest');
    const nobody = walletOf('nobody');
    await registry.issue([registry.guest(50, guest.address)], [building.board[0]!]);
    for (const each of [guest, nobody]) {
      await gro.move(1, key(1), each.address, 0n, GRO);
      assert.equal(
        await gro.refused(gro.move(each, each.address, to, 0n, GRO, data), gro.lock),
        `NotAResidentsKey(${each.address})`,
      );
    }
    await registry.retire(2);
    assert.equal(await gro.refused(gro.move(2, key(2), to, 0n, GRO, data), gro.lock), `NotAResidentsKey(${key(2)})`);
    const refused = (tokenId: bigint, value: bigint, sent: string) =>
      gro.refused(gro.move(1, key(1), to, tokenId, value, sent), gro.lock);
    assert.equal(await refused(lot, 5n, data), `OnlyGro(${gro.gro.target},${lot})`);
    assert.equal(await refused(0n, GRO, '0x'), 'BadLockData(0)');
    assert.equal(await refused(0n, GRO, `${data}00`), 'BadLockData(33)');
    const own = await gro.as(1);
    assert.equal(
      await gro.refused(own.getFunction('safeBatchTransferFrom')(key(1), to, [0n, 0n], [1n, 1n], data), gro.lock),
      'OneTransferAtATime()',
    );
    // A direct call of the hook, as if GRO had come.
    const hook = (await gro.as(1, gro.lock)).getFunction('onERC1155Received');
    assert.equal(await gro.refused(hook(key(1), key(1), 0n, GRO, data), gro.lock), `OnlyGro(${key(1)},0)`);
    assert.equal(await held(), 0n);
  });

  it('of a seat that was retired is still paid out', async () => {
    const time = await soon();
    await lockAt(time, 1, GRO, time + WEEK);
    await registry.retire(1);
    await building.warpTo(time + WEEK);
    await building.send(gro.lock, 'withdraw', 1);
    assert.equal(await gro.balance(key(1)), 1_000n * GRO);
  });

  it('is no stranger’s to extend, by an operator or another seat', async () => {
    const time = await soon();
    await lockAt(time, 1, GRO, time + WEEK);
    const data = AbiCoder.defaultAbiCoder().encode(['uint40'], [time + LONGEST]);
    const to = String(gro.lock.target);
    const operator = walletOf('a market');
    await building.send(await gro.as(1), 'setApprovalForAll', operator.address, true);
    assert.equal(
      await gro.refused(gro.move(operator, key(1), to, 0n, 0n, data)),
      `OperatorCannotMoveGro(${operator.address})`,
    );
    assert.equal((await gro.lockStanding(1)).until, time + WEEK);
  });

  it('multiplies by amount and remaining time: nothing is 1, the cap for two years is 2', async () => {
    const time = await soon();
    await lockAt(time, 1, CAP, time + LONGEST);
    await lockAt(time + 1, 2, CAP / 4n, time + 1 + LONGEST / 2);
    await building.warpTo(time + LONGEST);
    const at = (when: number, cap = CAP) => gro.multipliers([1, 2, 3, 16_000_000], when, cap);
    assert.deepEqual(await at(time - 1), [10_000n, 10_000n, 10_000n, 10_000n]);
    assert.deepEqual(await at(time), [20_000n, 10_000n, 10_000n, 10_000n]);
    // A quarter of the cap for half of the longest: an eighth.
    assert.deepEqual(await at(time + 1), [19_999n, 11_250n, 10_000n, 10_000n]);
    assert.deepEqual(await at(time + LONGEST / 2), [15_000n, 10_000n, 10_000n, 10_000n]);
    assert.deepEqual(await at(time + LONGEST - 1), [10_000n, 10_000n, 10_000n, 10_000n]);
    assert.deepEqual(await at(time + LONGEST), [10_000n, 10_000n, 10_000n, 10_000n]);
    // Above the cap nothing counts; a cap that nobody reaches counts in full; a cap of nothing turns locks off.
    assert.deepEqual((await at(time, GRO))[0], 20_000n);
    assert.deepEqual((await at(time, CAP * 4n))[0], 12_500n);
    assert.deepEqual((await at(time, 2n ** 256n - 1n))[0], 10_000n);
    assert.deepEqual((await at(time, 0n))[0], 10_000n);
    assert.deepEqual(await gro.multipliers([], time, CAP), []);
    assert.deepEqual(await gro.multipliers([2, 1, 2], time + 1, CAP), [11_250n, 19_999n, 11_250n]);
  });

  it('answers for no moment of the future', async () => {
    const now = await building.now();
    for (const fn of ['multipliersAt', 'lockAt'] as const) {
      const call = (time: number) =>
        fn === 'multipliersAt'
          ? gro.lock.getFunction(fn).staticCall([1], time, CAP)
          : gro.lock.getFunction(fn).staticCall(1, time);
      // A call runs in the block after the last one.
      assert.equal(await gro.refused(call(now + 1000), gro.lock), `FutureTime(${now + 1000})`);
      await call(now);
    }
  });

  it('of more than a word holds is refused', async () => {
    // A year of shifts cannot reach it; the token itself can carry more, as an upgraded one might.
    const token = String(gro.gro.target);
    await building.simulator.request('hardhat_impersonateAccount', [token]);
    await building.simulator.request('hardhat_setBalance', [token, '0x56bc75e2d63100000']);
    const time = await soon();
    const data = AbiCoder.defaultAbiCoder().encode(['uint40'], [time + 30 * DAY]);
    const call = (value: bigint) =>
      building.simulator.request('eth_call', [
        {
          from: token,
          to: String(gro.lock.target),
          data: gro.lock.interface.encodeFunctionData('onERC1155Received', [key(1), key(1), 0n, value, data]),
        },
        'latest',
      ]);
    await call(2n ** 64n - 1n);
    await assert.rejects(call(2n ** 64n), (error: Error & { data?: string }) => {
      assert.ok(JSON.stringify(error, Object.getOwnPropertyNames(error)).includes(id('TooMuch(uint256)').slice(2, 10)));
      return true;
    });
  });

  it('says what it can receive and whose it is', async () => {
    const read = (fn: string, ...args: unknown[]) => gro.lock.getFunction(fn)(...args);
    for (const [interfaceId, is] of [
      ['0x4e2312e0', true],
      ['0x01ffc9a7', true],
      ['0xffffffff', false],
    ] as const)
      assert.equal(await read('supportsInterface', interfaceId), is);
    assert.deepEqual(
      [await read('seats'), await read('gro'), await read('SHORTEST'), await read('LONGEST'), await read('ONE')],
      [building.seats.target, gro.gro.target, BigInt(WEEK), BigInt(LONGEST), 10_000n],
    );
    assert.notEqual(await read('authority'), ZeroAddress);
  });

  it('a seat’s first lock costs at most 95,000 gas, the transfer of GRO included; adding to it 100,000', async () => {
    const time = await soon();
    await lockAt(time, 2, GRO, time + 100 * DAY);
    const first = await lockAt(time + 100, 1, 250n * GRO, time + 400 * DAY);
    assert.ok(first.gasUsed <= 95_000n, `${first.gasUsed}`);
    const added = await lockAt(time + 200, 1, 250n * GRO, 0);
    assert.ok(added.gasUsed <= 100_000n, `${added.gasUsed}`);
  });
});
