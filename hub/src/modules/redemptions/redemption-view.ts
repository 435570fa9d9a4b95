import { outbox } from '../../outbox/index.ts';
import type { Reader, SeatNumber } from '../../platform/ports/index.ts';
import type { DeskRedemption, Redemption } from './redemptions.schema.ts';
import type { RedemptionRow } from './redemptions.store.ts';
import { isStillHere } from './redemptions.ts';

/** FoodUSD.RESTORE_AFTER, less a day for clocks and for the way to the chain. */
const payWithinMs = 29 * 24 * 60 * 60 * 1000;

const openStates = ['asked', 'paying', 'returning'];

/** How far it is, in the words of the page: `recorded` once the chain knows what the state says. */
export function recordOfRedemption(reader: Reader, row: RedemptionRow): Redemption['record'] {
  if (row.state === 'void' || row.state === 'cancelled') return 'void';
  if (!openStates.includes(row.state)) return 'recorded';
  const state = outbox.find(reader, row.state === 'asked' ? row.intentId : (row.endIntentId ?? row.intentId))?.state;
  return state === 'sent' || state === 'landed' ? 'recording' : 'here';
}

export function redemptionView(reader: Reader, row: RedemptionRow): Redemption {
  const waitsFor = openStates.includes(row.state)
    ? outbox.find(reader, row.state === 'asked' ? row.intentId : (row.endIntentId ?? row.intentId))?.reason
    : undefined;
  return {
    id: row.id,
    revision: row.revision,
    amountMicros: row.amountMicros,
    payTo: row.payTo,
    atMs: row.atMs,
    state: row.state,
    record: recordOfRedemption(reader, row),
    reason: row.reason ?? waitsFor,
    bankReference: row.bankReference ?? undefined,
    payByMs: row.state === 'pending' && row.requestedAtMs !== null ? row.requestedAtMs + payWithinMs : undefined,
    canCancel: !row.isOwn && isStillHere(reader, row),
  };
}

export function deskView(
  reader: Reader,
  row: RedemptionRow,
  nameOf: (reader: Reader, seat: SeatNumber) => string | undefined,
): DeskRedemption {
  const memberName = row.isOwn ? '' : (nameOf(reader, row.seat) ?? '');
  return { ...redemptionView(reader, row), seat: row.seat, memberName, isOwn: row.isOwn };
}
