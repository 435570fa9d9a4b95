import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../../platform/plain-text.ts';
import type { RecordState } from '../treasury.schema.ts';

const micros = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });
const amountMicros = Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 });
const seat = Type.Integer({ minimum: 1, maximum: 16_777_215 });

export const NewReceipt = Type.Union([
  Type.Object({ kind: Type.Literal('cash'), seat, amountMicros }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal('money-order'),
      seat,
      amountMicros,
      /** The money order's own number: it counts once. */
      document: plainText(60),
    },
    { additionalProperties: false },
  ),
]);
export type NewReceipt = Static<typeof NewReceipt>;

export const OpenTill = Type.Object({ floatMicros: micros }, { additionalProperties: false });

export const CloseTill = Type.Object(
  {
    countedMicros: micros,
    /** Why it differs; needed when it does. */
    reason: Type.Optional(plainText(200)),
  },
  { additionalProperties: false },
);
export type CloseTill = Static<typeof CloseTill>;

export const NewCarry = Type.Object(
  { kind: Type.Union([Type.Literal('cash'), Type.Literal('money-order')]), amountMicros },
  { additionalProperties: false },
);
export type NewCarry = Static<typeof NewCarry>;

export const ReceiptNumber = Type.Object(
  { number: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) },
  { additionalProperties: false },
);

export interface Receipt {
  readonly number: number;
  readonly id: string;
  readonly kind: 'cash' | 'money-order';
  readonly seat: number;
  readonly memberName: string;
  readonly amountMicros: number;
  readonly document?: string;
  readonly bySeat: number;
  readonly byName: string;
  readonly atMs: number;
  readonly record: RecordState;
}

export interface Till {
  readonly id: string;
  readonly openedAtMs: number;
  readonly openedByName: string;
  readonly floatMicros: number;
  readonly closedAtMs?: number;
  readonly closedByName?: string;
  /** What must be in it: the float and what came in, less what was carried to the bank. */
  readonly expectedMicros: number;
  readonly countedMicros?: number;
  readonly reason?: string;
}

export interface CashView {
  readonly till?: Till;
  /** What the last count found, for the next float. */
  readonly lastCountedMicros?: number;
  readonly moneyOrdersMicros: number;
  readonly onTheWayMicros: number;
}
