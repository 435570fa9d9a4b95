import type { HoldOwner } from '../../journal/index.ts';
import type { Officers, OnChain, Reader, Reads, Room, SeatNumber } from '../../platform/ports/index.ts';
import { createOfficerWords } from '../members/index.ts';
import { createBooking } from './booking.ts';
import { proposePayout } from './ending.ts';
import { recordOfRedemption } from './redemption-view.ts';
import { createRedemptionLanes, payoutsLane, redemptionsLane, restoresLane } from './redemptions.lanes.ts';
import { redemptionRoutes } from './redemptions.routes.ts';
import type { Redemption } from './redemptions.schema.ts';
import { findRedemption, setRedemption } from './redemptions.store.ts';
import { createRedemptions, holdOwner, type Redemptions, type RedemptionsDeps } from './redemptions.ts';

export type { DeskRedemption, NewOwnRedemption, NewRedemption, Redemption } from './redemptions.schema.ts';

export interface RedemptionsRoom extends Room {
  readonly redemptions: Redemptions;
  readonly holdOwner: HoldOwner;
  /** What the redemption of that id pays out. */
  amountOf(reader: Reader, id: string): number | undefined;
  /** What a movement of money for a redemption is called on its member's page. */
  describe(reader: Reader, id: string, seat: SeatNumber): { title: string; record: Redemption['record'] } | undefined;
}

export interface RedemptionsRoomDeps extends Omit<RedemptionsDeps, 'words' | 'booking'> {
  readonly officers: Officers;
  readonly reads: () => Reads | undefined;
  readonly onChain: () => OnChain | undefined;
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
}

/** Food-USD that goes back to the bank: members' on their wish, the co-op's own when a supplier was paid. */
export function createRedemptionsRoom(deps: RedemptionsRoomDeps): RedemptionsRoom {
  const { store, journal, officers, onChain, reads } = deps;
  const words = createOfficerWords({
    store,
    officers,
    onChain,
    reads,
    verifier: 'FoodUSD',
    lanes: [redemptionsLane, payoutsLane, restoresLane],
    officeOf: ({ type }) => (type === 'Redeem' ? 'clearing' : 'minter'),
  });
  const booking = createBooking(journal, (tx, row) => {
    // The co-op's own was paid before it was asked for: its end follows at once.
    if (!row.isOwn || row.bankReference === null) return;
    const endIntentId = proposePayout(tx, words, row, { bankReference: row.bankReference });
    setRedemption(tx, row, { state: 'paying', endIntentId });
  });
  const redemptions = createRedemptions({ ...deps, words, booking });
  return {
    redemptions,
    holdOwner,
    routes: redemptionRoutes(store, redemptions, deps.nameOf),
    lanes: createRedemptionLanes({ journal, booking, read: store.read, nowMs: () => deps.clock.nowMs() }),
    officerMessages: words,
    onChainEvent: booking.onEvent,
    amountOf: (reader, id) => findRedemption(reader, id)?.amountMicros,
    describe(reader, id, seat) {
      const row = findRedemption(reader, id);
      return row?.seat === seat ? { title: row.payTo, record: recordOfRedemption(reader, row) } : undefined;
    },
  };
}
