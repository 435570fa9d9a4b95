import type { Officers, Room } from '../../platform/ports/index.ts';
import { createOfficerWords } from '../members/index.ts';
import { createLimitLanes, limitsLane } from './limits.lanes.ts';
import { limitRoutes } from './limits.routes.ts';
import { createLimits, type Limits, type LimitsDeps, tellLimit } from './limits.ts';
import { createLimitSightings, type LimitSightingsDeps } from './sightings.ts';

export type { Limits } from './limits.ts';

export interface LimitsRoom extends Room {
  readonly limits: Limits;
}

export interface LimitsRoomDeps extends Omit<LimitsDeps, 'words'>, LimitSightingsDeps {
  readonly officers: Officers;
}

/** What may leave an account in a day, as the token enforces it. */
export function createLimitsRoom(deps: LimitsRoomDeps): LimitsRoom {
  const { store, clock, officers, onChain, reads } = deps;
  const words = createOfficerWords({
    store,
    officers,
    onChain,
    reads,
    verifier: 'FoodUSD',
    lanes: [limitsLane],
    officeOf: () => 'clearing',
  });
  const limits = createLimits({ ...deps, words });
  const sightings = createLimitSightings(deps);
  return {
    limits,
    routes: limitRoutes(store, limits),
    lanes: createLimitLanes({ nowMs: () => clock.nowMs(), tell: tellLimit }),
    jobs: sightings.jobs,
    officerMessages: words,
    onChainEvent: sightings.onEvent,
  };
}
