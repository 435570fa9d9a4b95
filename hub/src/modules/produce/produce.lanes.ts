import type { Intent, Lane, Readiness, Reads } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { gifts } from './gifts.lane.ts';
import { type At, groLane, never, notYet, ready, signerOf } from './gro-batch.ts';
import { ask, groCalls, lotOf, receivingRefusal, seatOf, signingRefusal, zeroAddress } from './gro-reads.ts';
import { certificates, recalls } from './lots.lane.ts';
import { lotOfRow, touchLot } from './lots.store.ts';
import { consumptionOfIntent, harvestOfIntent, setConsumption, setHarvest } from './moves.store.ts';
import { harvestsLane, shiftsLane } from './officer-words.ts';
import { consumptionsLane, gramsOf, journalOf, settledBefore, told } from './produce.ts';
import { setShift, shiftOfIntent, touchShift } from './shifts.store.ts';

const harvestOf = (intent: Intent) => fieldsOf(intent.message, 'Harvest');

async function whyNotHanded(intent: Intent, reads: Reads, at: At): Promise<Readiness> {
  const { lot: tokenId, seat, grams } = harvestOf(intent);
  const lot = await lotOf(reads, tokenId, at);
  if (lot.certifier === zeroAddress) return notYet('lot_not_recorded');
  if (lot.certifier !== signerOf(intent)) return never('no_certifier');
  if (!(await ask<boolean>(reads, 'isCertifier', [lot.certifier], at))) return never('no_certifier');
  if (lot.isRecalled) return notYet('lot_recalled');
  const refusal = receivingRefusal(await seatOf(reads, seat, at));
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
  async why(intent, reads, at) {
    if (!(await ask<boolean>(reads, 'isSteward', [signerOf(intent)], at))) return never('no_steward');
    return receivingRefusal(await seatOf(reads, shiftOf(intent).seat, at)) ?? ready;
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
  async why(intent, reads, at) {
    const { seat, lot } = consumeOf(intent);
    const refusal = signingRefusal(await seatOf(reads, seat, at), signerOf(intent));
    if (refusal) return refusal;
    const isKnown = (await lotOf(reads, lot, at)).certifier !== zeroAddress;
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

export const produceLanes: readonly Lane[] = [recalls, certificates, harvests, shifts, gifts, consumptions];
