import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';

export const NewTransfer = Type.Object(
  {
    toSeat: Type.Integer({ minimum: 1, maximum: 16_777_215 }),
    amountMicros: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
    /** For the one who gets it; it never leaves the hub. */
    note: Type.Optional(plainText(140)),
  },
  { additionalProperties: false },
);
export type NewTransfer = Static<typeof NewTransfer>;

export const TransferId = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

export const TransfersQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  { additionalProperties: false },
);

export type TransferState = 'waiting' | 'recorded' | 'void' | 'cancelled';

/** A transfer as its sender or its receiver sees it. */
export interface Transfer {
  readonly id: string;
  readonly revision: number;
  readonly direction: 'out' | 'in';
  readonly otherSeat: number;
  /** What the other's tile shows. */
  readonly otherLabel: string;
  readonly amountMicros: number;
  readonly note?: string;
  readonly atMs: number;
  readonly state: TransferState;
  readonly record: 'here' | 'recording' | 'recorded' | 'void';
  /** Why it is void, or why it still waits. */
  readonly reason?: string;
  /** Still here: its sender may take it back. */
  readonly canCancel: boolean;
}
