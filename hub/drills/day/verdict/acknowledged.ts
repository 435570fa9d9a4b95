import type { Reader } from '../../../src/platform/ports/index.ts';
import type { Acknowledged } from '../ledger.ts';
import { type Tally, tally } from './tally.ts';

type Entry<What extends Acknowledged['what']> = Extract<Acknowledged, { what: What }>;
type Line = Entry<'joined' | 'changed' | 'left'>;

const of = <What extends Acknowledged['what']>(ledger: readonly Acknowledged[], ...whats: What[]): Entry<What>[] =>
  ledger.filter((entry): entry is Entry<What> => whats.includes(entry.what as What));

const sql = {
  orders: `SELECT title, public_id AS orderId FROM orders WHERE title LIKE 'Drill %'`,
  // Every join and change keeps the signed message; revision and amount are inside it.
  spends: `SELECT o.public_id AS orderId, i.seat, json_extract(i.message, '$.fields.maxAmount') AS amountMicros
    FROM intents i JOIN orders o ON o.subject = i.subject WHERE o.title LIKE 'Drill %' ORDER BY i.id`,
  leaves: `SELECT json_extract(detail, '$.order') AS orderId, actor_seat AS seat FROM audit WHERE action = 'order.leave'`,
  lines: `SELECT o.public_id AS orderId, l.seat, l.units, l.state FROM order_lines l JOIN orders o ON o.id = l.order_id
    WHERE o.title LIKE 'Drill %'`,
  deposits: `SELECT d.reference, d.seat, d.amount_micros AS amountMicros FROM deposits d
    JOIN movements m ON m.public_id = d.movement_id AND m.kind = 'deposit' WHERE d.reference LIKE 'DRILL-%'`,
} as const;

interface Row {
  readonly orderId: string;
  readonly seat: number;
  readonly title: string;
  readonly reference: string;
  readonly units: number;
  readonly amountMicros: number;
  readonly state: string;
}

/** The client's actions: each acknowledged one has its effect, and there is no effect beyond them. */
export function judgeAcknowledged(reader: Reader, ledger: readonly Acknowledged[]): Tally {
  const compare = <What extends Acknowledged['what']>(
    rows: string,
    text: (one: Row | Entry<What>) => string,
    ...whats: What[]
  ) => tally(of(ledger, ...whats).map(text), reader.prepare(rows).all<Row>().map(text));
  const all = [
    compare(sql.orders, (one) => `${one.title} opened as ${one.orderId}`, 'opened'),
    compare(sql.spends, (one) => `${lineKey(one)}: ${one.amountMicros} signed`, 'joined', 'changed'),
    compare(sql.leaves, (one) => `${lineKey(one)}: left`, 'left'),
    compare(sql.deposits, (one) => `${one.reference}: ${one.amountMicros} for seat ${one.seat}`, 'deposited'),
  ];
  const lost = all.flatMap((one) => one.lost);
  // What a lost action leaves behind is not lost once more.
  const known = new Set(lost.map((text) => text.split(':', 1)[0]));
  const lines = judgeLines(reader, of(ledger, 'joined', 'changed', 'left')).filter(({ key }) => !known.has(key));
  return { lost: [...lost, ...lines.map(({ text }) => text)], extra: all.flatMap(({ extra }) => extra) };
}

const lineKey = ({ orderId, seat }: { orderId: string; seat: number }) => `seat ${seat} in ${orderId}`;

/** Each line stands as its member was last told. */
function judgeLines(reader: Reader, ledger: readonly Line[]): { key: string; text: string }[] {
  const found = reader.prepare(sql.lines).all<Row>();
  const rows = new Map(found.map((row) => [lineKey(row), row]));
  const lastTold = new Map(ledger.map((entry) => [lineKey(entry), entry]));
  return [...lastTold].flatMap(([key, told]) => {
    const row = rows.get(key);
    const isThere = told.what === 'left' ? row?.state === 'left' : row?.state !== 'left' && row?.units === told.units;
    return isThere ? [] : [{ key, text: `${key}: ${told.what} last, now ${row?.units} units, ${row?.state}` }];
  });
}
