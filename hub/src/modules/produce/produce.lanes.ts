import type { Intent, Lane, Readiness, Reads, Tx } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { lotTokenId } from './commitments.ts';
import { giftsLane } from './gifts.ts';
import { groLane, never, notYet, ready, signatureOf, signerOf } from './gro-batch.ts';
import { ask, groCalls, lotOf, receivingRefusal, seatOf, signingRefusal, zeroAddress } from './gro-reads.ts';
import { lotOfIntent, lotOfRow, setUncertified, touchLot } from './lots.store.ts';
import { takeCertificate } from './lots.ts';
import { consumptionOfIntent, giftOfIntent, harvestOfIntent, setConsumption, setHarvest } from './moves.store.ts';
import { certifyOf, harvestsLane, lotsLane, recallsLane, shiftsLane } from './officer-words.ts';
import { consumptionsLane, gramsOf, journalOf } from './produce.ts';
import { setShift, shiftOfIntent, touchShift } from './shifts.store.ts';

/** A restore gave it up, and the chain took it all the same. */
const settledBefore = 'settled_before_restore';
const told = (tx: Tx, seat: number) => tx.changed('produce', String(seat), 0, `seat:${seat}`);

function tokenIdOf(intent: Intent): string | undefined {
  const certifier = signerOf(intent);
  return certifier && lotTokenId(certifier, certifyOf(intent));
}

/** Lots are written down before anything of them is handed out. */
const certificates: Lane = groLane({
  name: lotsLane,
  rank: 20,
  fn: 'certifyBatch',
  item: '(bytes32,uint32,uint32,uint64,bytes32,uint40,bytes)',
  calls: [groCalls.isCertifier!, groCalls.lotOf!],
  fieldsOf: certifyOf,
  async why(intent, reads) {
    return (await ask<boolean>(reads, 'isCertifier', [signerOf(intent)])) ? ready : never('no_certifier');
  },
  async hasLanded(intent, reads, at) {
    const tokenId = tokenIdOf(intent);
    return tokenId !== undefined && (await lotOf(reads, tokenId, at)).certifier !== zeroAddress;
  },
  settled(tx, intent) {
    const lot = lotOfIntent(tx, intent.id);
    if (!lot) return;
    if (lot.state === 'certified') touchLot(tx, lot);
    else takeCertificate(tx, intent, signerOf(intent)!);
  },
  /** The certifier may look again: another certificate makes another lot on the chain. */
  voided(tx, intent, reason) {
    const lot = lotOfIntent(tx, intent.id);
    if (!lot) return;
    setUncertified(tx, lot.rowId, reason);
    touchLot(tx, lot);
  },
});

const harvestOf = (intent: Intent) => fieldsOf(intent.message, 'Harvest');

async function whyNotHanded(intent: Intent, reads: Reads): Promise<Readiness> {
  const { lot: tokenId, seat, grams } = harvestOf(intent);
  const lot = await lotOf(reads, tokenId, 'latest');
  if (lot.certifier === zeroAddress) return notYet('lot_not_recorded');
  if (lot.certifier !== signerOf(intent)) return never('no_certifier');
  if (!(await ask<boolean>(reads, 'isCertifier', [lot.certifier]))) return never('no_certifier');
  if (lot.isRecalled) return notYet('lot_recalled');
  const refusal = receivingRefusal(await seatOf(reads, seat));
  if (refusal) return refusal;
  if (lot.minted + BigInt(grams) > lot.certified) return never('above_certified');
  return notYet('grams_of_today_used');
}

const harvests: Lane = groLane({
  name: harvestsLane,
  rank: 21,
  fn: 'harvestBatch',
  item: '(uint256,uint24,uint64,bytes32,uint40,bytes)',
  calls: [groCalls.lotOf!, groCalls.isCertifier!, groCalls.isHarvestUsed!, groCalls.wordsOf!],
  fieldsOf: harvestOf,
  why: whyNotHanded,
  hasLanded(intent, reads, at) {
    const { lot, ref } = harvestOf(intent);
    return ask<boolean>(reads, 'isHarvestUsed', [lot, ref], at);
  },
  settled(tx, intent) {
    const harvest = harvestOfIntent(tx, intent.id);
    if (!harvest || harvest.state === 'recorded') return;
    const lot = lotOfRow(tx, harvest.lotId);
    const { seat, grams } = harvest;
    if (harvest.state === 'void')
      journalOf(lot).deposit(tx, seat, gramsOf(grams), { noun: 'harvest', id: harvest.id, reason: settledBefore });
    setHarvest(tx, harvest.rowId, 'recorded');
    touchLot(tx, lot);
    told(tx, seat);
  },
  /** What never reaches the chain is not the member's, even when it was eaten. */
  voided(tx, intent, reason) {
    const harvest = harvestOfIntent(tx, intent.id);
    if (harvest?.state !== 'here') return;
    const lot = lotOfRow(tx, harvest.lotId);
    const { id, seat, grams } = harvest;
    journalOf(lot).postForeign(
      tx,
      { from: seat, to: 'issued', amount: gramsOf(grams) },
      { noun: 'harvest', id, reason },
    );
    setHarvest(tx, harvest.rowId, 'void', reason);
    touchLot(tx, lot);
    told(tx, seat);
  },
});

const shiftOf = (intent: Intent) => fieldsOf(intent.message, 'Shift');

const shifts: Lane = groLane({
  name: shiftsLane,
  rank: 22,
  fn: 'shiftBatch',
  item: '(uint24,uint16,bytes32,uint40,bytes)',
  calls: [groCalls.isSteward!, groCalls.isShiftUsed!, groCalls.wordsOf!],
  fieldsOf: shiftOf,
  async why(intent, reads) {
    if (!(await ask<boolean>(reads, 'isSteward', [signerOf(intent)]))) return never('no_steward');
    return receivingRefusal(await seatOf(reads, shiftOf(intent).seat)) ?? ready;
  },
  hasLanded: (intent, reads, at) => ask<boolean>(reads, 'isShiftUsed', [shiftOf(intent).ref], at),
  settled(tx, intent) {
    const shift = shiftOfIntent(tx, intent.id);
    if (!shift) return;
    setShift(tx, shift.rowId, 'recorded');
    touchShift(tx, shift);
  },
  voided(tx, intent, reason) {
    const shift = shiftOfIntent(tx, intent.id);
    if (!shift) return;
    setShift(tx, shift.rowId, 'void', reason);
    touchShift(tx, shift);
  },
});

const consumeOf = (intent: Intent) => fieldsOf(intent.message, 'Consume');

/** A recall does not stop it: what must not be eaten is spoiled, and that is said too. */
const consumptions: Lane = groLane({
  name: consumptionsLane,
  rank: 35,
  fn: 'consumeBatch',
  item: '(uint24,uint256,uint64,bytes32,uint32,uint40,bytes)',
  calls: [groCalls.lotOf!, groCalls.balanceOf!, groCalls.isConsumeUsed!, groCalls.wordsOf!],
  fieldsOf: consumeOf,
  async why(intent, reads) {
    const { seat, lot } = consumeOf(intent);
    const refusal = signingRefusal(await seatOf(reads, seat), signerOf(intent));
    if (refusal) return refusal;
    const isKnown = (await lotOf(reads, lot, 'latest')).certifier !== zeroAddress;
    return notYet(isKnown ? 'harvest_not_recorded' : 'lot_not_recorded');
  },
  hasLanded(intent, reads, at) {
    const { seat, nonce } = consumeOf(intent);
    return ask<boolean>(reads, 'isConsumeUsed', [seat, nonce], at);
  },
  settled(tx, intent) {
    const consumption = consumptionOfIntent(tx, intent.id);
    if (!consumption || consumption.state === 'recorded') return;
    const { id, lotId, seat, grams } = consumption;
    const about = { noun: 'consumption', id, reason: settledBefore };
    if (consumption.state === 'void')
      journalOf(lotOfRow(tx, lotId)).postForeign(tx, { from: seat, to: 'issued', amount: gramsOf(grams) }, about);
    setConsumption(tx, consumption.rowId, 'recorded');
    told(tx, seat);
  },
  /** The grams are the member's again. */
  voided(tx, intent, reason) {
    const consumption = consumptionOfIntent(tx, intent.id);
    if (consumption?.state !== 'here') return;
    const { id, lotId, seat, grams } = consumption;
    journalOf(lotOfRow(tx, lotId)).deposit(tx, seat, gramsOf(grams), { noun: 'consumption', id, reason });
    setConsumption(tx, consumption.rowId, 'void', reason);
    told(tx, seat);
  },
});

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
const gifts: Lane = groLane({
  name: giftsLane,
  rank: 32,
  fn: 'transferBatch',
  item: '(uint24,address,uint256,uint64,uint32,uint40,bytes,bytes)',
  calls: [groCalls.lotOf!, groCalls.isTransferUsed!, groCalls.wordsOf!],
  fieldsOf: (intent) => ({ ...giftOf(intent), data: '0x' }),
  async why(intent, reads) {
    const { seat, id } = giftOf(intent);
    const refusal = signingRefusal(await seatOf(reads, seat), signerOf(intent));
    if (refusal) return refusal;
    const lot = await lotOf(reads, id, 'latest');
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

const recallOf = (intent: Intent) => fieldsOf(intent.message, 'Recall');

/** A recall's state is the lot's own flag: whoever set it, that is what was wanted. */
const recalls: Lane = {
  name: recallsLane,
  carrier: 'chain',
  rank: 12,
  policy: { batchMax: 1, longestWaitMs: 0 },
  calls: [
    { contract: 'GroToken', fn: 'recallBySignature', inputs: ['uint256', 'bytes32', 'uint40', 'bytes'] },
    groCalls.lotOf!,
    groCalls.isCertifier!,
  ],
  groupOf: (intent) => intent.id,
  preflight: (items, reads) =>
    Promise.all(
      items.map(async (item) => {
        const lot = await lotOf(reads, recallOf(item).lot, 'latest');
        if (lot.certifier === zeroAddress) return notYet('lot_not_recorded');
        const isOne = lot.certifier === signerOf(item) && (await ask<boolean>(reads, 'isCertifier', [lot.certifier]));
        return isOne ? ready : never('no_certifier');
      }),
    ),
  prepare([intent]) {
    const { lot, caseHash, validUntil } = recallOf(intent!);
    return { contract: 'GroToken', fn: 'recallBySignature', args: [lot, caseHash, validUntil, signatureOf(intent!)] };
  },
  landed: (items, reads, at) =>
    Promise.all(items.map(async (item) => (await lotOf(reads, recallOf(item).lot, at)).isRecalled)),
  settled() {},
  voided() {},
};

export const produceLanes: readonly Lane[] = [recalls, certificates, harvests, shifts, gifts, consumptions];
