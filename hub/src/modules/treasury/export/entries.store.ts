import type { Reader } from '../../../platform/ports/index.ts';
import { allInvoices } from '../invoices/invoices.ts';

export interface Leg {
  readonly account: string;
  readonly micros: number;
  readonly commodity: 'FUSD' | 'USD';
}

/** One transaction of the export; its legs sum to nothing. */
export interface Entry {
  readonly atMs: number;
  readonly id: string;
  readonly payee: string;
  readonly narration: string;
  readonly legs: readonly Leg[];
}

const sql = {
  postings: `SELECT m.id AS movement, m.public_id AS id, m.at_ms AS atMs, m.kind, m.subject_noun AS noun, m.subject_id AS subject,
      a.owner, a.kind AS account, p.amount_micros AS micros
    FROM movements m JOIN postings p ON p.movement_id = m.id JOIN accounts a ON a.id = p.account_id
    JOIN currencies c ON c.id = m.currency_id AND c.code = 'FUSD'
    WHERE m.at_ms >= @fromMs AND m.at_ms < @toMs ORDER BY m.id, a.id`,
  lines: `SELECT public_id AS id, bank, booked_on AS bookedOn, amount_micros AS micros, payee, memo, state, cause
    FROM bank_lines ORDER BY booked_on, id`,
  receipts: `SELECT public_id AS id, number, kind, seat, amount_micros AS micros, at_ms AS atMs FROM receipts
    WHERE at_ms >= @fromMs AND at_ms < @toMs ORDER BY number`,
  carries: `SELECT public_id AS id, kind, amount_micros AS micros, at_ms AS atMs FROM carries
    WHERE at_ms >= @fromMs AND at_ms < @toMs ORDER BY id`,
  tills: `SELECT public_id AS id, opened_at_ms AS openedAtMs, float_micros AS floatMicros, closed_at_ms AS closedAtMs,
      expected_micros AS expectedMicros, counted_micros AS countedMicros, reason FROM tills ORDER BY id`,
} as const;

/** A word as a component of an account's name: letters, figures and dashes, a capital first. */
const component = (text: string): string => {
  const bare = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return /^[A-Z0-9]/.test(bare) ? bare : `X-${bare}`;
};
const seatName = (seat: number | string) => `Seat-${String(seat).padStart(4, '0')}`;
const title = (word: string) => word[0]!.toUpperCase() + word.slice(1);

/** What members and the co-op hold in Food-USD, as the books of the co-op see it: it owes what it has issued. */
function journalAccount(owner: string, kind: string): string {
  if (owner.startsWith('seat:')) return `Liabilities:Members:${seatName(owner.slice(5))}:${title(kind)}`;
  const place = title(owner.slice('hub:'.length));
  return kind === 'owed'
    ? `Equity:Owed:${place}`
    : owner === 'hub:clearing'
      ? 'Liabilities:Clearing'
      : `Equity:${place}`;
}

/** Where the other side of a bank's line lies. */
const contraOf: Readonly<Record<string, string>> = {
  booked: 'Equity:MembersMoney',
  open: 'Equity:Unmatched',
  matched: 'Equity:Unmatched',
  invoice: 'Liabilities:Suppliers',
  redemption: 'Equity:MembersMoney',
  cash: 'Assets:OnTheWay:Cash',
  'money-order': 'Assets:OnTheWay:MoneyOrders',
  fee: 'Expenses:Bank:Fees',
  interest: 'Income:Bank:Interest',
  returned: 'Equity:Returned',
  own: 'Equity:Own',
};

const between = (account: string, contra: string, micros: number): Leg[] => [
  { account, micros, commodity: 'USD' },
  { account: contra, micros: -micros, commodity: 'USD' },
];
const placeOf = { cash: 'Assets:Cash:Till', 'money-order': 'Assets:Cash:MoneyOrders' } as const;
const wayOf = { cash: 'Assets:OnTheWay:Cash', 'money-order': 'Assets:OnTheWay:MoneyOrders' } as const;

/** Everything that moved between two moments, in Food-USD and in dollars, oldest first. */
export function entriesBetween(reader: Reader, fromMs: number, toMs: number): Entry[] {
  const period = { fromMs, toMs };
  const isIn = (atMs: number) => atMs >= fromMs && atMs < toMs;
  return [
    ...movements(reader, period),
    ...bankLines(reader).filter(({ atMs }) => isIn(atMs)),
    ...cashEntries(reader, period),
    ...tillEntries(reader).filter(({ atMs }) => isIn(atMs)),
    ...allInvoices(reader)
      .map((row): Entry => {
        const legs = between('Expenses:Suppliers', 'Liabilities:Suppliers', row.amountMicros);
        return { atMs: Date.parse(row.issuedOn), id: row.id, payee: '', narration: `invoice ${row.number}`, legs };
      })
      .filter(({ atMs }) => isIn(atMs)),
  ].sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}

function movements(reader: Reader, period: { fromMs: number; toMs: number }): Entry[] {
  type Row = {
    movement: number;
    id: string;
    atMs: number;
    kind: string;
    noun: string | null;
    subject: string | null;
  } & {
    owner: string;
    account: string;
    micros: number;
  };
  const rows = reader.prepare(sql.postings).all<Row>(period);
  return [...Map.groupBy(rows, ({ movement }) => movement).values()].map((legs): Entry => {
    const { id, atMs, kind, noun, subject } = legs[0]!;
    return {
      id,
      atMs,
      payee: '',
      narration: [kind, noun, subject].filter(Boolean).join(' '),
      // What the journal adds to somebody's money the co-op owes: a credit.
      legs: legs.map(({ owner, account, micros }) => ({
        account: journalAccount(owner, account),
        micros: -micros,
        commodity: 'FUSD',
      })),
    };
  });
}

function bankLines(reader: Reader): Entry[] {
  type Row = {
    id: string;
    bank: string;
    bookedOn: string;
    micros: number;
    payee: string;
    memo: string;
    state: string;
    cause: string | null;
  };
  return reader
    .prepare(sql.lines)
    .all<Row>({})
    .map(
      ({ id, bank, bookedOn, micros, payee, memo, state, cause }): Entry => ({
        id,
        atMs: Date.parse(bookedOn),
        payee,
        narration: memo,
        legs: between(`Assets:Bank:${component(bank)}`, contraOf[cause ?? state]!, micros),
      }),
    );
}

function cashEntries(reader: Reader, period: { fromMs: number; toMs: number }): Entry[] {
  type Kind = keyof typeof placeOf;
  type Receipt = { id: string; number: number; kind: Kind; seat: number; micros: number; atMs: number };
  type Carry = Pick<Receipt, 'id' | 'kind' | 'micros' | 'atMs'>;
  return [
    ...reader
      .prepare(sql.receipts)
      .all<Receipt>(period)
      .map(
        ({ id, number, kind, seat, micros, atMs }): Entry => ({
          id,
          atMs,
          payee: seatName(seat),
          narration: `receipt ${number}`,
          legs: between(placeOf[kind], 'Equity:MembersMoney', micros),
        }),
      ),
    ...reader
      .prepare(sql.carries)
      .all<Carry>(period)
      .map(
        ({ id, kind, micros, atMs }): Entry => ({
          id,
          atMs,
          payee: '',
          narration: 'to the bank',
          legs: between(wayOf[kind], placeOf[kind], micros),
        }),
      ),
  ];
}

/** The till's own money, and what its counts found too much or too little. */
function tillEntries(reader: Reader): Entry[] {
  type Row = {
    id: string;
    openedAtMs: number;
    floatMicros: number;
    closedAtMs: number | null;
    expectedMicros: number | null;
    countedMicros: number | null;
    reason: string | null;
  };
  const rows = reader.prepare(sql.tills).all<Row>({});
  return rows.flatMap((row, index): Entry[] => {
    const added = row.floatMicros - (rows[index - 1]?.countedMicros ?? 0);
    const found = row.countedMicros === null ? 0 : row.countedMicros - row.expectedMicros!;
    const opened = { id: `${row.id}-open`, atMs: row.openedAtMs, payee: '', narration: 'till opened' };
    const closed = {
      id: `${row.id}-count`,
      atMs: row.closedAtMs ?? 0,
      payee: '',
      narration: row.reason ?? 'till counted',
    };
    return [
      ...(added === 0 ? [] : [{ ...opened, legs: between(placeOf.cash, 'Equity:Own', added) }]),
      ...(found === 0 ? [] : [{ ...closed, legs: between(placeOf.cash, 'Expenses:Till:Difference', found) }]),
    ];
  });
}
