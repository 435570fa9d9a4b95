import type { Hex } from '../../../src/platform/ports/index.ts';
import { fieldsOf } from '../../../src/signing/index.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';

/** Seats that the drill's own guests hold, as the people's process knows them. */
export const guestSeats: number[] = [];
/** Every other one moves away again, and has nothing else to do with anybody. */
export const leavingSeats: number[] = [];

const pin = '739154';
let guests = 0;

async function live(life: Life): Promise<void> {
  while (!life.isOver()) {
    const name = `Drill guest ${++guests}`;
    const body = { name, seatClass: 'guest', roles: [], pin };
    const officer = life.caller(life.random.pick(life.cast.board));
    const outcome = await officer.perform<{ seat: number }>({ method: 'POST', path: '/api/members', body });
    if (outcome.done) {
      const { seat } = outcome.body;
      life.acknowledged({ lane: 'seats', text: `seat ${seat}: ${name}`, isIntent: true });
      const seats = guests % 2 ? guestSeats : leavingSeats;
      if (!seats.includes(seat)) seats.push(seat);
    } else life.refused(outcome);
    await life.pause();
  }
}

const keyOf = (one: { seat: number; key: Hex }): string => `${one.seat}/${one.key.toLowerCase()}`;

/** People who come later: the registry learns of them. */
export const seats: LaneOfDay = {
  name: 'seats',
  isOneByOne: true,
  calls: ['SeatRegistry.issueSeats'],
  live,
  most: 240,
  kept: (reader) =>
    texts(reader, `SELECT 'seat ' || seat || ': ' || name AS text FROM members WHERE name LIKE 'Drill guest %'`),
  keyOf: ({ message }) => keyOf(fieldsOf(message, 'Issue').seats[0]!),
  landed: ({ events }) =>
    events.of('SeatRegistry', 'SeatIssued').map(({ args }) => keyOf({ seat: Number(args.seat), key: args.key as Hex })),
  // A restored hub gives a number again that the registry has given to somebody whom it forgot.
  voidReasons: ['seat_taken'],
};
