import { fieldsOf } from '../../../src/signing/index.ts';
import type { Acknowledged as OfDay } from '../../day/ledger.ts';
import { type Board, liveAsResident } from '../../day/residents.ts';
import { type LaneOfDay, type Life, ordinaryOfMoney, texts } from './lane.ts';

function textOf(entry: OfDay): string {
  if (entry.what === 'opened') return `${entry.title} opened as ${entry.orderId}`;
  if (entry.what === 'left') return `seat ${entry.seat} in ${entry.orderId}: left`;
  if (entry.what === 'joined' || entry.what === 'changed')
    return `seat ${entry.seat} in ${entry.orderId}: ${entry.amountMicros} signed`;
  throw new Error(`no resident says ${entry.what}`);
}

/** Four fill each other's orders; others are at their own. */
const circle = 4;

async function live(life: Life): Promise<void> {
  const { cast, random } = life;
  const boards = new Map<number, Board>();
  let titles = 0;
  const residents = cast.residents.map((phone, index) => {
    const at = Math.floor(index / circle);
    const board = boards.get(at) ?? new Map();
    boards.set(at, board);
    return liveAsResident({
      seat: phone.seat,
      caller: life.caller(phone),
      board,
      ledger: {
        add: (entry) => life.acknowledged({ lane: 'orders', text: textOf(entry), isIntent: 'amountMicros' in entry }),
        close() {},
      },
      random,
      nextTitle: () => `Drill ${++titles}`,
      onRefused: (outcome) => life.refused(outcome, ...ordinary),
      isOver: life.isOver,
      pause: life.pause,
      nowMs: life.nowMs,
    });
  });
  await Promise.all(residents);
}

/** Somebody else filled it first; a restored hub forgot it; an own wallet spent the money. */
const ordinary = ['order_closed', 'not_joined', 'already_joined', ...ordinaryOfMoney];

const kept = {
  opened: `SELECT title || ' opened as ' || public_id AS text FROM orders WHERE title LIKE 'Drill %'`,
  signed: `SELECT 'seat ' || i.seat || ' in ' || o.public_id || ': ' || json_extract(i.message, '$.fields.maxAmount') || ' signed'
    AS text FROM intents i JOIN orders o ON o.subject = i.subject WHERE o.title LIKE 'Drill %'`,
  left: `SELECT 'seat ' || a.actor_seat || ' in ' || json_extract(a.detail, '$.order') || ': left' AS text
    FROM audit a WHERE a.action = 'order.leave'`,
} as const;

/** Orders that fill, are left and changed, and settle. */
export const orders: LaneOfDay = {
  name: 'orders',
  calls: ['GroupBuying.settle', 'FoodUSD.usedWord'],
  live,
  most: 240,
  kept: (reader) => Object.values(kept).flatMap((sql) => texts(reader, sql)),
  keyOf: ({ message }) => {
    const { subject, seat } = fieldsOf(message, 'Spend');
    return `${subject}/${seat}`;
  },
  landed: ({ events, seatOf }) => events.debits().map(({ subject, account }) => `${subject}/${seatOf(account)}`),
  voidReasons: [
    'left',
    'changed',
    'cancelled',
    'target_not_reached',
    'not_closed_in_time',
    'account_short',
    'others_failed',
    'settled_without',
  ],
};
