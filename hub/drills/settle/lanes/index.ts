import { deposits } from './deposits.ts';
import type { LaneOfDay } from './lane.ts';
import { orders } from './orders.ts';
import { reserves } from './reserves.ts';

/** Every lane that the drill lives with. A further one is a file and a line here. */
export const lanesOfDay: readonly LaneOfDay[] = [reserves, deposits, orders];
