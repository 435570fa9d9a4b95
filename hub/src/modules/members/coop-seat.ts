import type { SeatNumber } from '../../platform/ports/index.ts';

/** The co-op's own seat in the registry: a guest's, whose key is the clearing account's. Nobody is enrolled in it. */
export const coopSeat: SeatNumber = 0xff_ff_ff;
