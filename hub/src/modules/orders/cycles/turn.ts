import { type Reader, system, type Tx } from '../../../platform/ports/index.ts';
import type { OrdersDeps } from '../orders.ts';
import {
  type CycleRow,
  dueCycles,
  endedCycles,
  forgottenCycles,
  setFill,
  takeStep,
  touchCycle,
} from './cycle.store.ts';
import { setAsidePromises } from './promises.ts';
import { releaseCancelled } from './way-back.ts';

/** How long the coordinator of a closed cycle may take to say who pays what. */
export const closingGraceMs = 7 * 24 * 60 * 60 * 1000;

const isDue = (reader: Reader, nowMs: number): boolean =>
  dueCycles(reader, nowMs).length > 0 ||
  forgottenCycles(reader, nowMs - closingGraceMs).length > 0 ||
  endedCycles(reader).length > 0;

/** What time does to cycles: last call, the end, and what nobody closed. The rest of what was interrupted ends as well. */
export async function turnCycles(deps: OrdersDeps): Promise<void> {
  const { store, clock } = deps;
  if (!deps.isClockTrusted()) return;
  if (store.read((reader) => isDue(reader, clock.nowMs()))) {
    await store.act({ name: 'cycles.turn', actor: system('cycles') }, (tx) => {
      let count = 0;
      for (const cycle of dueCycles(tx, tx.nowMs)) {
        turn(tx, cycle, cycle.closesAtMs <= tx.nowMs ? 'closed' : 'last-call');
        count++;
      }
      for (const cycle of forgottenCycles(tx, tx.nowMs - closingGraceMs)) {
        setFill(tx, cycle.rowId, null);
        turn(tx, cycle, 'cancelled', 'not_closed_in_time');
        count++;
      }
      for (const cycle of endedCycles(tx)) {
        turn(tx, cycle, 'settled');
        count++;
      }
      tx.audit({ count });
    });
  }
  await setAsidePromises(deps);
  await releaseCancelled(deps);
}

function turn(tx: Tx, cycle: CycleRow, state: CycleRow['state'], reason?: string): void {
  takeStep(tx, cycle, state, reason);
  touchCycle(tx, cycle);
}
