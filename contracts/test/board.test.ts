import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Wallet, ZeroAddress } from 'ethers';
import { factoryOf, interfaceOf } from '../deploy/artifact.ts';
import { type Building, createBuilding, walletOf } from './support/building.ts';
import { eventsOf, revertOf } from './support/receipts.ts';
import { type Registry, registryOf } from './support/registry.ts';

const MASKED = '0xff000000000000000000000000000000000003e9';
const ascending = (one: Wallet, other: Wallet): number => (BigInt(one.address) < BigInt(other.address) ? -1 : 1);

describe('the board', () => {
  let building: Building;
  let registry: Registry;
  let back: () => Promise<void>;
  const next = ['d', 'e', 'f', 'g'].map((name) => walletOf(`board ${name}`)).sort(ascending) as [
    Wallet,
    Wallet,
    Wallet,
    Wallet,
  ];
  before(async () => {
    building = await createBuilding({ members: 1 });
    registry = registryOf(building);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const refused = (call: Promise<unknown>): Promise<string> => revertOf(building.seats, call);
  const seat = () => [registry.resident(10, walletOf('ten').address)];

  it('replaces itself whole, at once; the old keys count no more', async () => {
    const { board, seats } = building;
    const old = board.map((each) => each.address);
    assert.deepEqual([...((await registry.read('board')) as string[])], old);
    const receipt = await registry.rotate(next, { threshold: 3 });
    assert.deepEqual(
      eventsOf(seats, receipt, 'BoardRotated').map((each) => ({
        ...each,
        oldBoard: [...(each.oldBoard as string[])],
        newBoard: [...(each.newBoard as string[])],
      })),
      [{ revision: 1n, oldBoard: old, newBoard: next.map((each) => each.address), oldThreshold: 2n, newThreshold: 3n }],
    );
    assert.deepEqual([await registry.read('threshold'), await registry.read('boardRevision')], [3n, 1n]);
    for (const each of board) assert.equal(await registry.read('isBoard', each.address), false);
    for (const each of next) assert.equal(await registry.read('isBoard', each.address), true);
    assert.equal(await refused(registry.issue(seat())), 'NotBoardSigned()');
    assert.equal(await refused(registry.issue(seat(), next.slice(0, 2))), 'NotBoardSigned()');
    await registry.issue(seat(), next.slice(1));
  });

  it('puts out one stolen key with the two others', async () => {
    const [thief, a, b] = building.board as [Wallet, Wallet, Wallet];
    await registry.rotate([a, b, next[0]].sort(ascending), { by: [a, b] });
    assert.equal(await registry.read('isBoard', thief.address), false);
    assert.equal(await registry.read('isBoard', a.address), true);
    assert.equal(await refused(registry.seal(thief)), 'NotBoardSigned()');
    await registry.seal(a);
  });

  it('is replaced neither by one key, nor by the new one alone, nor twice by one message', async () => {
    const [a, b] = building.board as [Wallet, Wallet];
    for (const by of [[a], [a, a], [b, a], [], next.slice(0, 2)])
      assert.equal(await refused(registry.rotate(next, { by })), 'NotBoardSigned()');
    assert.equal(await refused(registry.rotate(next, { revision: 2 })), 'StaleRevision(0,2)');
    assert.equal(await refused(registry.rotate(next, { revision: 0 })), 'StaleRevision(0,0)');
    await registry.rotate(next);
    assert.equal(await refused(registry.rotate(next, { by: next.slice(0, 2) })), 'StaleRevision(1,1)');
    await registry.rotate(building.board, { revision: 2, by: next.slice(0, 2) });
  });

  it('names no board that could not act', async () => {
    const [d, e, f] = next;
    for (const accepted of [[d], [d, d], [e, d], [], building.board.slice(0, 2)])
      assert.equal(await refused(registry.rotate(next, { accepted })), 'NewBoardDidNotSign()');
    assert.equal(await refused(registry.rotate([d, e])), 'BoardTooSmall(2)');
    assert.equal(await refused(registry.rotate(next, { threshold: 1 })), 'BadThreshold(1,4)');
    assert.equal(await refused(registry.rotate(next, { threshold: 5 })), 'BadThreshold(5,4)');
    assert.equal(await refused(registry.rotate([d, e, d])), `DuplicateBoardKey(${d.address})`);
    const list = (third: string): string[] => [d.address, e.address, third];
    assert.equal(await refused(registry.rotate([d, e, f], { list: list(ZeroAddress) })), `BadKey(${ZeroAddress})`);
    assert.match(await refused(registry.rotate([d, e, f], { list: list(MASKED) })), /^BadKey/);
    const crowd = Array.from({ length: 17 }, (_, index) => walletOf(`crowd ${index}`)).sort(ascending);
    assert.equal(await refused(registry.rotate(crowd)), 'BoardTooLarge(17)');
    await registry.rotate(crowd.slice(1));
    assert.equal(await registry.read('isBoard', crowd[16]!.address), true);
  });

  it('is not founded too small, doubled or unusable', async () => {
    const [a, b, c] = building.board.map((each) => each.address) as [string, string, string];
    const make = (board: string[], threshold: number): Promise<string> =>
      revertOf(
        { interface: interfaceOf('SeatRegistry') } as never,
        factoryOf('SeatRegistry', building.deployer).deploy(board, threshold, [], 1),
      );
    assert.equal(await make([a, b], 2), 'BoardTooSmall(2)');
    assert.equal(await make([a, b, c], 1), 'BadThreshold(1,3)');
    assert.equal(await make([a, b, c], 4), 'BadThreshold(4,3)');
    assert.equal(await make([a, b, a], 2), `DuplicateBoardKey(${a})`);
    assert.equal(await make([a, b, ZeroAddress], 2), `BadKey(${ZeroAddress})`);
    assert.match(await make([a, b, MASKED], 2), /^BadKey/);
    assert.equal(await make([a, b, c], 3), 'did not revert');
  });
});
