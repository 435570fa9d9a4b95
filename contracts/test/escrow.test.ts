import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, id, ZeroAddress } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { type EscrowOrder, escrowOf } from './support/escrow.ts';
import { AT_MOST, EXACT, hashStruct } from './support/messages.ts';
import { eventsOf, revertOf, skippedBecause } from './support/receipts.ts';
import { registryOf } from './support/registry.ts';

describe('orders in escrow, joined by signature', () => {
  let building: Building;
  let desk: ReturnType<typeof escrowOf>;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 10 });
    desk = escrowOf(building);
    await building.fund([1, 2, 3, 4, 5, 6, 7, 8], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const bookBalance = () => building.balanceOf(String(building.book.target));
  const spends = (order: EscrowOrder, amounts: Record<number, bigint>) =>
    Object.entries(amounts).map(([seat, amount]) => building.spend(Number(seat), amount, order));

  it('wait in the book below the target, each in an entry', async () => {
    const { book, token, balanceOf, payee, members } = building;
    const order = desk.order('rice');
    const receipt = await desk.bring([order, spends(order, { 1: 30n * FUSD, 3: 20n * FUSD })]);
    assert.deepEqual(eventsOf(book, receipt, 'OrderJoined'), [
      {
        orderId: desk.idOf(order),
        subject: order.subject,
        termsHash: hashStruct('Terms', order.terms),
        okMask: 0b11n,
        firstIndex: 0n,
        oldTotal: 0n,
        newTotal: 50n * FUSD,
      },
    ]);
    assert.equal(
      await book.getFunction('orderIdOf')(order.subject, hashStruct('Terms', order.terms)),
      desk.idOf(order),
    );
    const deadline = BigInt(order.terms.deadline);
    assert.deepEqual(await desk.headerOf(order), { total: 50n * FUSD, deadline, count: 2n, executed: false });
    assert.deepEqual(await desk.entriesOf(order), [
      [1, 30n * FUSD],
      [3, 20n * FUSD],
    ]);
    assert.deepEqual(
      [await bookBalance(), await balanceOf(payee), await balanceOf(members[0]!.address)],
      [50n * FUSD, 0n, 70n * FUSD],
    );
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0b1010n);
  });

  it('are brought by anybody, and executed in the call that reaches the target', async () => {
    const { book, balanceOf, payee, send, orderOf, stranger } = building;
    const order = desk.order('at the target');
    await desk.bring([order, spends(order, { 1: 60n * FUSD })]);
    const open = book.connect(stranger) as Contract;
    const receipt = await send(open, 'escrow', [orderOf(order, spends(order, { 2: 40n * FUSD }))]);
    assert.deepEqual(eventsOf(book, receipt, 'OrderExecuted'), [
      { orderId: desk.idOf(order), subject: order.subject, payee, total: 100n * FUSD },
    ]);
    assert.deepEqual([await bookBalance(), await balanceOf(payee)], [0n, 100n * FUSD]);
    const { executed, total } = await desk.headerOf(order);
    assert.deepEqual([executed, total], [true, 100n * FUSD]);
  });

  it('wait with a micro-unit less than the target', async () => {
    const order = desk.order('nearly', { target: 50n * FUSD });
    await desk.bring([order, spends(order, { 1: 50n * FUSD - 1n })]);
    assert.equal((await desk.headerOf(order)).executed, false);
    const receipt = await desk.bring([order, spends(order, { 2: 1n })]);
    assert.equal(eventsOf(building.book, receipt, 'OrderExecuted').length, 1);
  });

  it('pass what comes after the execution straight on, up to the ceiling', async () => {
    const { book, balanceOf, payee } = building;
    const order = desk.order('later', { target: 50n * FUSD, ceiling: 90n * FUSD });
    await desk.bring([order, spends(order, { 1: 60n * FUSD })]);
    const receipt = await desk.bring([order, spends(order, { 2: 30n * FUSD })]);
    assert.equal(eventsOf(book, receipt, 'OrderExecuted').length, 0);
    assert.deepEqual([await bookBalance(), await balanceOf(payee)], [0n, 90n * FUSD]);
    const deadline = BigInt(order.terms.deadline);
    assert.deepEqual(await desk.headerOf(order), { total: 90n * FUSD, deadline, count: 1n, executed: true });
    const full = await desk.bring([order, spends(order, { 3: 1n })]);
    assert.match((await skippedBecause(building, full))[0]!, /^TotalOutOfRange\(1,1,0,1,0x\)$/);
  });

  it('take no more than the ceiling while they wait', async () => {
    const order = desk.order('ceiling', { target: 90n * FUSD, ceiling: 90n * FUSD });
    await desk.bring([order, spends(order, { 1: 60n * FUSD })]);
    const above = await desk.bring([order, spends(order, { 2: 30n * FUSD, 3: 1n })]);
    assert.match((await skippedBecause(building, above))[0]!, /^TotalOutOfRange/);
    await desk.bring([order, spends(order, { 2: 30n * FUSD })]);
    assert.deepEqual(await desk.headerOf(order), {
      total: 90n * FUSD,
      deadline: BigInt(order.terms.deadline),
      count: 2n,
      executed: true,
    });
  });

  it('keep entries in their order over many batches and bad items between', async () => {
    const order = desk.order('packing', { target: 400n * FUSD });
    const wrong = building.spend(9, 1n * FUSD, order); // unfunded
    const forged = building.spend(7, 1n * FUSD, order, { by: walletOf('thief') });
    const at = (seat: number) => building.spend(seat, BigInt(seat) * FUSD, order);
    await desk.bring([order, [wrong, at(1), forged, at(2), at(3)]]);
    await desk.bring([order, [at(4)]]);
    const receipt = await desk.bring([order, [at(5), wrong, at(6), at(7), at(8)]]);
    assert.equal(eventsOf(building.book, receipt, 'OrderJoined')[0]?.okMask, 0b11101n);
    assert.equal(eventsOf(building.book, receipt, 'OrderJoined')[0]?.firstIndex, 4n);
    assert.deepEqual(
      await desk.entriesOf(order),
      [1, 2, 3, 4, 5, 6, 7, 8].map((seat) => [seat, BigInt(seat) * FUSD]),
    );
    assert.equal((await desk.headerOf(order)).total, 36n * FUSD);
    assert.equal(await bookBalance(), 36n * FUSD);
  });

  it('take a signed spend once, and none signed for another way or other terms', async () => {
    const order = desk.order('once');
    const items = spends(order, { 1: 10n * FUSD });
    await desk.bring([order, items]);
    const again = await desk.bring([order, items]);
    assert.match((await skippedBecause(building, again))[0]!, /^TotalOutOfRange\(0,.*,0x03\)$/);
    const exact = { ...order, mode: EXACT };
    const other = { ...order, terms: { ...order.terms, payee: walletOf('thief').address } };
    for (const item of [
      spends(exact, { 2: 10n * FUSD })[0]!,
      spends({ ...order, mode: AT_MOST }, { 2: 10n * FUSD })[0]!,
    ]) {
      const receipt = await desk.bring([order, [item]]);
      assert.match((await skippedBecause(building, receipt))[0]!, /^TotalOutOfRange\(0,.*,0x06\)$/);
    }
    const stolen = await desk.bring([other, spends(order, { 2: 10n * FUSD })]);
    assert.match((await skippedBecause(building, stolen))[0]!, /^TotalOutOfRange\(0,.*,0x06\)$/);
    assert.equal((await desk.headerOf(other)).deadline, 0n);
    assert.equal((await desk.headerOf(order)).total, 10n * FUSD);
  });

  it('are never taken by settle', async () => {
    const { book, send, orderOf, token } = building;
    const order = desk.order('not settled', { target: 10n * FUSD });
    const items = spends(order, { 1: 10n * FUSD });
    const receipt = await send(book, 'settle', [orderOf(order, items), { ...orderOf(order, items), mode: EXACT }]);
    const [mode, signer] = await skippedBecause(building, receipt);
    assert.match(mode!, /UnknownMode\(2\)/);
    assert.match(signer!, /^TotalOutOfRange\(0,.*,0x06\)$/);
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0n);
  });

  it('leave the subject to others: terms of a front-runner are another order', async () => {
    const { balanceOf, payee } = building;
    const order = desk.order('contested', { target: 60n * FUSD });
    const theirs = { ...order, terms: { ...order.terms, payee: walletOf('thief').address, target: 1n } };
    await desk.bring([theirs, spends(theirs, { 8: 1n })]);
    const receipt = await desk.bring([order, spends(order, { 1: 60n * FUSD })]);
    assert.equal(eventsOf(building.book, receipt, 'OrderExecuted').length, 1);
    assert.equal(await balanceOf(payee), 60n * FUSD);
  });

  it('skip one that cannot be taken and take the others', async () => {
    const { book, orderOf, send, now, token } = building;
    const good = desk.order('good');
    const late = desk.order('late', { deadline: (await now()) - 1 });
    const bad: [string, Partial<EscrowOrder['terms']>, RegExp][] = [
      ['no payee', { payee: ZeroAddress }, /^BadPayee\(0x0{40}\)$/],
      ['the book', { payee: String(book.target) }, /^BadPayee/],
      ['the token', { payee: String(token.target) }, /^BadPayee/],
      ['no target', { target: 0n }, /^BadTerms\(0,/],
      ['upside down', { target: 11n, ceiling: 10n }, /^BadTerms\(11,10\)$/],
      ['too large', { ceiling: 2n ** 40n }, /^BadTerms\(100000000,1099511627776\)$/],
    ];
    const badOrders = bad.map(([name, terms]) => desk.order(name, terms));
    const receipt = await desk.bring(
      [late, spends(late, { 1: FUSD })],
      ...badOrders.map((each): [EscrowOrder, ReturnType<typeof spends>] => [each, spends(each, { 1: FUSD })]),
      [good, spends(good, { 1: FUSD })],
    );
    const reasons = await skippedBecause(building, receipt);
    assert.equal(reasons[0], `DeadlinePassed(${late.terms.deadline})`);
    for (const [index, [name, , expected]] of bad.entries()) assert.match(reasons[index + 1]!, expected, name);
    assert.equal((await desk.headerOf(good)).total, FUSD);
    const largest = desk.order('largest', { ceiling: 2n ** 40n - 1n });
    await desk.bring([largest, spends(largest, { 2: FUSD })]);
    assert.equal((await desk.headerOf(largest)).total, FUSD);

    const ragged = { ...orderOf(good, spends(good, { 2: FUSD })), items: '0x1234' };
    const exact = { ...orderOf(good, spends(good, { 2: FUSD })), mode: EXACT };
    const mask = await (book.getFunction('escrow').staticCall as (list: object[]) => Promise<bigint>)([
      ragged,
      exact,
      orderOf(good, spends(good, { 2: FUSD })),
    ]);
    assert.equal(mask, 0b100n);
    const both = await send(book, 'escrow', [ragged, exact]);
    assert.match((await skippedBecause(building, both))[1]!, /UnknownMode\(0\)/);
    const one = orderOf(good, []);
    assert.equal(await revertOf(book, send(book, 'escrow', Array(257).fill(one))), 'TooManyOrders(257)');
  });

  it('take at the deadline, and not a second after it', async () => {
    const { simulator, now } = building;
    const order = desk.order('deadline', { deadline: (await now()) + 1000 });
    await simulator.request('evm_setNextBlockTimestamp', [order.terms.deadline]);
    await desk.bring([order, spends(order, { 1: FUSD })]);
    assert.equal(await now(), order.terms.deadline);
    await simulator.request('evm_setNextBlockTimestamp', [order.terms.deadline + 1]);
    const late = await desk.bring([order, spends(order, { 2: FUSD })]);
    assert.deepEqual(await skippedBecause(building, late), [`DeadlinePassed(${order.terms.deadline})`]);
  });

  it('are not moved by what others send to the book', async () => {
    const { token, send, members, balanceOf, payee } = building;
    const order = desk.order('gift');
    await desk.bring([order, spends(order, { 1: 60n * FUSD })]);
    const giver = token.connect(await desk.walletAt(2)) as Contract;
    await send(giver, 'transfer', building.book.target, 50n * FUSD);
    assert.equal((await desk.headerOf(order)).total, 60n * FUSD);
    assert.equal((await desk.headerOf(order)).executed, false);
    await desk.bring([order, spends(order, { 3: 40n * FUSD })]);
    assert.deepEqual([await balanceOf(payee), await bookBalance()], [100n * FUSD, 50n * FUSD]);
    assert.equal(await balanceOf(members[1]!.address), 50n * FUSD);
  });

  it('are executed for a frozen payee too: who is frozen still receives', async () => {
    const { token, send, members, balanceOf } = building;
    const payee = members[8]!.address;
    await registryOf(building).freeze(9, true, 1);
    await send(token, token.interface.hasFunction('mirror') ? 'mirror' : 'mirrorFreeze', [9]);
    const order = desk.order('frozen payee', { payee });
    const receipt = await desk.bring([order, spends(order, { 1: 100n * FUSD })]);
    assert.equal(eventsOf(building.book, receipt, 'OrderExecuted').length, 1);
    assert.equal(await token.getFunction('isAccountFrozen')(payee), true);
    assert.equal(await balanceOf(payee), 100n * FUSD);
  });

  it('are executed once: execute finds nothing left to do, nor before the target', async () => {
    const { book, send } = building;
    const order = desk.order('executed');
    const execute = (each: EscrowOrder) => revertOf(book, send(book, 'execute', each.subject, each.terms));
    assert.equal(await execute(order), `TargetNotMet(${100n * FUSD},0)`);
    assert.equal(await execute(desk.order('never', { target: 0n })), 'TargetNotMet(0,0)');
    await desk.bring([order, spends(order, { 1: 60n * FUSD })]);
    assert.equal(await execute(order), `TargetNotMet(${100n * FUSD},${60n * FUSD})`);
    await desk.bring([order, spends(order, { 2: 40n * FUSD })]);
    assert.equal(await execute(order), `AlreadyExecuted(${desk.idOf(order)})`);
    await desk.pastDeadline(order);
    const late = desk.order('late', { deadline: order.terms.deadline });
    assert.equal(await execute(late), `DeadlinePassed(${late.terms.deadline})`);
  });
});

describe('orders in escrow, joined by the member itself', () => {
  let building: Building;
  let desk: ReturnType<typeof escrowOf>;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 4 });
    desk = escrowOf(building);
    await building.fund([1, 2, 3], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  it('wait in an entry, and are executed at the target', async () => {
    const { book, members, balanceOf, payee } = building;
    const order = desk.order('direct');
    const receipt = await desk.join(2, order, 60n * FUSD);
    assert.deepEqual(eventsOf(book, receipt, 'JoinedDirectly'), [
      {
        orderId: desk.idOf(order),
        subject: order.subject,
        seat: 2n,
        key: members[1]!.address,
        index: 0n,
        oldTotal: 0n,
        newTotal: 60n * FUSD,
      },
    ]);
    assert.deepEqual(await desk.entriesOf(order), [[2, 60n * FUSD]]);
    assert.equal(await book.getFunction('hasJoined')(desk.idOf(order), 2), true);
    assert.equal(await book.getFunction('hasJoined')(desk.idOf(order), 1), false);
    const last = await desk.join(1, order, 40n * FUSD);
    assert.equal(eventsOf(book, last, 'OrderExecuted')[0]?.total, 100n * FUSD);
    assert.deepEqual(await desk.entriesOf(order), [
      [2, 60n * FUSD],
      [1, 40n * FUSD],
    ]);
    const later = await desk.join(3, order, 5n * FUSD);
    assert.equal(eventsOf(book, later, 'JoinedDirectly')[0]?.index, 2n);
    assert.equal(eventsOf(book, later, 'OrderExecuted').length, 0);
    assert.deepEqual([await balanceOf(payee), await balanceOf(String(book.target))], [105n * FUSD, 0n]);
    const { total, count } = await desk.headerOf(order);
    assert.deepEqual([total, count], [105n * FUSD, 2n]);
  });

  it('are kept apart by seat, however far apart the seats are', async () => {
    const numbers = [1, 129, 255, 256, 257, 513, 16_777_215];
    const far = await createBuilding({
      config: {
        seats: numbers.map((seat) => ({
          seat,
          key: walletOf(`far ${seat}`).address,
          class: 1,
          dwelling: id(`dwelling of ${seat}`),
        })),
      },
    });
    try {
      const farDesk = escrowOf(far);
      await far.fund(numbers, 10n * FUSD);
      const order = farDesk.order('far');
      for (const [index, seat] of numbers.entries()) {
        const key = walletOf(`far ${seat}`).connect(far.provider);
        await far.simulator.request('hardhat_setBalance', [key.address, '0xde0b6b3a7640000']);
        await far.send(far.token.connect(key) as Contract, 'approve', far.book.target, 10n * FUSD);
        await farDesk.joinAs(key, order, BigInt(index + 1) * FUSD);
        const joined = await Promise.all(
          numbers.map((each) => far.book.getFunction('hasJoined')(farDesk.idOf(order), each)),
        );
        assert.deepEqual(
          joined,
          numbers.map((_, place) => place <= index),
        );
      }
      assert.deepEqual(
        await farDesk.entriesOf(order),
        numbers.map((seat, index) => [seat, BigInt(index + 1) * FUSD]),
      );
    } finally {
      await far.close();
    }
  });

  it('stand beside the same seat’s signed spend, each once', async () => {
    const { book, spend } = building;
    const order = desk.order('both');
    await desk.bring([order, [spend(1, 10n * FUSD, order)]]);
    await desk.join(1, order, 20n * FUSD);
    assert.equal(await revertOf(book, desk.join(1, order, FUSD)), `JoinedBefore(${desk.idOf(order)},1)`);
    const again = await desk.bring([order, [spend(1, 10n * FUSD, order)]]);
    assert.match((await skippedBecause(building, again))[0]!, /0x03\)$/);
    assert.deepEqual(await desk.entriesOf(order), [
      [1, 10n * FUSD],
      [1, 20n * FUSD],
    ]);
  });

  it('are refused when the terms, the seat or the amount are not right', async () => {
    const { book, token, now, stranger } = building;
    const order = desk.order('refused', { target: 50n * FUSD, ceiling: 60n * FUSD });
    const refused = async (seat: number, each: EscrowOrder, amount: bigint) =>
      revertOf(book, desk.join(seat, each, amount));
    assert.equal(await refused(1, order, 0n), 'BadAmount(0)');
    assert.equal(await refused(1, order, 60n * FUSD + 1n), `AboveCeiling(${60n * FUSD},${60n * FUSD + 1n})`);
    const late = desk.order('late', { deadline: (await now()) - 1 });
    assert.equal(await refused(1, late, FUSD), `DeadlinePassed(${late.terms.deadline})`);
    assert.match(await refused(1, desk.order('payee', { payee: ZeroAddress }), FUSD), /^BadPayee/);
    assert.match(await refused(1, desk.order('target', { target: 0n }), FUSD), /^BadTerms/);
    assert.equal(await revertOf(book, desk.joinAs(stranger, order, FUSD)), `NotASeat(${stranger.address})`);
    assert.match(await revertOf(token, desk.join(4, order, FUSD)), /^ERC20InsufficientBalance/);
    assert.match(
      await revertOf(token, desk.joinAs(await desk.walletAt(3), order, FUSD)),
      /^ERC20InsufficientAllowance/,
    );
    assert.equal((await desk.headerOf(order)).deadline, 0n);
    await desk.join(1, order, 60n * FUSD);
    assert.equal(await refused(2, order, 1n), `AboveCeiling(${60n * FUSD},${60n * FUSD + 1n})`);
  });

  it('are refused to a frozen, a retired and a former key', async () => {
    const { book, seats } = building;
    const registry = registryOf(building);
    const order = desk.order('seats');
    await registry.freeze(1, true, 1);
    assert.equal(await revertOf(book, desk.join(1, order, FUSD)), 'SeatIsFrozen(1)');
    await registry.retire(2);
    assert.equal(await revertOf(book, desk.join(2, order, FUSD)), 'SeatIsRetired(2)');
    await registry.changeKey(3, walletOf('new key'));
    await building.warpTo((await building.now()) + 48 * 3600 + 1);
    await registry.applyKeyChange(3);
    assert.equal(await seats.getFunction('formerSeatOf')(building.members[2]!.address), 3n);
    assert.equal(await revertOf(book, desk.join(3, order, FUSD)), `NotASeat(${building.members[2]!.address})`);
  });
});
