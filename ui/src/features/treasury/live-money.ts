import { onNouns } from '../../app/live.ts';

/** Changes after which somebody's balance or history may be another. */
export const movesMoney = onNouns(
  'money',
  'movement',
  'deposit',
  'order',
  'line',
  'hold',
  'intent',
  'member',
  'transfer',
  'redemption',
  'correction',
);
