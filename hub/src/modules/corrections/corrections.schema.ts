import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';

const closed = { additionalProperties: false } as const;

export const NewCorrection = Type.Object(
  {
    toSeat: Type.Integer({ minimum: 1, maximum: 16_777_215 }),
    amountMicros: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
    /** Why, for the member; it never leaves the hub. */
    note: plainText(140),
    /** The order that came short, spoiled or weighed less. */
    orderId: Type.Optional(Type.String({ format: 'uuid' })),
  },
  closed,
);
export type NewCorrection = Static<typeof NewCorrection>;

export const CorrectionId = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed);

export const CorrectionsQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  closed,
);

/** `asked`: wants a second approver. */
export type CorrectionState = 'asked' | 'waiting' | 'recorded' | 'void' | 'refused';

export interface Correction {
  readonly id: string;
  readonly revision: number;
  readonly toSeat: number;
  readonly memberName: string;
  readonly amountMicros: number;
  readonly note: string;
  readonly orderId?: string;
  readonly atMs: number;
  readonly state: CorrectionState;
  readonly record: 'here' | 'recording' | 'recorded' | 'void';
  readonly reason?: string;
  readonly askedBy: number;
  readonly approvedBy?: number;
}

/** What corrections may be made, in micro-units. */
export interface CorrectionRules {
  readonly maxMicros: number;
  readonly perDayMicros: number;
  /** Above this a second person approves. */
  readonly secondAboveMicros: number;
}

export interface Corrections {
  readonly items: readonly Correction[];
  readonly next?: string;
  readonly rules: CorrectionRules;
}
