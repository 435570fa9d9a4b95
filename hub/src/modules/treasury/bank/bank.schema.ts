import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../../platform/plain-text.ts';
import type { RecordState } from '../treasury.schema.ts';
import { Page } from '../treasury.schema.ts';

const column = Type.Integer({ minimum: 0, maximum: 199 });

/** Which column of a bank's CSV is what; kept per bank. Columns count from 0. */
export const Mapping = Type.Object(
  {
    delimiter: Type.Union([Type.Literal(','), Type.Literal(';'), Type.Literal('\t'), Type.Literal('|')]),
    /** Lines above the first booking, the head among them. */
    skipRows: Type.Integer({ minimum: 0, maximum: 100 }),
    dateFormat: Type.Union([Type.Literal('ymd'), Type.Literal('mdy'), Type.Literal('dmy')]),
    decimal: Type.Union([Type.Literal('.'), Type.Literal(',')]),
    date: column,
    /** Signed, plus is money in; or `credit` and `debit` instead. */
    amount: Type.Optional(column),
    credit: Type.Optional(column),
    debit: Type.Optional(column),
    payee: Type.Optional(column),
    memo: Type.Optional(column),
    reference: Type.Optional(column),
    balance: Type.Optional(column),
  },
  { additionalProperties: false },
);
export type Mapping = Static<typeof Mapping>;

const bank = plainText(60);
/** The file's bytes in base64, 3 MB at most. */
const content = Type.String({ minLength: 4, maxLength: 4_194_304, pattern: '^[A-Za-z0-9+/]+={0,2}$' });

export const StatementFile = Type.Object(
  { bank, fileName: plainText(200), content, mapping: Type.Optional(Mapping) },
  { additionalProperties: false },
);
export type StatementFile = Static<typeof StatementFile>;

export const LineState = Type.Union([
  Type.Literal('open'),
  Type.Literal('matched'),
  Type.Literal('booked'),
  Type.Literal('explained'),
]);
export type LineState = Static<typeof LineState>;

export const LinesQuery = Type.Object(
  {
    ...Page.properties,
    state: Type.Optional(LineState),
    direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
    find: Type.Optional(Type.String({ maxLength: 80 })),
  },
  { additionalProperties: false },
);

export const LineId = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

export const Match = Type.Object(
  { seat: Type.Integer({ minimum: 1, maximum: 16_777_215 }) },
  { additionalProperties: false },
);

/** What a line is when it is no deposit. `own`: the building's own money, before or beside the members'. */
export const Cause = Type.Union([
  Type.Literal('invoice'),
  Type.Literal('redemption'),
  Type.Literal('cash'),
  Type.Literal('money-order'),
  Type.Literal('fee'),
  Type.Literal('interest'),
  Type.Literal('returned'),
  Type.Literal('own'),
]);
export type Cause = Static<typeof Cause>;

export const Explanation = Type.Object(
  {
    cause: Cause,
    /** The invoice, redemption or deposit that it belongs to. */
    subjectId: Type.Optional(Type.String({ format: 'uuid' })),
  },
  { additionalProperties: false },
);
export type Explanation = Static<typeof Explanation>;

export const Booking = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 25 })) },
  { additionalProperties: false },
);

export interface Problem {
  /** Counted from 1, as a spreadsheet does. */
  readonly row: number;
  readonly field: string;
  readonly rule: string;
}

export interface StatementPreview {
  readonly format: 'csv' | 'ofx';
  /** CSV only: its first rows as they are, and how they would be read. */
  readonly rows: readonly (readonly string[])[];
  readonly mapping?: Mapping;
  readonly isMappingSaved: boolean;
  readonly sample: readonly BankEntry[];
  readonly lineCount: number;
  readonly knownCount: number;
  readonly incomingMicros: number;
  readonly outgoingMicros: number;
  readonly balanceMicros?: number;
  readonly balanceOn?: string;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

/** One booking of the bank, as its file says it. */
export interface BankEntry {
  /** `YYYY-MM-DD` */
  readonly bookedOn: string;
  /** Plus is money in. */
  readonly amountMicros: number;
  readonly payee: string;
  readonly memo: string;
  /** The bank's own number of it. */
  readonly reference?: string;
}

export interface BankStatement {
  readonly id: string;
  readonly bank: string;
  readonly format: 'csv' | 'ofx';
  readonly fileName: string;
  readonly fileHash: string;
  readonly lineCount: number;
  readonly addedCount: number;
  readonly firstOn?: string;
  readonly lastOn?: string;
  readonly balanceMicros?: number;
  readonly balanceOn?: string;
  readonly isWhole: boolean;
  readonly atMs: number;
}

export interface BankLine extends BankEntry {
  readonly id: string;
  readonly bank: string;
  readonly state: LineState;
  readonly seat?: number;
  readonly memberName?: string;
  readonly candidates: readonly { readonly seat: number; readonly name: string }[];
  /** Why it could not be matched. */
  readonly note?: string;
  readonly cause?: Cause;
  readonly subjectId?: string;
  readonly record?: RecordState;
}

export interface BankSummary {
  readonly states: readonly { readonly state: LineState; readonly count: number; readonly micros: number }[];
}
