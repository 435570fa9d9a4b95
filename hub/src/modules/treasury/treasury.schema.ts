import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';

export const NewDeposit = Type.Object(
  {
    seat: Type.Integer({ minimum: 1, maximum: 16_777_215 }),
    amountMicros: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
    /** The bank's reference or the receipt's number: it counts once. */
    reference: plainText(80),
  },
  { additionalProperties: false },
);
export type NewDeposit = Static<typeof NewDeposit>;

export const NewReserve = Type.Object(
  {
    reserveMicros: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000_000 }),
    /** SHA-256 of the bank statement. */
    documentHash: Type.String({ pattern: '^0x[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);
export type NewReserve = Static<typeof NewReserve>;

export const Page = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  { additionalProperties: false },
);

export const IntentId = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

export const OfficerSignature = Type.Object(
  { signature: Type.String({ pattern: '^0x[0-9a-fA-F]{130}$' }) },
  { additionalProperties: false },
);

export interface Money {
  readonly availableMicros: number;
  readonly heldMicros: number;
  readonly owedMicros: number;
  readonly isShort: boolean;
  /** What the member writes on a transfer to the co-op's bank, so that it finds its way here. */
  readonly depositReference: string;
  readonly items: readonly MoneyItem[];
  readonly next?: string;
}

/** `signing`: it waits for an officer's signature. */
export type RecordState = 'signing' | 'here' | 'recording' | 'recorded' | 'void';

export interface MoneyItem {
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  readonly amountMicros: number;
  readonly subjectNoun?: string;
  readonly subjectId?: string;
  readonly subjectTitle?: string;
  readonly reason?: string;
  readonly record: RecordState;
}

export interface Deposit {
  readonly id: string;
  /** In the journal; what a reversal names. */
  readonly movementId: string;
  readonly seat: number;
  readonly memberName: string;
  readonly amountMicros: number;
  readonly reference: string;
  readonly atMs: number;
  readonly record: RecordState;
}
