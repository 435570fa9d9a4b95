import { corrections } from './corrections.ts';
import { deposits } from './deposits.ts';
import type { LaneOfDay } from './lane.ts';
import { lots, recalls } from './lots.ts';
import { orders } from './orders.ts';
import { consumptions, gifts, harvests } from './produce.ts';
import { payouts, redemptions, restores } from './redemptions.ts';
import { reserves } from './reserves.ts';
import { shifts } from './shifts.ts';
import { transfers } from './transfers.ts';

/** Every lane that the drill lives with. A further one is a file and a line here. */
export const lanesOfDay: readonly LaneOfDay[] = [
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
];
