/** From so many units of everybody together on, each costs this; micro-units. */
export interface Tier {
  readonly fromUnits: number;
  readonly unitPriceMicros: number;
}

/** The price of a unit when everybody together takes `units`; tiers by rising `fromUnits`, the first from 0. */
export const priceAt = (tiers: readonly Tier[], units: number): number =>
  tiers.findLast(({ fromUnits }) => fromUnits <= units)!.unitPriceMicros;

/** The dearest that a unit can get: what a hold has to cover. */
export const dearest = (tiers: readonly Tier[]): number =>
  tiers.reduce((most, { unitPriceMicros }) => Math.max(most, unitPriceMicros), 0);
