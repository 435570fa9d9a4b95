import type { HoldOwner } from '../../journal/index.ts';
import type { Reader, Room, SeatNumber } from '../../platform/ports/index.ts';
import { recordOfTransfer } from './transfer-view.ts';
import { createTransfersLane } from './transfers.lane.ts';
import { transferRoutes } from './transfers.routes.ts';
import type { Transfer } from './transfers.schema.ts';
import { findTransfer } from './transfers.store.ts';
import { createTransfers, holdOwner, type Transfers, type TransfersDeps } from './transfers.ts';

export { transferBatch, transferCalls, transferReadiness, transfersUsed } from './transfers.lane.ts';
export type { NewTransfer, Transfer } from './transfers.schema.ts';
export type { TransferMembers, Transfers } from './transfers.ts';

export interface TransfersRoom extends Room {
  readonly transfers: Transfers;
  readonly holdOwner: HoldOwner;
  /** What a movement of money for a transfer is called on the page of one of its two seats. */
  describe(reader: Reader, id: string, seat: SeatNumber): { title: string; record: Transfer['record'] } | undefined;
}

/** Money from neighbour to neighbour. */
export function createTransfersRoom(deps: TransfersDeps): TransfersRoom {
  const { store, journal, members } = deps;
  const transfers = createTransfers(deps);
  return {
    transfers,
    holdOwner,
    routes: transferRoutes(store, transfers, members),
    lanes: [createTransfersLane({ journal, read: store.read, nowMs: () => deps.clock.nowMs() })],
    describe(reader, id, seat) {
      const row = findTransfer(reader, id);
      if (!row) return undefined;
      const other = row.fromSeat === seat ? row.toSeat : row.fromSeat;
      return { title: members.labelOf(reader, other), record: recordOfTransfer(reader, row) };
    },
  };
}
