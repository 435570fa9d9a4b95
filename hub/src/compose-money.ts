import type { Config } from './config/index.ts';
import type { HoldOwner, Journal } from './journal/index.ts';
import { createCorrectionsRoom } from './modules/corrections/index.ts';
import { createLimitsRoom, type LimitsRoom } from './modules/limits/index.ts';
import * as membersRoom from './modules/members/index.ts';
import { createRedemptionsRoom } from './modules/redemptions/index.ts';
import { createTransfersRoom, type TransfersRoom } from './modules/transfers/index.ts';
import { type AssertWithinLimit, mintsOnTheWay } from './modules/treasury/index.ts';
import type { Clock } from './platform/clock.ts';
import type { Officers, OnChain, Reader, Reads, Room, SeatNumber, Store } from './platform/ports/index.ts';
import type { SignAsMember } from './signing/index.ts';

interface SharedDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly officers: Officers;
  readonly sign: SignAsMember;
  readonly onChain: () => OnChain | undefined;
  readonly reads: () => Reads | undefined;
}

/** What may leave an account in a day. */
export function composeLimits(deps: SharedDeps & { readonly isClockTrusted: () => boolean }): LimitsRoom {
  return createLimitsRoom({
    ...deps,
    members: { sign: deps.sign, addressOf: membersRoom.addressOf },
    seatOf: membersRoom.seatOfAddress,
    accounts: (reader) => membersRoom.foundingSeats(reader).map(({ address }) => address),
  });
}

export interface MoneyDeps extends SharedDeps {
  readonly journal: Journal;
  readonly assertWithinLimit: AssertWithinLimit;
  readonly corrections: Config['corrections'];
}

/** The rooms through which members' money moves without an order: to neighbours, back to the bank, back from the co-op. */
export function composeMoney(deps: MoneyDeps) {
  const { store, journal, clock, officers, onChain, reads, assertWithinLimit } = deps;
  const members = {
    sign: deps.sign,
    addressOf: membersRoom.addressOf,
    labelOf: membersRoom.labelOf,
    isRetired: membersRoom.isRetired,
    outgoingWaitsUntil: (reader: Reader, seat: SeatNumber) =>
      membersRoom.outgoingWaitsUntilMs(reader, seat, clock.nowMs()),
  };
  const transfers = createTransfersRoom({ store, journal, members, onChain, clock, assertWithinLimit, mintsOnTheWay });
  const redemptions = createRedemptionsRoom({
    store,
    journal,
    members,
    officers,
    onChain,
    reads,
    clock,
    assertWithinLimit,
    mintsOnTheWay,
    nameOf: membersRoom.nameOf,
  });
  const corrections = createCorrectionsRoom({
    store,
    journal,
    officers,
    onChain,
    reads,
    clock,
    rules: deps.corrections,
    addressOf: membersRoom.addressOf,
    nameOf: membersRoom.nameOf,
  });
  return {
    transfers,
    redemptions,
    corrections,
    rooms: [transfers, redemptions, corrections] satisfies Room[],
    holdOwners: [transfers.holdOwner, redemptions.holdOwner] satisfies HoldOwner[],
    /** What its movements of money are called, by noun. */
    describers: { transfer: transfers, redemption: redemptions, correction: corrections } as Readonly<
      Record<string, Pick<TransfersRoom, 'describe'>>
    >,
  };
}

export type MoneyRooms = ReturnType<typeof composeMoney>;
