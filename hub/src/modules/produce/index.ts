import type { Clock } from '../../platform/clock.ts';
import type { Hex, Officers, OnChain, Reader, Reads, Room, SeatNumber, Store } from '../../platform/ports/index.ts';
import { createCarriesLane } from './carries.lane.ts';
import { produceDifferences } from './comparison.ts';
import { createGifts, type Gifts } from './gifts.ts';
import { createLots, type Lots, takeCertificate } from './lots.ts';
import { tokensOf } from './moves.store.ts';
import { createOfficerWords } from './officer-words.ts';
import { produceLanes } from './produce.lanes.ts';
import { produceRoutes } from './produce.routes.ts';
import { createProduce, type Produce, type ProduceMembers } from './produce.ts';
import { createShifts, type Shifts } from './shifts.ts';
import { createGroSightings } from './sightings.ts';

export type { Lot, MyProduce, NewConsumption, NewHarvests, NewLot, ShiftView } from './produce.schema.ts';
export type { ProduceMembers } from './produce.ts';

export interface ProduceRoomDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly officers: Officers;
  readonly members: ProduceMembers;
  readonly seatOf: (reader: Reader, address: Hex) => SeatNumber | undefined;
  readonly onChain: () => OnChain | undefined;
  readonly reads: () => Reads | undefined;
}

export interface ProduceRoom extends Room {
  readonly lots: Lots;
  readonly produce: Produce;
  readonly shifts: Shifts;
  readonly gifts: Gifts;
  /** Where journal and finalized chain disagree about grams and GRO; undefined without a line. */
  differences(): Promise<string[] | undefined>;
}

/** What grows in the building: lots, who has how much of them, and the GRO that growing earns. */
export function createProduceRoom(deps: ProduceRoomDeps): ProduceRoom {
  const { store, clock, members } = deps;
  const words = createOfficerWords({
    store,
    officers: deps.officers,
    onChain: deps.onChain,
    onSigned(tx, intent, signer) {
      if (intent.message.type === 'Certify') takeCertificate(tx, intent, signer);
    },
  });
  const lots = createLots({ store, words });
  const produce = createProduce({ store, words, clock, members });
  const shifts = createShifts({ store, words });
  const gifts = createGifts({ store, words, nowMs: () => clock.nowMs(), members });
  const comparison = { store, reads: deps.reads, seats: members.seats };
  return {
    lots,
    produce,
    shifts,
    gifts,
    differences: () => produceDifferences(comparison),
    routes: produceRoutes({ store, lots, produce, shifts, gifts, members, comparison }),
    lanes: [...produceLanes, createCarriesLane((seat) => ['0', ...store.read((reader) => tokensOf(reader, seat))])],
    officerMessages: words,
    onChainEvent: createGroSightings({ seatOf: deps.seatOf, gro: () => deps.onChain()?.contracts.GroToken })
      .onChainEvent,
  };
}
