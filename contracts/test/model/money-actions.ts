import { id } from 'ethers';
import { FUSD } from '../support/building.ts';
import type { EscrowOrder } from '../support/escrow.ts';
import { sign } from '../support/messages.ts';
import { UNLIMITED } from './money.ts';
import { eventsIn, GENERATIONS, keyAt, NONCES, SEATS } from './money-chain.ts';
import { batchOf, newOrder, type Story } from './money-story.ts';
import type { Spend } from './money-words.ts';
import { mode, type Outcome } from './orders.ts';

type Action = (story: Story) => Promise<void>;

const UNKNOWN_MODE = id('UnknownMode(uint8)').slice(0, 10);

const attest: Action = async ({ building, money, dice, both, chain }) => {
  const value = {
    reserve: BigInt(500 + dice.below(5000)) * FUSD,
    documentHash: id('statement'),
    sequence: money.sequence + (dice.chance(10) ? 0 : 1 + dice.below(3)),
    takenAt: chain.clock.now,
  };
  const signature = sign(building.attestor, building.domain, 'Attestation', value);
  const errors = money.attest(value.reserve, value.sequence);
  await both(errors, () =>
    building.send(
      building.token,
      'attest',
      value.reserve,
      value.documentHash,
      value.sequence,
      value.takenAt,
      signature,
    ),
  );
};

const mint: Action = async (story) => {
  const { building, money, names, dice } = story;
  const items = Array.from({ length: 1 + dice.below(3) }, () => {
    names.deposits.push(`deposit ${names.deposits.length + 1}`);
    const ref = dice.chance(85) ? names.deposits.at(-1)! : dice.pick(names.deposits);
    const value = {
      seat: dice.chance(4) ? 77 : dice.pick(SEATS),
      amount: story.amount(150n),
      depositRef: id(ref),
      validUntil: story.validUntil(),
    };
    const by = dice.chance(5) ? story.thief : building.minter;
    return { ref, ...value, ...story.signed(by, 'Mint', value, { amount: value.amount + 1n }) };
  });
  await story.batch(money.mint(items), 'DepositsMinted', () => building.send(building.token, 'mintBatch', items));
};

const transfer: Action = async (story) => {
  const { building, money, dice, names, wallets } = story;
  const from = wallets.get(dice.chance(80) ? story.seatKey(dice.pick(SEATS)).address : dice.pick([...wallets.keys()]))!;
  const to = dice.pick(names.accounts);
  const most = dice.chance(30) ? 300n : 30n;
  const amount = dice.chance(10) ? money.account(from.address).balance : story.amount(most);
  const errors = money.transfer(from.address, to, amount);
  await story.both(errors, () => building.send(story.as(building.token, from), 'transfer', to, amount));
};

const approve: Action = async (story) => {
  const { building, money, dice } = story;
  const from = story.seatKey(dice.pick(SEATS));
  const amount = dice.chance(40) ? UNLIMITED : story.amount(100n);
  const errors = money.approve(from.address, amount);
  await story.both(errors, () =>
    building.send(story.as(building.token, from), 'approve', building.book.target, amount),
  );
};

const transferBatch: Action = async (story) => {
  const { building, money, dice, names } = story;
  const items = Array.from({ length: 1 + dice.below(3) }, () => {
    const seat = dice.pick(SEATS);
    const value = {
      seat,
      to: dice.pick(names.accounts),
      amount: story.amount(40n),
      nonce: dice.pick(NONCES),
      reasonHash: id('reason'),
      validUntil: story.validUntil(),
    };
    return { ...value, ...story.signed(story.signerFor(seat), 'Transfer', value, { to: story.thief.address }) };
  });
  await story.batch(money.transferBatch(items), 'TransfersCarried', () =>
    building.send(building.token, 'transferBatch', items),
  );
};

const redeem: Action = async (story) => {
  const { building, money, dice, names } = story;
  const items = Array.from({ length: 1 + dice.below(2) }, () => {
    names.redemptions.push(`redemption ${names.redemptions.length + 1}`);
    const ref = dice.chance(85) ? names.redemptions.at(-1)! : dice.pick(names.redemptions);
    const seat = dice.pick(SEATS);
    const value = { seat, amount: story.amount(40n), redemptionRef: id(ref), validUntil: story.validUntil() };
    const signature = story.signed(story.signerFor(seat), 'Redeem', value, { amount: value.amount + 1n });
    return { ref, ...value, ...signature };
  });
  await story.batch(money.requestRedemptions(items), 'RedemptionsRequested', () =>
    building.send(building.token, 'requestRedemptions', items),
  );
};

const endRedemption: Action = async (story) => {
  const { building, money, dice, names } = story;
  const { token, domain } = building;
  const ref =
    names.redemptions.length > 0 && dice.chance(92) ? dice.pick(names.redemptions.slice(-6)) : 'no redemption';
  if (dice.chance(25)) {
    await story.both(money.restoreLate(ref), () => building.send(token, 'restoreLateRedemption', id(ref)));
    return;
  }
  const by = dice.chance(8) ? story.thief : building.minter;
  const until = story.validUntil();
  const paid = dice.chance(60);
  const [fn, name, hash] = paid
    ? (['confirmRedemption', 'Payout', 'documentHash'] as const)
    : (['restoreRedemption', 'Restore', 'caseHash'] as const);
  const signature = sign(by, domain, name, { redemptionRef: id(ref), [hash]: id('why'), validUntil: until });
  const errors = money.endRedemption(ref, paid ? 'paid' : 'restored', by.address, until);
  await story.both(errors, () => building.send(token, fn, id(ref), id('why'), until, signature));
};

const limit: Action = async (story) => {
  const { building, money, dice, names } = story;
  if (dice.chance(40)) {
    const key = dice.chance(80) ? story.seatKey(dice.pick(SEATS)).address : dice.pick(names.accounts);
    await story.both(money.applyLimit(key), () => building.send(building.token, 'applyDailyLimit', key));
    return;
  }
  const seat = dice.pick(SEATS);
  const by = story.signerFor(seat);
  const revision = money.account(money.seats.get(seat)!.key).limitRevision + dice.below(4);
  const value = { seat, limit: story.amount(400n), revision, validUntil: story.validUntil() };
  const signature = sign(by, building.domain, 'DailyLimit', value);
  const errors = money.setLimit(seat, value.limit, revision, by.address, value.validUntil);
  await story.both(errors, () =>
    building.send(building.token, 'setDailyLimit', seat, value.limit, revision, value.validUntil, signature),
  );
};

const pause: Action = async (story) => {
  const { building, money, dice, room } = story;
  const { token } = building;
  if (dice.chance(35)) {
    await story.both(money.pause(), () => building.send(story.as(token, building.guardian), 'pause'));
    return;
  }
  const data = token.interface.encodeFunctionData('unpause');
  const call = await room.signedCall(token.target, data);
  await story.both(money.unpause(), () => building.send(building.boardroom, 'execute', ...call));
};

const freeze: Action = async ({ money, dice, registry, both }) => {
  const seat = dice.pick(SEATS);
  const { frozen, freezeRevision } = money.seats.get(seat)!;
  const next = frozen ? dice.chance(10) : dice.chance(60);
  const errors = money.freeze(seat, next);
  await both(errors, () => registry.freeze(seat, next, freezeRevision + 1));
};

const mirror: Action = async ({ building, money, dice, both }) => {
  const list = Array.from({ length: 1 + dice.below(4) }, () => (dice.chance(10) ? 77 : dice.pick(SEATS)));
  await both(money.mirror(list), () => building.send(building.token, 'mirror', list));
};

const retire: Action = async ({ money, dice, registry, both }) => {
  const seat = dice.pick(SEATS);
  await both(money.retire(seat), () => registry.retire(seat));
};

const changeKey: Action = async (story) => {
  const { money, dice, registry, generations } = story;
  const number = dice.pick(SEATS);
  const seat = money.seats.get(number)!;
  const generation = generations.get(number)! + 1;
  if (seat.change ? dice.chance(85) : generation >= GENERATIONS) {
    const errors = money.applyKey(number);
    await story.both(errors, () => registry.applyKeyChange(number));
    if (errors.length === 0) generations.set(number, generation);
    return;
  }
  const next = keyAt(number, generation);
  const isRecovery = dice.chance(40);
  const revision = seat.keyRevision + 1;
  const oldBy = story.seatKey(number);
  const errors = money.announceKey(number, next.address, isRecovery);
  await story.both(errors, () =>
    isRecovery
      ? registry.recoverKey(number, next, { revision })
      : registry.changeKey(number, next, { revision, oldBy }),
  );
};

const carry: Action = async ({ building, money, dice, wallets, both }) => {
  const former = [...money.formerSeats.keys()];
  const key = former.length > 0 && dice.chance(90) ? dice.pick(former) : dice.pick([...wallets.keys()]);
  await both(money.carry(key), () => building.send(building.token, 'carry', key));
};

/** Signed spends of an order: seats in any order and sometimes twice, and every kind of flaw. */
function spendsOf(story: Story, order: EscrowOrder) {
  const { building, dice } = story;
  const spends: Spend[] = [];
  const items = Array.from({ length: 1 + dice.below(5) }, () => {
    const seat = dice.pick(SEATS);
    const by = story.signerFor(seat);
    const amount = story.amount(45n);
    const more = dice.chance(6) && amount > 0n ? -1n : dice.amount(5n * FUSD);
    const maxAmount = order.mode === mode.atMost ? amount + more : amount;
    const spoilt = dice.chance(4);
    const until = story.validUntil();
    const signed = spoilt
      ? dice.pick([{ subject: id('elsewhere') }, { mode: (order.mode + 1) % 3 }, { revision: 2 }])
      : {};
    spends.push({ seat, amount, maxAmount, validUntil: until, signer: spoilt ? undefined : by.address });
    return building.spend(seat, amount, order, { by, maxAmount, validUntil: until, signed });
  });
  return { items, spends };
}

/** Settles or escrows one or two orders in a call, mostly as they ask to be. */
const bring: Action = async (story) => {
  const { building, orders, dice, names } = story;
  const chosen = Array.from({ length: 1 + dice.below(2) }, () =>
    names.orders.length === 0 || dice.chance(25) ? newOrder(story) : dice.pick(names.orders.slice(-5)).order,
  );
  const escrowed = dice.chance(94) ? chosen[0]!.mode === mode.escrow : chosen[0]!.mode !== mode.escrow;
  const made = chosen.map((order) => {
    const { items, spends } = spendsOf(story, order);
    const by = dice.chance(6) ? story.thief : building.closer;
    const closedBy = order.mode === mode.atMost ? by.address : undefined;
    return { sent: building.orderOf(order, items, by), told: { ...batchOf(story, order), items: spends, closedBy } };
  });
  const told = made.map((each) => each.told);
  const outcomes = escrowed ? orders.escrow(told) : orders.settle(told);
  const receipt = await story.both([], () =>
    building.send(
      building.book,
      escrowed ? 'escrow' : 'settle',
      made.map((each) => each.sent),
    ),
  );
  checkOutcomes(story, outcomes, receipt!, escrowed ? 'OrderJoined' : 'OrderSettled');
};

function checkOutcomes(
  story: Story,
  outcomes: readonly Outcome[],
  receipt: Parameters<typeof eventsIn>[1],
  taken: string,
): void {
  const { building, checkItems, met } = story;
  const skipped = eventsIn(building.book, receipt, 'OrderSkipped');
  const done = eventsIn(building.book, receipt, taken);
  const settled = eventsIn(building.token, receipt, 'SpendsSettled');
  for (const { why, found } of outcomes) {
    if (why.length === 0) {
      const [event, spends] = [done.shift(), settled.shift()];
      if (!event || !spends) throw new Error('an order was not taken');
      checkItems(found, spends.okMask, spends.reasons);
      continue;
    }
    const data = String(skipped.shift()?.reason);
    const name = story.chain.errorName(data);
    // A library's error, which no contract's ABI names.
    const known = data.startsWith(UNKNOWN_MODE) ? 'UnknownMode' : name;
    met.add(known);
    if (!why.includes(known)) throw new Error(`an order was skipped for ${known}, expected ${why.join(' or ')}`);
    if (known !== 'TotalOutOfRange') continue;
    const [, , , okMask, reasons] = building.token.interface.parseError(data)!.args;
    checkItems(found, okMask, reasons);
  }
  if (skipped.length + done.length > 0) throw new Error('more orders than were brought');
}

const anOrder = (story: Story): EscrowOrder => {
  const { names, dice } = story;
  const waiting = names.orders.filter(({ order }) => order.mode === mode.escrow).slice(-8);
  return waiting.length > 0 && dice.chance(92) ? dice.pick(waiting).order : newOrder(story);
};

const join: Action = async (story) => {
  const { building, orders, dice } = story;
  const order = anOrder(story);
  const wallet = dice.chance(93) ? story.seatKey(dice.pick(SEATS)) : keyAt(dice.pick(SEATS), 0);
  const amount = story.amount(45n);
  const errors = orders.join(wallet.address, batchOf(story, order), amount);
  await story.both(errors, () =>
    building.send(story.as(building.book, wallet), 'join', order.subject, order.terms, amount),
  );
};

const execute: Action = async (story) => {
  const { building, orders } = story;
  const order = anOrder(story);
  const errors = orders.execute(batchOf(story, order));
  await story.both(errors, () => building.send(building.book, 'execute', order.subject, order.terms));
};

const refund: Action = async (story) => {
  const { building, orders, dice, desk } = story;
  const orderId = desk.idOf(anOrder(story));
  const count = orders.escrows.get(orderId)?.entries.length ?? 0;
  if (dice.chance(50)) {
    const index = dice.below(count + 1);
    const errors = orders.refund(orderId, index);
    await story.both(errors, () => building.send(building.book, 'refund', orderId, index));
    return;
  }
  const [from, to] = [dice.below(count + 1), dice.below(count + 2)];
  const paid = orders.refundPage(orderId, from, to);
  const receipt = await story.both(typeof paid === 'number' ? [] : paid, () =>
    building.send(building.book, 'refundPage', orderId, from, to),
  );
  if (receipt && eventsIn(building.book, receipt, 'Refunded').length !== paid)
    throw new Error(`expected ${paid} refunds`);
};

/** Each with how often it comes. */
export const actions: readonly (readonly [string, number, Action])[] = [
  ['attest', 3, attest],
  ['mint', 10, mint],
  ['transfer', 8, transfer],
  ['approve', 4, approve],
  ['transferBatch', 8, transferBatch],
  ['redeem', 6, redeem],
  ['endRedemption', 5, endRedemption],
  ['limit', 6, limit],
  ['pause', 2, pause],
  ['freeze', 4, freeze],
  ['mirror', 3, mirror],
  ['retire', 0.5, retire],
  ['changeKey', 6, changeKey],
  ['carry', 4, carry],
  ['bring', 24, bring],
  ['join', 9, join],
  ['execute', 1, execute],
  ['refund', 10, refund],
];
