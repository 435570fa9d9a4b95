import type { Good } from './goods.schema.ts';

/** Every price of a unit by the pooled quantity, by rising `fromUnits`, the first from 0; micro-units. */
export const tiersOf = ({ unitPriceMicros, tiers = [] }: Pick<Good, 'unitPriceMicros' | 'tiers'>) => [
  { fromUnits: 0, unitPriceMicros },
  ...tiers,
];
