import type { Intent, Lane, Tx } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { giftsLane } from './gifts.ts';
import { groLane, never, notYet, signerOf } from './gro-batch.ts';
import { ask, groCalls, isFormerKey, lotOf, seatOf, signingRefusal, zeroAddress } from './gro-reads.ts';
import { lotOfRow } from './lots.store.ts';
import { giftOfIntent } from './moves.store.ts';
import { gramsOf, journalOf, settledBefore, told } from './produce.ts';

const giftOf = (intent: Intent) => fieldsOf(intent.message, 'GroTransfer');

/** Books a gift of this intent, or takes it back; the movement that gave it says between whom and of what. */
function bookGift(tx: Tx, intent: Intent, isBack: boolean, reason: string): void {
  const gift = giftOfIntent(tx, intent.id);
  if (!gift) return;
  const [from, to] = isBack ? [gift.toSeat, gift.fromSeat] : [gift.fromSeat, gift.toSeat];
  const about = { noun: 'gift', id: intent.id, reason };
  journalOf(lotOfRow(tx, gift.lotId)).postForeign(tx, { from, to, amount: gramsOf(giftOf(intent).amount) }, about);
  for (const seat of [from, to]) told(tx, seat);
}

/** What neighbours gave each other, after what they were handed. */
export const gifts: Lane = groLane({
  name: giftsLane,
  rank: 32,
  fn: 'transferBatch',
  item: '(uint24,address,uint256,uint64,uint32,uint40,bytes,bytes)',
  calls: [groCalls.lotOf!, groCalls.isTransferUsed!, groCalls.wordsOf!, groCalls.formerSeatOf!],
  fieldsOf: (intent) => ({ ...giftOf(intent), data: '0x' }),
  objection: async (intent, reads, at) =>
    (await isFormerKey(reads, giftOf(intent).to, at)) ? never('payee_key_changed') : undefined,
  async why(intent, reads, at) {
    const { seat, id } = giftOf(intent);
    const refusal = signingRefusal(await seatOf(reads, seat, at), signerOf(intent));
    if (refusal) return refusal;
    const lot = await lotOf(reads, id, at);
    if (lot.certifier === zeroAddress) return notYet('lot_not_recorded');
    return notYet(lot.isRecalled ? 'lot_recalled' : 'harvest_not_recorded');
  },
  hasLanded(intent, reads, at) {
    const { seat, nonce } = giftOf(intent);
    return ask<boolean>(reads, 'isTransferUsed', [seat, nonce], at);
  },
  settled(tx, intent) {
    if (intent.state === 'void') bookGift(tx, intent, false, settledBefore);
    const gift = giftOfIntent(tx, intent.id);
    for (const seat of gift ? [gift.fromSeat, gift.toSeat] : []) told(tx, seat);
  },
  /** The grams are the giver's again, even when they were eaten. */
  voided: (tx, intent, reason) => bookGift(tx, intent, true, reason),
});
