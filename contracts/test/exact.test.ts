import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { id } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { ESCROW, EXACT, hashStruct, pack } from './support/messages.ts';
import { eventsOf, skippedBecause } from './support/receipts.ts';
import { registryOf } from './support/registry.ts';

const code = {
  unknownSeat: 1,
  seatFrozen: 2,
  used: 3,
  expired: 4,
  badAmount: 5,
  wrongSigner: 6,
  unfunded: 7,
  overLimit: 8,
  retired: 11,
};

describe('an order in exact mode', () => {
  let building: Building;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: 8 });
    await building.fund([1, 2, 3, 4, 5], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const orderNamed = (name: string, terms = {}) => ({ subject: building.subject(name), terms: building.terms(terms) });
  const reasonsOf = (settled: Record<string, unknown> | undefined) => [
    ...Buffer.from(String(settled?.reasons).slice(2), 'hex'),
  ];

  it('debits each member once and pays the payee the sum', async () => {
    const { book, token, spend, orderOf, send, balanceOf, payee, members } = building;
    const order = orderNamed('rice');
    const items = [spend(1, 30n * FUSD, order), spend(2, 50n * FUSD, order), spend(3, 20n * FUSD, order)];
    const receipt = await send(book, 'settle', [orderOf(order, items)]);
    const [settled] = eventsOf(book, receipt, 'OrderSettled');
    assert.deepEqual(settled, {
      subject: order.subject,
      termsHash: hashStruct('Terms', order.terms),
      payee,
      mode: 0n,
      okMask: 0b111n,
      oldTotal: 0n,
      newTotal: 100n * FUSD,
    });
    const moved = eventsOf(token, receipt, 'Transfer').map((each) => [each.from, each.to, each.value]);
    assert.deepEqual(moved, [
      [members[0]!.address, payee, 30n * FUSD],
      [members[1]!.address, payee, 50n * FUSD],
      [members[2]!.address, payee, 20n * FUSD],
    ]);
    assert.equal(await balanceOf(payee), 100n * FUSD);
    assert.equal(await balanceOf(members[1]!.address), 50n * FUSD);
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0b1110n);
    assert.equal(await token.getFunction('isUsed')(order.subject, 3), true);
    assert.equal(await token.getFunction('isUsed')(order.subject, 4), false);
    const taken = await book.getFunction('takenOf')(order.subject);
    assert.deepEqual([taken.total, Number(taken.firstAt)], [100n * FUSD, await building.now()]);
  });

  it('settles the good items of a bad batch and says why of each other', async () => {
    const { book, token, spend, orderOf, send, balanceOf, members } = building;
    const order = orderNamed('mixed');
    const other = orderNamed('another order');
    const items = [
      spend(1, 60n * FUSD, order),
      spend(2, 10n * FUSD, order, { by: members[2]! }),
      spend(3, 10n * FUSD, order, { signed: { subject: other.subject } }),
      spend(4, 40n * FUSD, order),
      spend(4, 40n * FUSD, order),
      spend(5, 10n * FUSD, order, { validUntil: building.start - 1 }),
      spend(6, 10n * FUSD, order),
      { ...spend(7, 10n * FUSD, order), amount: 0n },
      spend(9, 10n * FUSD, order, { by: members[0]! }),
    ];
    const receipt = await send(book, 'settle', [orderOf(order, items)]);
    const [settled] = eventsOf(token, receipt, 'SpendsSettled');
    assert.equal(settled?.okMask, 0b1001n);
    assert.equal(settled?.total, 100n * FUSD);
    assert.deepEqual(reasonsOf(settled), [
      0,
      code.wrongSigner,
      code.wrongSigner,
      0,
      code.used,
      code.expired,
      code.unfunded,
      code.badAmount,
      code.unknownSeat,
    ]);
    assert.equal(await balanceOf(members[3]!.address), 60n * FUSD);
    for (const untouched of [1, 2, 4]) assert.equal(await balanceOf(members[untouched]!.address), 100n * FUSD);
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0b10010n);
  });

  it('settles a spend that was unfunded once it is funded', async () => {
    const { book, token, spend, orderOf, send, balanceOf, members, fund } = building;
    const order = orderNamed('later');
    const items = [spend(1, 100n * FUSD, order), spend(6, 40n * FUSD, order)];
    await send(book, 'settle', [orderOf(order, items)]);
    assert.equal(await token.getFunction('isUsed')(order.subject, 6), false);
    await fund([6], 40n * FUSD);
    const receipt = await send(book, 'settle', [orderOf(order, items)]);
    const [settled] = eventsOf(book, receipt, 'OrderSettled');
    assert.equal(settled?.okMask, 0b10n);
    assert.equal(settled?.newTotal, 140n * FUSD);
    assert.equal(await balanceOf(members[5]!.address), 0n);
    assert.equal(await balanceOf(members[0]!.address), 0n);
  });

  it('changes nothing when a batch is short of the target', async () => {
    const { book, token, spend, orderOf, send, balanceOf, members, payee } = building;
    const order = orderNamed('short');
    const items = [spend(1, 60n * FUSD, order), spend(6, 60n * FUSD, order)];
    const receipt = await send(book, 'settle', [orderOf(order, items)]);
    const total = 60n * FUSD;
    assert.deepEqual(await skippedBecause(building, receipt), [
      `TotalOutOfRange(${total},${100n * FUSD},${1000n * FUSD},1,0x0007)`,
    ]);
    assert.equal(await balanceOf(members[0]!.address), 100n * FUSD);
    assert.equal(await balanceOf(payee), 0n);
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0n);
    assert.equal((await book.getFunction('takenOf')(order.subject)).firstAt, 0n);
  });

  it('settles at exactly the target, and a micro-unit less is short', async () => {
    const { book, spend, orderOf, send } = building;
    const exact = orderNamed('exactly', { target: 50n * FUSD });
    const short = orderNamed('a micro-unit less', { target: 50n * FUSD + 1n });
    const receipt = await send(book, 'settle', [
      orderOf(exact, [spend(1, 50n * FUSD, exact)]),
      orderOf(short, [spend(2, 50n * FUSD, short)]),
    ]);
    assert.deepEqual(
      eventsOf(book, receipt, 'OrderSettled').map((each) => each.subject),
      [exact.subject],
    );
    assert.deepEqual(
      eventsOf(book, receipt, 'OrderSkipped').map((each) => each.subject),
      [short.subject],
    );
  });

  it('at exactly its target takes more, but a batch that takes nothing is no settlement', async () => {
    const { book, spend, orderOf, send } = building;
    const order = orderNamed('at its target', { target: 50n * FUSD });
    const first = spend(1, 50n * FUSD, order);
    await send(book, 'settle', [orderOf(order, [first])]);
    const again = await send(book, 'settle', [orderOf(order, [first])]);
    assert.equal(eventsOf(book, again, 'OrderSettled').length, 0);
    assert.match((await skippedBecause(building, again))[0]!, /^TotalOutOfRange\(0,1,950000000,0,0x03\)$/);
    const more = await send(book, 'settle', [orderOf(order, [spend(2, 1n, order)])]);
    assert.equal(eventsOf(book, more, 'OrderSettled')[0]?.newTotal, 50n * FUSD + 1n);
  });

  it('takes no more than the ceiling, in one batch or in several', async () => {
    const { book, spend, orderOf, send, balanceOf, payee } = building;
    const order = orderNamed('ceiling', { target: 50n * FUSD, ceiling: 100n * FUSD });
    const items = [spend(1, 60n * FUSD, order), spend(2, 40n * FUSD, order), spend(3, 1n, order)];
    const tooMuch = await send(book, 'settle', [orderOf(order, items)]);
    assert.match((await skippedBecause(building, tooMuch))[0]!, /^TotalOutOfRange/);
    await send(book, 'settle', [orderOf(order, [items[0]!])]);
    await send(book, 'settle', [orderOf(order, [items[1]!])]);
    const full = await send(book, 'settle', [orderOf(order, [items[2]!])]);
    assert.match((await skippedBecause(building, full))[0]!, /^TotalOutOfRange\(1,1,0,1,0x\)/);
    assert.equal(await balanceOf(payee), 100n * FUSD);
  });

  it('pays only whom the members signed', async () => {
    const { book, token, spend, orderOf, send, balanceOf, members } = building;
    const order = orderNamed('payee');
    const thief = walletOf('thief').address;
    const items = [spend(1, 60n * FUSD, order), spend(2, 40n * FUSD, order)];
    const receipt = await send(book, 'settle', [orderOf({ ...order, terms: { ...order.terms, payee: thief } }, items)]);
    assert.deepEqual(await skippedBecause(building, receipt), [
      `TotalOutOfRange(0,${100n * FUSD},${1000n * FUSD},0,0x0606)`,
    ]);
    assert.equal(await balanceOf(thief), 0n);
    assert.equal(await balanceOf(members[0]!.address), 100n * FUSD);
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0n);
  });

  it('refuses every changed field of the terms', async () => {
    const { book, spend, orderOf, send } = building;
    const order = orderNamed('terms');
    const item = spend(1, 100n * FUSD, order);
    const changes = [
      { closer: walletOf('x').address },
      { target: 99n * FUSD },
      { ceiling: 2000n * FUSD },
      { deadline: order.terms.deadline + 1 },
      { detailsHash: building.subject('other goods') },
    ];
    const changed = changes.map((change) => orderOf({ ...order, terms: { ...order.terms, ...change } }, [item]));
    const receipt = await send(book, 'settle', changed);
    const reasons = await skippedBecause(building, receipt);
    assert.equal(reasons.length, changes.length);
    for (const reason of reasons) assert.match(reason, /^TotalOutOfRange\(0,.*0x06\)$/);
  });

  it('keeps to the terms that it began with', async () => {
    const { book, spend, orderOf, send } = building;
    const order = orderNamed('first terms', { target: 10n * FUSD });
    const edited = { ...order, terms: { ...order.terms, ceiling: 5000n * FUSD } };
    await send(book, 'settle', [orderOf(order, [spend(1, 10n * FUSD, order)])]);
    const receipt = await send(book, 'settle', [orderOf(edited, [spend(2, 10n * FUSD, edited)])]);
    assert.match((await skippedBecause(building, receipt))[0]!, /^OtherTerms/);
  });

  it('refuses senseless terms and a passed deadline', async () => {
    const { book, spend, orderOf, send, now } = building;
    const deadline = await now();
    const orders = [
      orderNamed('no target', { target: 0n }),
      orderNamed('upside down', { target: 20n, ceiling: 19n }),
      orderNamed('late', { deadline }),
    ];
    const receipt = await send(
      book,
      'settle',
      orders.map((order) => orderOf(order, [spend(1, 20n, order)])),
    );
    assert.deepEqual(await skippedBecause(building, receipt), [
      'BadTerms(0,1000000000)',
      'BadTerms(20,19)',
      `DeadlinePassed(${deadline})`,
    ]);
  });

  it('settles several orders in one transaction, each on its own', async () => {
    const { book, spend, orderOf, send, balanceOf, members, payee } = building;
    const good = orderNamed('good');
    const short = orderNamed('fails');
    const malformed = orderNamed('malformed');
    const last = orderNamed('last', { payee: walletOf('second payee').address });
    const settledMask = await book
      .getFunction('settle')
      .staticCall([orderOf(good, [spend(1, 100n * FUSD, good)]), orderOf(short, [spend(1, 100n * FUSD, short)])]);
    assert.equal(settledMask, 0b01n);
    const receipt = await send(book, 'settle', [
      orderOf(good, [spend(1, 50n * FUSD, good), spend(2, 50n * FUSD, good)]),
      orderOf(short, [spend(2, 30n * FUSD, short), spend(3, 60n * FUSD, short)]),
      { ...orderOf(malformed, [spend(4, 100n * FUSD, malformed)]), items: '0x1234' },
      orderOf(last, [spend(2, 50n * FUSD, last), spend(3, 50n * FUSD, last)]),
    ]);
    assert.deepEqual(
      eventsOf(book, receipt, 'OrderSettled').map((each) => each.subject),
      [good.subject, last.subject],
    );
    const reasons = await skippedBecause(building, receipt);
    assert.match(reasons[0]!, /^TotalOutOfRange/);
    assert.equal(reasons[1], 'BadItems(2,84)');
    assert.equal(await balanceOf(payee), 100n * FUSD);
    assert.equal(await balanceOf(members[1]!.address), 0n);
    assert.equal(await balanceOf(members[2]!.address), 50n * FUSD);
  });

  it('refuses a list that is empty, torn, too long or of an unknown mode', async () => {
    const { book, spend, orderOf, send } = building;
    const order = orderNamed('shapes');
    const item = orderOf(order, [spend(1, 100n * FUSD, order)]).items;
    const whole = orderOf(order, []);
    const receipt = await send(book, 'settle', [
      { ...whole, items: '0x' },
      { ...whole, items: `${item}00` },
      { ...whole, items: `0x${item.slice(2).repeat(201)}` },
      { ...whole, items: item, mode: 2 },
    ]);
    assert.deepEqual(await skippedBecause(building, receipt), [
      'BadItems(0,84)',
      'BadItems(85,84)',
      'BadItems(16884,84)',
      'UnknownMode(2)',
    ]);
  });

  it('lets a member be the payee', async () => {
    const { book, spend, orderOf, send, balanceOf, members } = building;
    const order = orderNamed('own goods', { payee: members[0]!.address });
    await send(book, 'settle', [orderOf(order, [spend(1, 60n * FUSD, order), spend(2, 60n * FUSD, order)])]);
    assert.equal(await balanceOf(members[0]!.address), 160n * FUSD);
    assert.equal(await balanceOf(members[1]!.address), 40n * FUSD);
  });

  it('takes nothing from a seat that was given back, and all from the others', async () => {
    const { spend, orderOf, send, book, token, balanceOf, members, payee } = building;
    const order = orderNamed('moved out', { target: FUSD });
    const items = [spend(1, FUSD, order), spend(2, FUSD, order)];
    await registryOf(building).retire(1);
    const receipt = await send(book, 'settle', [orderOf(order, items)]);
    assert.deepEqual(reasonsOf(eventsOf(token, receipt, 'SpendsSettled')[0]), [code.retired, 0]);
    assert.deepEqual([await balanceOf(members[0]!.address), await balanceOf(payee)], [100n * FUSD, FUSD]);
    assert.equal(await token.getFunction('isUsed')(order.subject, 1), false);
  });

  it('takes no spend that was signed for another mode', async () => {
    const { spend, send, token, relayer, balanceOf, payee } = building;
    const order = orderNamed('modes');
    const termsHash = hashStruct('Terms', order.terms);
    // The relayer is a book here: the token settles for whoever the members named.
    const signedFor = (mode: number) =>
      pack([spend(1, FUSD, order, { signed: { book: relayer.address, mode } })], mode);
    const settle = async (items: string, mode: number) => {
      const receipt = await send(token, 'settleSpends', order.subject, termsHash, payee, mode, 0, FUSD, items);
      return reasonsOf(eventsOf(token, receipt, 'SpendsSettled')[0]);
    };
    assert.deepEqual(await settle(signedFor(EXACT), ESCROW), [code.wrongSigner]);
    assert.deepEqual(await settle(signedFor(ESCROW), EXACT), [code.wrongSigner]);
    assert.deepEqual(await settle(signedFor(ESCROW), ESCROW), []);
    assert.deepEqual(await settle(signedFor(EXACT), EXACT), [code.used]);
    assert.equal(await balanceOf(payee), FUSD);
  });

  it('keeps seats of different bitmap words apart', async () => {
    const far = await createBuilding({
      config: {
        seats: [3, 255, 256, 259, 70_000, 16_777_215].map((seat) => ({
          seat,
          key: walletOf(`seat ${seat}`).address,
          class: 1,
          dwelling: id(`dwelling of ${seat}`),
        })),
      },
    });
    try {
      const numbers = [3, 255, 256, 259, 70_000, 16_777_215];
      await far.fund(numbers, 50n * FUSD);
      const order = { subject: far.subject('far'), terms: far.terms() };
      const items = numbers.map((seat) => far.spend(seat, 20n * FUSD, order, { by: walletOf(`seat ${seat}`) }));
      await far.send(far.book, 'settle', [far.orderOf(order, items)]);
      const word = (index: number) => far.token.getFunction('usedWord')(order.subject, index) as Promise<bigint>;
      assert.equal(await word(0), (1n << 3n) | (1n << 255n));
      assert.equal(await word(1), (1n << 0n) | (1n << 3n));
      assert.equal(await word(70_000 >> 8), 1n << BigInt(70_000 & 255));
      assert.equal(await word(65_535), 1n << 255n);
      assert.equal(await far.balanceOf(far.payee), 120n * FUSD);
    } finally {
      await far.close();
    }
  });
});
