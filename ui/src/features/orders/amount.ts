import type { Order } from '../../api/types.ts';

export interface ExpectedAmount {
  /** What is set aside, and the most that it can cost. */
  atMostMicros: number;
  /** What it costs if the order goes on as it stands: the better price once enough units are taken. */
  probablyMicros: number;
  /** What would come back then. */
  comesBackMicros: number;
}

/** What so many units cost the person who takes them instead of `unitsBefore`. */
export function amountOf(
  order: Pick<Order, 'unitPriceMicros' | 'nextTier'>,
  units: number,
  unitsBefore = 0,
): ExpectedAmount {
  const atMostMicros = units * order.unitPriceMicros;
  const { nextTier } = order;
  const isTierReached = nextTier !== undefined && units - unitsBefore >= nextTier.unitsMissing;
  const probablyMicros = isTierReached ? units * nextTier.unitPriceMicros : atMostMicros;
  return { atMostMicros, probablyMicros, comesBackMicros: atMostMicros - probablyMicros };
}
