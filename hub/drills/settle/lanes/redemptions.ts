import { fieldsOf } from '../../../src/signing/index.ts';
import type { Phone } from '../../day/building.ts';
import { type LaneOfDay, type Life, ordinaryOfMoney, texts } from './lane.ts';

async function live(life: Life): Promise<void> {
  const { cast, random } = life;
  while (!life.isOver()) {
    const phone: Phone = random.pick(cast.residents);
    const { seat } = phone;
    const body = { amountMicros: random.between(1, 20) * 100, payTo: 'in cash' };
    const outcome = await life
      .caller(phone)
      .perform<{ id: string }>({ method: 'POST', path: '/api/redemptions', body });
    if (outcome.done) {
      const text = `${outcome.body.id}: ${body.amountMicros} of seat ${seat}`;
      life.acknowledged({ lane: 'redemptions', text, isIntent: true });
    } else life.refused(outcome, ...ordinaryOfMoney);
    await life.pause();
  }
}

interface AtDesk {
  readonly id: string;
  readonly state: string;
}

let receipts = 0;

/** The treasurer ends one that the chain has set aside: paid, or refused. */
async function endOne(life: Life, how: 'paid' | 'refuse'): Promise<void> {
  const { cast, random } = life;
  const treasurer = life.caller(cast.treasurer);
  const { items } = await treasurer.get<{ items: AtDesk[] }>('/api/redemptions/desk?limit=200');
  const pending = items.filter(({ state }) => state === 'pending');
  if (pending.length === 0) return;
  const { id } = random.pick(pending);
  const body = how === 'paid' ? { bankReference: `Receipt ${++receipts}` } : { reason: 'The till is empty.' };
  const outcome = await treasurer.perform({ method: 'POST', path: `/api/redemptions/${id}/${how}`, body });
  if (!outcome.done) return life.refused(outcome, 'conflict', 'not_found', 'already_exists', 'not_allowed');
  if (how === 'paid') life.acknowledged({ lane: 'payouts', text: `${id}: paid`, isIntent: true });
  else life.acknowledged({ lane: 'restores', text: `${id}: refused`, isIntent: true });
}

const ending = (how: 'paid' | 'refuse') => async (life: Life) => {
  while (!life.isOver()) {
    await endOne(life, how);
    await life.pause();
  }
};

/** Money that members ask to be paid out. */
export const redemptions: LaneOfDay = {
  name: 'redemptions',
  calls: ['FoodUSD.requestRedemptions'],
  live,
  most: 280,
  kept: (reader) =>
    texts(
      reader,
      `SELECT public_id || ': ' || amount_micros || ' of seat ' || seat AS text FROM redemptions WHERE is_own = 0`,
    ),
  keyOf: ({ message }) => fieldsOf(message, 'Redeem').redemptionRef,
  landed: ({ events }) => events.of('FoodUSD', 'RedemptionRequested').map(({ args }) => String(args.redemptionRef)),
  voidReasons: ['account_short', 'cancelled'],
};

const ended = (states: string, word: string) =>
  `SELECT public_id || ': ${word}' AS text FROM redemptions WHERE state IN (${states})`;

export const payouts: LaneOfDay = {
  name: 'payouts',
  isOneByOne: true,
  calls: ['FoodUSD.confirmRedemption'],
  live: ending('paid'),
  kept: (reader) => texts(reader, ended(`'paying', 'paid'`, 'paid')),
  keyOf: ({ message }) => fieldsOf(message, 'Payout').redemptionRef,
  landed: ({ events }) => events.of('FoodUSD', 'RedemptionPaid').map(({ args }) => String(args.redemptionRef)),
  voidReasons: [],
};

export const restores: LaneOfDay = {
  name: 'restores',
  isOneByOne: true,
  calls: ['FoodUSD.restoreRedemption'],
  live: ending('refuse'),
  kept: (reader) => texts(reader, ended(`'returning', 'returned'`, 'refused')),
  keyOf: ({ message }) => fieldsOf(message, 'Restore').redemptionRef,
  landed: ({ events }) => events.of('FoodUSD', 'RedemptionRestored').map(({ args }) => String(args.redemptionRef)),
  voidReasons: [],
};
