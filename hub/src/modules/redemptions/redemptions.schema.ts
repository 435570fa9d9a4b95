import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';

const closed = { additionalProperties: false } as const;
const Amount = Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 });

export const NewRedemption = Type.Object(
  {
    amountMicros: Amount,
    /** How the treasurer pays: in cash, or to which account. It never leaves the hub. */
    payTo: plainText(120),
  },
  closed,
);
export type NewRedemption = Static<typeof NewRedemption>;

/** The co-op paid a supplier by bank: as much Food-USD of the clearing account goes. */
export const NewOwnRedemption = Type.Object(
  { amountMicros: Amount, payTo: plainText(120), bankReference: plainText(80) },
  closed,
);
export type NewOwnRedemption = Static<typeof NewOwnRedemption>;

export const Paid = Type.Object(
  {
    /** The bank's reference or the receipt's number: it counts once. */
    bankReference: plainText(80),
    /** SHA-256 of the receipt; without it one of the reference is made. */
    documentHash: Type.Optional(Type.String({ pattern: '^0x[0-9a-f]{64}$' })),
  },
  closed,
);
export type Paid = Static<typeof Paid>;

export const Refused = Type.Object({ reason: plainText(140) }, closed);

export const RedemptionId = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed);

const page = {
  after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
};
export const RedemptionsQuery = Type.Object(page, closed);
export const DeskQuery = Type.Object(
  { ...page, state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('past')])) },
  closed,
);

/**
 * `asked`: signed here; `pending`: the chain has set it aside, the treasurer pays; `paying`, `returning`: done at the bank or
 * refused, and being recorded; the others are final.
 */
export type RedemptionState = 'asked' | 'pending' | 'paying' | 'paid' | 'returning' | 'returned' | 'void' | 'cancelled';

export interface Redemption {
  readonly id: string;
  readonly revision: number;
  readonly amountMicros: number;
  readonly payTo: string;
  readonly atMs: number;
  readonly state: RedemptionState;
  readonly record: 'here' | 'recording' | 'recorded' | 'void';
  /** Why it is void or returned, or why it still waits. */
  readonly reason?: string;
  readonly bankReference?: string;
  /** Until when it must be paid: afterwards anybody may put it back on chain. */
  readonly payByMs?: number;
  /** Still here: the member may take it back. */
  readonly canCancel: boolean;
}

/** As the treasurer sees it. */
export interface DeskRedemption extends Redemption {
  readonly seat: number;
  /** Empty for the co-op's own. */
  readonly memberName: string;
  /** The co-op's own: a supplier was paid. */
  readonly isOwn: boolean;
}
