import { v7 as uuidv7 } from 'uuid';
import { createJournal, openCurrency } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Hex, Micros, Reader, SeatNumber, SeenEvent, Tx } from '../../platform/ports/index.ts';
import { carryProduce } from './carries.lane.ts';
import { lotTokenId } from './commitments.ts';
import { zeroAddress } from './gro-reads.ts';
import {
  certifyingLots,
  currencyOf,
  findLot,
  insertLot,
  type LotRow,
  lotOfToken,
  setCertified,
  setCertifying,
  setRecalled,
  touchLot,
} from './lots.store.ts';
import {
  consumptionOfReason,
  harvestOfRef,
  insertConsumption,
  insertHarvest,
  isGift,
  noteHarvestGro,
  setConsumption,
  setHarvest,
} from './moves.store.ts';
import { certifyOf } from './officer-words.ts';
import { gramsOf, journalOf, told } from './produce.ts';
import { findShift, noteShiftGro, touchShift } from './shifts.store.ts';

const gro = createJournal('GRO', () => []);
const groId = 0n;

/** An amount of the chain as the hub counts it. Throws `amount_invalid` beyond what it can count. */
function countable(amount: unknown, txHash: Hex): number {
  const counted = Number(amount as bigint);
  if (!Number.isSafeInteger(counted)) throw fail('amount_invalid', { field: txHash });
  return counted;
}

/**
 * What the finalized token says: GRO is booked from here alone, since the chain's caps decide how much is issued. Of lots
 * the hub knows most before; what it did not start (a wallet's own call, a lot that a restored store has forgotten) is
 * booked as foreign.
 */
export function createGroSightings(deps: {
  seatOf: (reader: Reader, address: Hex) => SeatNumber | undefined;
  /** The token's own address. */
  gro: () => Hex | undefined;
}) {
  function certified(tx: Tx, { args }: SeenEvent): void {
    const tokenId = String(args.lot);
    if (lotOfToken(tx, tokenId)) return;
    // A restored store may still wait for the wallet that has signed since.
    const waiting = certifyingLots(tx).find(({ intentId }) => {
      const intent = outbox.find(tx, intentId!);
      return intent && lotTokenId(args.certifier as Hex, certifyOf(intent)) === tokenId;
    });
    if (waiting) {
      setCertified(tx, waiting.rowId, args.certifier as Hex, tokenId);
      touchLot(tx, waiting);
      return;
    }
    const [id, grams] = [uuidv7(), Number(args.grams)];
    insertLot(tx, { id, farm: '', crop: '', harvestDay: Number(args.harvestDay), grams });
    openCurrency(tx, currencyOf({ id }), 0);
    const { rowId } = findLot(tx, id)!;
    setCertifying(tx, rowId, { grams, document: null, intentId: null });
    setCertified(tx, rowId, args.certifier as Hex, tokenId);
    tx.changed('lot', id, 1);
  }

  function minted(tx: Tx, lot: LotRow, { args }: SeenEvent): void {
    const [seat, grams, ref] = [Number(args.seat), Number(args.grams), args.ref as Hex];
    const known = harvestOfRef(tx, lot.rowId, ref);
    if (known && known.state !== 'void') return;
    const id = known?.id ?? uuidv7();
    journalOf(lot).postForeign(tx, { from: 'issued', to: seat, amount: gramsOf(grams) }, { noun: 'harvest', id });
    if (known) setHarvest(tx, known.rowId, 'recorded');
    else insertHarvest(tx, { id, lotId: lot.rowId, seat, grams, ref, intentId: null, state: 'recorded' });
    touchLot(tx, lot);
    told(tx, seat);
  }

  function consumed(tx: Tx, lot: LotRow, { args }: SeenEvent): void {
    const seat = Number(args.seat) || (deps.seatOf(tx, args.holder as Hex) ?? 0);
    const reasonHash = args.reasonHash as Hex;
    const known = consumptionOfReason(tx, seat, reasonHash);
    if (seat === 0 || (known && known.state !== 'void')) return;
    const [id, grams] = [known?.id ?? uuidv7(), Number(args.grams)];
    const move = { from: seat, to: 'issued', amount: gramsOf(grams) } as const;
    journalOf(lot).postForeign(tx, move, { noun: 'consumption', id });
    const row = { id, lotId: lot.rowId, seat, grams, why: null, salt: null, reasonHash, intentId: null };
    if (known) setConsumption(tx, known.rowId, 'recorded');
    else insertConsumption(tx, { ...row, state: 'recorded' });
    told(tx, seat);
  }

  function issued(tx: Tx, { args, txHash }: SeenEvent): void {
    const [seat, ref, amount] = [Number(args.seat), args.ref as Hex, countable(args.issued, txHash)];
    const harvestId = noteHarvestGro(tx, ref, amount);
    const shiftId = harvestId ? undefined : noteShiftGro(tx, ref, amount);
    if (shiftId) touchShift(tx, findShift(tx, shiftId)!);
    if (amount === 0) return;
    const about = { noun: harvestId ? 'harvest' : 'shift', id: harvestId ?? shiftId ?? ref };
    gro.deposit(tx, seat, amount as Micros, about);
    told(tx, seat);
  }

  /** GRO, or a lot's grams, from one account to another; between one seat's own keys nothing changes. */
  function moved(tx: Tx, event: SeenEvent, from: SeatNumber | undefined, id: bigint, value: unknown): void {
    const to = deps.seatOf(tx, event.args.to as Hex);
    const amount = countable(value, event.txHash);
    const lot = id === groId ? undefined : lotOfToken(tx, String(id));
    if (from === to || amount === 0 || (id !== groId && !lot)) return;
    const journal = lot ? journalOf(lot) : gro;
    journal.postForeign(tx, { from, to, amount: amount as Micros }, { noun: 'gro-transfer', id: event.txHash });
    for (const seat of [from, to]) if (seat !== undefined) told(tx, seat);
  }

  /** Minting, burning and what was signed for have events of their own. */
  function movedIn(tx: Tx, event: SeenEvent): void {
    const { operator, from, to, id, ids, value, values } = event.args;
    if (from === zeroAddress || to === zeroAddress || operator === deps.gro()) return;
    const seat = deps.seatOf(tx, from as Hex);
    if (event.name === 'TransferSingle') moved(tx, event, seat, id as bigint, value);
    else for (const [at, one] of (ids as bigint[]).entries()) moved(tx, event, seat, one, (values as bigint[])[at]);
  }

  /** A signed transfer: a gift that this hub knows is its lane's to book. */
  function carried(tx: Tx, event: SeenEvent): void {
    const { seat, nonce, id, amount } = event.args;
    if (isGift(tx, Number(seat), Number(nonce))) return;
    moved(tx, event, Number(seat), id as bigint, amount);
  }

  return {
    onChainEvent(tx: Tx, event: SeenEvent): void {
      const { name, args } = event;
      if (event.contract === 'SeatRegistry' && name === 'KeyChanged')
        carryProduce(tx, Number(args.seat), args.oldKey as Hex);
      if (event.contract !== 'GroToken') return;
      if (name === 'LotCertified') certified(tx, event);
      if (name === 'GroIssued') issued(tx, event);
      if (name === 'TransferSingle' || name === 'TransferBatch') movedIn(tx, event);
      if (name === 'TransferCarried') carried(tx, event);
      const lot = args.lot === undefined ? undefined : lotOfToken(tx, String(args.lot));
      if (!lot) return;
      if (name === 'ProduceMinted') minted(tx, lot, event);
      else if (name === 'Consumed') consumed(tx, lot, event);
      else if (name === 'LotRecalled') {
        setRecalled(tx, lot.rowId, args.is_ === true);
        touchLot(tx, lot);
      }
    },
  };
}
