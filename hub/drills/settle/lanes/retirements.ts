import { fieldsOf } from '../../../src/signing/index.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';
import { leavingSeats } from './seats.ts';

async function live(life: Life): Promise<void> {
  const officer = life.caller(life.cast.board[0]);
  while (!life.isOver()) {
    const seat = leavingSeats.shift();
    if (seat !== undefined) {
      const body = { reason: 'Moved away.' };
      const outcome = await officer.perform({ method: 'POST', path: `/api/members/${seat}/retirement`, body });
      if (outcome.done) life.acknowledged({ lane: 'retirements', text: `seat ${seat}: retired`, isIntent: true });
      // A restore took the guest, or gave the number to one who has left already.
      else life.refused(outcome, 'not_found', 'already_exists');
    }
    await life.pause();
  }
}

/** Guests who move away: the board ends their seats. */
export const retirements: LaneOfDay = {
  name: 'retirements',
  isOneByOne: true,
  calls: ['SeatRegistry.retireSeat'],
  live,
  kept: (reader) =>
    texts(
      reader,
      `SELECT 'seat ' || json_extract(message, '$.fields.seat') || ': retired' AS text FROM intents WHERE lane = 'retirements'`,
    ),
  keyOf: ({ message }) => String(fieldsOf(message, 'Retire').seat),
  landed: ({ events }) => events.of('SeatRegistry', 'SeatRetired').map(({ args }) => String(args.seat)),
  voidReasons: [],
};
