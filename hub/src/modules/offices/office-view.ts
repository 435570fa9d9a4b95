import { outbox } from '../../outbox/index.ts';
import type { Reader } from '../../platform/ports/index.ts';
import type { OfficeChangeState, OfficeChangeView } from './offices.schema.ts';
import type { OfficeChangeRow } from './offices.store.ts';

/** How far the board's wish is, as its intents tell. */
export function officeChangeView(reader: Reader, row: OfficeChangeRow): OfficeChangeView {
  const carry = outbox.find(reader, row.carryIntent)!;
  const announce = row.announceIntent === undefined ? undefined : outbox.find(reader, row.announceIntent);
  const states = [carry, ...(announce ? [announce] : [])].map(({ state }) => state);
  let state: OfficeChangeState = 'waiting';
  if (carry.state === 'final') state = 'done';
  else if (states.includes('void')) state = 'ended';
  else if (states.includes('signed')) state = 'signing';
  const { id, office, action, addresses, threshold, atMs } = row;
  const reason = [carry, announce].find((intent) => intent?.state === 'void')?.reason ?? carry.reason;
  const effectiveAtMs = announce ? carry.notBeforeMs : undefined;
  return { id, office, action, addresses, threshold, state, reason, effectiveAtMs, atMs };
}
