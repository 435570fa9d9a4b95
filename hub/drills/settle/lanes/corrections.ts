import { coopSeat } from '../../../src/modules/members/index.ts';
import { type LaneOfDay, type Life, ordinaryOfMoney, texts } from './lane.ts';
import { transfers } from './transfers.ts';

async function live(life: Life): Promise<void> {
  const { cast, random } = life;
  const treasurer = life.caller(cast.treasurer);
  while (!life.isOver()) {
    const toSeat = random.pick(cast.residents).seat;
    const body = { toSeat, amountMicros: random.between(1, 9), note: 'One bag weighed less.' };
    const outcome = await treasurer.perform<{ id: string }>({ method: 'POST', path: '/api/corrections', body });
    if (outcome.done) {
      const text = `${outcome.body.id}: ${body.amountMicros} for seat ${toSeat}`;
      life.acknowledged({ lane: 'corrections', text, isIntent: true });
    } else life.refused(outcome, ...ordinaryOfMoney);
    await life.pause();
  }
}

/** Its own seat signs: the first field of an item, or of what is asked about it. */
function isOfCoop(fn: string, [first]: readonly unknown[]): boolean {
  const seat = fn === 'transferBatch' ? (first as { seat: bigint }[])[0]?.seat : first;
  return Number(seat) === coopSeat;
}

/** What the co-op gives members back after their orders came short. */
export const corrections: LaneOfDay = {
  ...transfers,
  name: 'corrections',
  isOf: (fn, args) => isOfCoop(fn, args),
  live,
  kept: (reader) =>
    texts(reader, `SELECT public_id || ': ' || amount_micros || ' for seat ' || to_seat AS text FROM corrections`),
  landed: ({ events }) =>
    events
      .of('FoodUSD', 'SeatTransfer')
      .filter(({ args }) => Number(args.seat) === coopSeat)
      .map(({ args }) => `${args.seat}/${args.nonce}`),
  voidReasons: [],
};
