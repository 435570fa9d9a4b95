import { outbox } from '../../outbox/index.ts';
import type { Reader, SeatNumber } from '../../platform/ports/index.ts';
import type { Transfer } from './transfers.schema.ts';
import type { TransferRow } from './transfers.store.ts';
import { isStillHere, type TransferMembers } from './transfers.ts';

/** How far a transfer is, in the words of the page. */
export function recordOfTransfer(reader: Reader, row: TransferRow): Transfer['record'] {
  if (row.state === 'recorded') return 'recorded';
  if (row.state !== 'waiting') return 'void';
  const state = outbox.find(reader, row.intentId)?.state;
  return state === 'sent' || state === 'landed' ? 'recording' : 'here';
}

/** The transfer as the seat sees it, which is one of its two. */
export function transferView(
  reader: Reader,
  row: TransferRow,
  seat: SeatNumber,
  { labelOf }: Pick<TransferMembers, 'labelOf'>,
): Transfer {
  const isOut = row.fromSeat === seat;
  const otherSeat = isOut ? row.toSeat : row.fromSeat;
  const waitsFor = row.state === 'waiting' && isOut ? outbox.find(reader, row.intentId)?.reason : undefined;
  return {
    id: row.id,
    revision: row.revision,
    direction: isOut ? 'out' : 'in',
    otherSeat,
    otherLabel: labelOf(reader, otherSeat),
    amountMicros: row.amountMicros,
    note: row.note ?? undefined,
    atMs: row.atMs,
    state: row.state,
    record: recordOfTransfer(reader, row),
    reason: row.reason ?? waitsFor,
    canCancel: isOut && isStillHere(reader, row),
  };
}
