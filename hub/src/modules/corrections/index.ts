import type { Clock } from '../../platform/clock.ts';
import type { Officers, Reader, Reads, Room, SeatNumber } from '../../platform/ports/index.ts';
import { createOfficerWords } from '../members/index.ts';
import { createCorrectionsLane } from './corrections.lane.ts';
import { correctionRoutes, recordOfCorrection } from './corrections.routes.ts';
import type { Correction } from './corrections.schema.ts';
import { findCorrection } from './corrections.store.ts';
import { type Corrections, type CorrectionsDeps, correctionsLane, createCorrections } from './corrections.ts';

export type { Correction, CorrectionRules, NewCorrection } from './corrections.schema.ts';

export interface CorrectionsRoom extends Room {
  readonly corrections: Corrections;
  /** What a movement of money for a correction is called on its member's page. */
  describe(reader: Reader, id: string, seat: SeatNumber): { title: string; record: Correction['record'] } | undefined;
}

export interface CorrectionsRoomDeps extends Omit<CorrectionsDeps, 'words'> {
  readonly officers: Officers;
  readonly reads: () => Reads | undefined;
  readonly clock: Clock;
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
}

/** What the co-op gives back to members after an order was settled for good. */
export function createCorrectionsRoom(deps: CorrectionsRoomDeps): CorrectionsRoom {
  const { store, journal, officers, onChain, reads, rules, nameOf } = deps;
  const words = createOfficerWords({
    store,
    officers,
    onChain,
    reads,
    verifier: 'FoodUSD',
    lanes: [correctionsLane],
    officeOf: () => 'clearing',
  });
  const corrections = createCorrections({ ...deps, words });
  return {
    corrections,
    routes: correctionRoutes(store, corrections, rules, nameOf),
    lanes: [createCorrectionsLane(journal, store.read, () => deps.clock.nowMs())],
    officerMessages: words,
    describe(reader, id) {
      const row = findCorrection(reader, id);
      return row && { title: row.note, record: recordOfCorrection(reader, row) };
    },
  };
}
