import type { Hex, Tx } from '../../platform/ports/index.ts';
import { keccak, message, toHex, uuidBytes } from '../../signing/index.ts';
import type { OfficerWords } from '../members/index.ts';
import { payoutsLane, restoresLane } from './redemptions.lanes.ts';
import type { Paid } from './redemptions.schema.ts';
import type { RedemptionRow } from './redemptions.store.ts';

/** An officer's word may wait this long for their wallet and for a line to the chain. */
export const wordValidMs = 365 * 24 * 60 * 60 * 1000;

export const secondsOf = (ms: number): number => Math.floor(ms / 1000);

/** The minter's word that the bank has paid. A redemption's id never leaves the hub, so nobody can try references. */
export function proposePayout(tx: Tx, words: OfficerWords, row: RedemptionRow, paid: Paid): string {
  const { redemptionRef } = row;
  const documentHash = (paid.documentHash as Hex) ?? toHex(keccak(uuidBytes(row.id), paid.bankReference));
  const validUntilMs = tx.nowMs + wordValidMs;
  const payout = message('Payout', { redemptionRef, documentHash, validUntil: secondsOf(validUntilMs) });
  return words.propose(tx, { lane: payoutsLane, subject: redemptionRef, message: payout, validUntilMs });
}

/** The minter's word that it is not paid: the money lies at the seat's key again. */
export function proposeRestore(tx: Tx, words: OfficerWords, row: RedemptionRow, reason: string): string {
  const { redemptionRef } = row;
  const caseHash = toHex(keccak(uuidBytes(row.id), reason));
  const validUntilMs = tx.nowMs + wordValidMs;
  const restore = message('Restore', { redemptionRef, caseHash, validUntil: secondsOf(validUntilMs) });
  return words.propose(tx, { lane: restoresLane, subject: redemptionRef, message: restore, validUntilMs });
}
