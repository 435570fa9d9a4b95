import { corrections } from './corrections.ts';
import { deposits } from './deposits.ts';
import { cancels, carries, groCarries, keyChanges, recoveries } from './keys.ts';
import type { LaneOfDay } from './lane.ts';
import { dailyLimits, limitRaises } from './limits.ts';
import { locks, lockWithdrawals } from './locks.ts';
import { lots, recalls } from './lots.ts';
import { boardCalls, boardRotations } from './offices.ts';
import { orders } from './orders.ts';
import { consumptions, gifts, harvests } from './produce.ts';
import { payouts, redemptions, restores } from './redemptions.ts';
import { reserves } from './reserves.ts';
import { retirements } from './retirements.ts';
import { seats } from './seats.ts';
import { shifts } from './shifts.ts';
import { transfers } from './transfers.ts';
import { executions, proposals, votes } from './votes.ts';

/** Every lane that the drill lives with. A further one is a file and a line here. */
const lanesOfDay: readonly LaneOfDay[] = [
  reserves,
  deposits,
  orders,
  corrections,
  transfers,
  redemptions,
  payouts,
  restores,
  lots,
  recalls,
  harvests,
  shifts,
  gifts,
  consumptions,
  locks,
  lockWithdrawals,
  proposals,
  votes,
  executions,
  seats,
  retirements,
  recoveries,
  cancels,
  keyChanges,
  carries,
  dailyLimits,
  limitRaises,
  groCarries,
  boardCalls,
  boardRotations,
];

/** These of them, or all. */
export const lanesNamed = (names: readonly string[] | undefined): readonly LaneOfDay[] =>
  lanesOfDay.filter(({ name }) => names?.includes(name) ?? true);
