import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AbiCoder, Contract, ContractFactory, Interface, type InterfaceAbi, keccak256, toBeHex } from 'ethers';
import { compile } from '../build.ts';
import { committed } from '../deploy/artifact.ts';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { type EscrowOrder, escrowOf } from './support/escrow.ts';
import { eventsOf, revertOf, skippedBecause } from './support/receipts.ts';
import { registryOf } from './support/registry.ts';

const TWO_DAYS = 48 * 3600;

describe('an order in escrow that came to nothing', () => {
  let building: Building;
  let desk: ReturnType<typeof escrowOf>;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 7 });
    desk = escrowOf(building);
    await building.fund([1, 2, 3, 4, 5, 6, 7], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const bookBalance = () => building.balanceOf(String(building.book.target));
  const balances = () => Promise.all(building.members.map((each) => building.balanceOf(each.address)));
  /** Seat n puts in n FUSD, seats 1 to `seats`. */
  const waiting = async (name: string, seats: number): Promise<EscrowOrder> => {
    const order = desk.order(name);
    const list = Array.from({ length: seats }, (_, index) => index + 1);
    await desk.bring([order, list.map((seat) => building.spend(seat, BigInt(seat) * FUSD, order))]);
    return order;
  };
  const refused = (call: Promise<unknown>) => revertOf(building.book, call);

  it('is paid back after its deadline, entry by entry, by anybody', async () => {
    const { book, members, token } = building;
    const order = await waiting('back', 3);
    await desk.pastDeadline(order);
    const receipt = await desk.refund(order, 1);
    const refunded = { orderId: desk.idOf(order), seat: 2n, key: members[1]!.address, index: 1n, amount: 2n * FUSD };
    assert.deepEqual(eventsOf(book, receipt, 'Refunded'), [refunded]);
    assert.deepEqual(
      eventsOf(token, receipt, 'Transfer').map((each) => [each.from, each.to, each.value]),
      [[book.target, members[1]!.address, 2n * FUSD]],
    );
    assert.deepEqual(await desk.entriesOf(order), [
      [1, 1n * FUSD],
      [0, 0n],
      [3, 3n * FUSD],
    ]);
    assert.equal((await desk.headerOf(order)).total, 4n * FUSD);
    await desk.refund(order, 0);
    await desk.refund(order, 2);
    assert.deepEqual([...(await balances())].slice(0, 3), [100n * FUSD, 100n * FUSD, 100n * FUSD]);
    assert.deepEqual([await bookBalance(), (await desk.headerOf(order)).total], [0n, 0n]);
  });

  it('is paid back once: the second time there is nothing', async () => {
    const order = await waiting('twice', 2);
    await desk.pastDeadline(order);
    await desk.refund(order, 0);
    assert.equal(await refused(desk.refund(order, 0)), `NothingToRefund(${desk.idOf(order)},0)`);
    assert.equal(await refused(desk.refund(order, 2)), `NothingToRefund(${desk.idOf(order)},2)`);
    assert.equal(await refused(desk.refund(order, 2 ** 40)), `NothingToRefund(${desk.idOf(order)},${2 ** 40})`);
    assert.equal(await bookBalance(), 2n * FUSD);
  });

  it('is not paid back before the deadline, nor at it, and taken no more after it', async () => {
    const order = await waiting('early', 1);
    const early = `DeadlineNotPassed(${order.terms.deadline})`;
    assert.equal(await refused(desk.refund(order, 0)), early);
    assert.equal(await refused(desk.refundPage(order, 0, 1)), early);
    await building.warpTo(order.terms.deadline);
    const call = building.book.getFunction('refund').staticCall;
    const atDeadline = { blockTag: 'latest' };
    assert.equal(await refused(call(desk.idOf(order), 0, atDeadline)), early);
    await building.warpTo(order.terms.deadline + 1);
    const late = await desk.bring([order, [building.spend(2, 99n * FUSD, order, { validUntil: 2 ** 40 - 1 })]]);
    assert.deepEqual(await skippedBecause(building, late), [`DeadlinePassed(${order.terms.deadline})`]);
    assert.equal(await refused(desk.join(2, order, 99n * FUSD)), `DeadlinePassed(${order.terms.deadline})`);
    await desk.refund(order, 0);
  });

  it('is not paid back when it was executed, nor when nobody joined it', async () => {
    const order = desk.order('executed');
    await desk.bring([order, [building.spend(1, 100n * FUSD, order)]]);
    const unknown = desk.order('unknown');
    await desk.pastDeadline(order);
    assert.equal(await refused(desk.refund(order, 0)), `AlreadyExecuted(${desk.idOf(order)})`);
    assert.equal(await refused(desk.refundPage(order, 0, 1)), `AlreadyExecuted(${desk.idOf(order)})`);
    assert.equal(await refused(desk.refund(unknown, 0)), `NoSuchOrder(${desk.idOf(unknown)})`);
    assert.equal(await refused(desk.refundPage(unknown, 0, 1)), `NoSuchOrder(${desk.idOf(unknown)})`);
  });

  it('is paid back in pages that pass over what was paid before', async () => {
    const { book } = building;
    const order = await waiting('pages', 7);
    await desk.pastDeadline(order);
    await desk.refund(order, 1);
    await desk.refund(order, 4);
    const page = book.getFunction('refundPage').staticCall;
    assert.equal(await page(desk.idOf(order), 0, 5), 3n);
    const first = await desk.refundPage(order, 0, 5);
    assert.deepEqual(
      eventsOf(book, first, 'Refunded').map((each) => each.index),
      [0n, 2n, 3n],
    );
    const again = await desk.refundPage(order, 0, 5);
    assert.deepEqual([eventsOf(book, again, 'Refunded'), eventsOf(book, again, 'RefundFailed')], [[], []]);
    assert.equal((await desk.headerOf(order)).total, 13n * FUSD);
    await desk.refundPage(order, 3, 7);
    assert.deepEqual(await balances(), Array(7).fill(100n * FUSD));
    assert.deepEqual([await bookBalance(), (await desk.headerOf(order)).total], [0n, 0n]);
    assert.equal(await refused(desk.refundPage(order, 6, 8)), 'BadPage(6,8,7)');
    assert.equal(await refused(desk.refundPage(order, 3, 3)), 'BadPage(3,3,7)');
    assert.equal(await refused(desk.refundPage(order, 4, 3)), 'BadPage(4,3,7)');
  });

  it('pays a frozen seat, a retired seat, and one whose key has changed at its present key', async () => {
    const { token, balanceOf, members, now } = building;
    const registry = registryOf(building);
    const order = await waiting('seats', 4);
    const next = walletOf('next key');
    await registry.freeze(1, true, 1);
    await building.send(token, token.interface.hasFunction('mirror') ? 'mirror' : 'mirrorFreeze', [1]);
    await registry.retire(2);
    await registry.changeKey(3, next);
    await building.warpTo((await now()) + TWO_DAYS + 1);
    await registry.applyKeyChange(3);
    await desk.pastDeadline(order);
    assert.equal(await token.getFunction('isAccountFrozen')(members[0]!.address), true);
    await desk.refundPage(order, 0, 4);
    assert.deepEqual(
      await balances(),
      [100n, 100n, 97n, 100n, 100n, 100n, 100n].map((each) => each * FUSD),
    );
    assert.equal(await balanceOf(next.address), 3n * FUSD);
  });

  it('leaves gifts where they are and the other orders their money', async () => {
    const { token, send } = building;
    const one = await waiting('one', 3);
    const two = desk.order('two', { deadline: one.terms.deadline + 1000 });
    await desk.bring([two, [building.spend(1, 30n * FUSD, two)]]);
    await send(token.connect(await desk.walletAt(7)) as Contract, 'transfer', building.book.target, 1n);
    await desk.pastDeadline(one);
    await desk.refundPage(one, 0, 3);
    assert.equal(await bookBalance(), 30n * FUSD + 1n);
    assert.equal((await desk.headerOf(two)).total, 30n * FUSD);
  });
});

describe('a book whose token pays not everybody', () => {
  let building: Building;
  let token: Contract;
  let desk: ReturnType<typeof escrowOf>;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 6 });
    const artifact = await compile();
    const create = async (abi: InterfaceAbi, bytecode: string, ...args: unknown[]): Promise<string> => {
      const made = await new ContractFactory(abi, bytecode, building.deployer).deploy(...args);
      await made.waitForDeployment();
      return made.getAddress();
    };
    const stubborn = await artifact('test/contracts/StubbornToken.sol:StubbornToken');
    const abi = stubborn.abi as InterfaceAbi;
    token = new Contract(await create(abi, stubborn.bytecode, building.seats.target), abi, building.relayer);
    const { abi: bookAbi, bytecode } = committed('GroupBuying');
    const implementation = await create(bookAbi, bytecode, token.target);
    const proxy = committed('ERC1967Proxy');
    const initialize = new Interface(bookAbi).encodeFunctionData('initialize', [building.manager.target]);
    const address = await create(proxy.abi, proxy.bytecode, implementation, initialize);
    desk = escrowOf(building, { book: building.at('GroupBuying', address) });
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const refuse = (who: string, silent = false) => building.send(token, 'refuse', who, true, silent);
  const release = (who: string) => building.send(token, 'refuse', who, false, false);
  const balanceOf = (who: string): Promise<bigint> => token.getFunction('balanceOf')(who);
  const refusal = (who: string): string => token.interface.encodeErrorResult('Refused', [who]);
  const spend = (seat: number, amount: bigint, order: EscrowOrder) => building.spend(seat, amount, order);
  const execute = (order: EscrowOrder) => building.send(desk.book, 'execute', order.subject, order.terms);

  it('executes the others when one payee cannot be paid, and that one later', async () => {
    const blocked = walletOf('blocked payee').address;
    const one = desk.order('blocked', { payee: blocked });
    const two = desk.order('free');
    await refuse(blocked);
    const receipt = await desk.bring([one, [spend(1, 100n * FUSD, one)]], [two, [spend(1, 100n * FUSD, two)]]);
    assert.deepEqual(eventsOf(desk.book, receipt, 'PaymentFailed'), [
      { orderId: desk.idOf(one), payee: blocked, reason: refusal(blocked) },
    ]);
    assert.equal(eventsOf(desk.book, receipt, 'OrderExecuted')[0]?.orderId, desk.idOf(two));
    assert.deepEqual([(await desk.headerOf(one)).executed, (await desk.headerOf(two)).executed], [false, true]);
    await desk.bring([one, [spend(2, 1n * FUSD, one)]]);
    assert.equal((await desk.headerOf(one)).executed, false);
    await release(blocked);
    const done = await execute(one);
    assert.equal(eventsOf(desk.book, done, 'OrderExecuted')[0]?.total, 101n * FUSD);
    assert.deepEqual([await balanceOf(blocked), (await desk.headerOf(one)).executed], [101n * FUSD, true]);
    assert.equal(await revertOf(desk.book, execute(one)), `AlreadyExecuted(${desk.idOf(one)})`);
  });

  it('pays back an order whose payee could not be paid until the deadline', async () => {
    const order = desk.order('never paid');
    await refuse(building.payee);
    await desk.bring([order, [spend(1, 100n * FUSD, order)]]);
    await desk.pastDeadline(order);
    await release(building.payee);
    assert.equal(await revertOf(desk.book, execute(order)), `DeadlinePassed(${order.terms.deadline})`);
    await desk.refund(order, 0);
    assert.deepEqual(
      [await balanceOf(building.payee), await balanceOf(building.members[0]!.address)],
      [0n, 100n * FUSD],
    );
  });

  it('pays a page’s other entries back when one cannot be paid', async () => {
    const { members } = building;
    const order = desk.order('page');
    await desk.bring([order, [1, 2, 3, 4, 5].map((seat) => spend(seat, BigInt(seat) * FUSD, order))]);
    await desk.pastDeadline(order);
    const stuck = members[2]!.address;
    await refuse(stuck);
    const receipt = await desk.refundPage(order, 0, 5);
    assert.deepEqual(eventsOf(desk.book, receipt, 'RefundFailed'), [
      { orderId: desk.idOf(order), seat: 3n, key: stuck, index: 2n, reason: refusal(stuck) },
    ]);
    assert.deepEqual(
      eventsOf(desk.book, receipt, 'Refunded').map((each) => each.seat),
      [1n, 2n, 4n, 5n],
    );
    assert.deepEqual((await desk.entriesOf(order))[2], [3, 3n * FUSD]);
    assert.equal((await desk.headerOf(order)).total, 3n * FUSD);
    assert.equal(await revertOf(token, desk.refund(order, 2)), `Refused(${stuck})`);
    await release(stuck);
    await desk.refund(order, 2);
    assert.deepEqual([await balanceOf(stuck), (await desk.headerOf(order)).total], [3n * FUSD, 0n]);
  });

  it('fails as a whole where the token says nothing: that is too little gas', async () => {
    const order = desk.order('silence');
    await refuse(building.payee, true);
    const bring = desk.bring([order, [spend(1, 100n * FUSD, order)]]);
    assert.equal(await revertOf(desk.book, bring), `NotEnoughGas(${order.subject})`);
    const short = desk.order('short');
    await desk.bring([short, [spend(1, 1n * FUSD, short)]]);
    await desk.pastDeadline(short);
    await refuse(building.members[0]!.address, true);
    assert.equal(await revertOf(desk.book, desk.refund(short, 0)), `NotEnoughGas(${desk.idOf(short)})`);
    assert.equal(await revertOf(desk.book, desk.refundPage(short, 0, 1)), `NotEnoughGas(${desk.idOf(short)})`);
  });

  it('keeps no more entries than it can count', async () => {
    const order = desk.order('full', { target: 1000n * FUSD });
    const { simulator } = building;
    // The header of the order: the first mapping of "stoop.storage.GroupBuyingEscrow".
    const namespace = '0x3935edcced4e86f7fa450f8fb3af10d66343aad33005e2b3ba998e540b4c1800';
    const coder = AbiCoder.defaultAbiCoder();
    const slot = keccak256(coder.encode(['bytes32', 'bytes32'], [desk.idOf(order), namespace]));
    const header = (count: bigint) => toBeHex((count << 104n) | (BigInt(order.terms.deadline) << 64n), 32);
    const items = [spend(1, 1n * FUSD, order), spend(2, 1n * FUSD, order)];
    await simulator.request('hardhat_setStorageAt', [desk.book.target, slot, header(65_534n)]);
    assert.deepEqual((await desk.headerOf(order)).count, 65_534n);
    const receipt = await desk.bring([order, items]);
    assert.deepEqual(await skippedBecause(building, receipt, desk.book), ['TooManyEntries(65536)']);
    await desk.bring([order, [items[0]!]]);
    assert.deepEqual([...(await desk.book.getFunction('entryOf')(desk.idOf(order), 65_534))], [1n, 1n * FUSD]);
    assert.equal(
      await revertOf(desk.book, desk.joinAs(await desk.walletAt(3), order, 1n * FUSD)),
      'TooManyEntries(65535)',
    );
  });
});
