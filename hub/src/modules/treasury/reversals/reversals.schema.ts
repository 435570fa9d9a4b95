import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../../platform/plain-text.ts';

export const NewReversal = Type.Object(
  { movementId: Type.String({ format: 'uuid' }), reason: plainText(200) },
  { additionalProperties: false },
);
export type NewReversal = Static<typeof NewReversal>;

export const ReversalId = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

/**
 * What a confirmed reversal does outside the journal. `mint-withdrawn`: nothing had left, nothing will.
 * `member-signs`: the chain has minted it; the money is set aside until the member signs it back. `given-back`: they have.
 */
export type FollowUp = 'mint-withdrawn' | 'member-signs' | 'given-back';

export interface Reversal {
  readonly id: string;
  readonly movementId: string;
  readonly kind: string;
  readonly seat: number;
  readonly memberName: string;
  readonly amountMicros: number;
  readonly title?: string;
  readonly reason: string;
  readonly state: 'asked' | 'done' | 'refused';
  readonly askedByName: string;
  readonly askedAtMs: number;
  readonly decidedByName?: string;
  readonly decidedAtMs?: number;
  readonly followUp?: FollowUp;
  /** Whether the one who asks to see it may confirm it. */
  readonly mayConfirm: boolean;
}

/** As the member sees it. */
export interface MyReversal {
  readonly id: string;
  readonly amountMicros: number;
  readonly title: string;
  readonly reason: string;
}
