import { coopSeat } from '../../../src/modules/members/index.ts';
import { fieldsOf } from '../../../src/signing/index.ts';
import { liveInChains } from './chains.ts';
import { type LaneOfDay, type Life, ordinaryOfMoney, texts } from './lane.ts';
import { guestSeats } from './seats.ts';

async function live(life: Life): Promise<void> {
  const { cast, random } = life;
  while (!life.isOver()) {
    const from = random.pick(cast.residents);
    const toSeat = random.pick([...cast.seats, ...guestSeats.slice(-10)].filter((seat) => seat !== from.seat));
    const body = { toSeat, amountMicros: random.between(1, 40) * 500 };
    const outcome = await life.caller(from).perform<{ id: string }>({ method: 'POST', path: '/api/transfers', body });
    if (outcome.done) {
      const text = `${outcome.body.id}: ${body.amountMicros} of seat ${from.seat} for seat ${toSeat}`;
      life.acknowledged({ lane: 'transfers', text, isIntent: true });
    } else life.refused(outcome, ...ordinaryOfMoney);
    await life.pause();
  }
}

/** Neighbours who send each other money. */
export const transfers: LaneOfDay = {
  name: 'transfers',
  calls: ['FoodUSD.transferBatch', 'FoodUSD.isTransferUsed'],
  live: (life) => Promise.all([live(life), liveInChains(life)]).then(() => {}),
  kept: (reader) =>
    texts(
      reader,
      `SELECT public_id || ': ' || amount_micros || ' of seat ' || from_seat || ' for seat ' || to_seat AS text FROM transfers`,
    ),
  keyOf: ({ message }) => {
    const { seat, nonce } = fieldsOf(message, 'Transfer');
    return `${seat}/${nonce}`;
  },
  landed: ({ events }) =>
    events
      .of('FoodUSD', 'SeatTransfer')
      .filter(({ args }) => Number(args.seat) !== coopSeat)
      .map(({ args }) => `${args.seat}/${args.nonce}`),
  // All that somebody has may be more than the token lets leave in a day.
  // The message names the key that it was for, and days went by: nobody's money goes to a key of the past.
  voidReasons: ['account_short', 'cancelled', 'above_daily_limit', 'payee_key_changed'],
};
