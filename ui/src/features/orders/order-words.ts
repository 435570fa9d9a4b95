import type { Order } from '../../api/types.ts';
import { knownKey } from '../../messages/catalogue.ts';
import type { Text } from '../../messages/text.svelte.ts';

/** The word for so many units in the reader's language: 1 bag, 2 bags; a supplier's own word stays as it is. */
export function unitWord(unit: string, count: number, text: Text): string {
  const key = knownKey(`unit.${unit.toLowerCase()}`);
  return key ? text.t(key, { count }) : unit;
}

/** A number with its unit: 3 bags. */
export function unitCount(count: number, unit: string, text: Text): string {
  return `${text.number(count)} ${unitWord(unit, count, text)}`;
}

/** The order's name in the reader's language. */
export function orderTitle(order: Pick<Order, 'title' | 'titleEs'>, text: Text): string {
  return text.either(order.title, order.titleEs);
}

/** The price with its unit: $2.10 per bag. */
export function unitPrice(order: Pick<Order, 'unitPriceMicros' | 'unit'>, text: Text): string {
  return text.t('orders.price', { price: text.money(order.unitPriceMicros), unit: unitWord(order.unit, 1, text) });
}

/** What the order waits for, in one sentence: units to a better price, or to going ahead. */
export function whatIsMissing(order: Order, text: Text): string {
  const of = (key: 'orders.nextTier' | 'orders.toTarget', count: number, price = '') =>
    text.t(key, { count, unit: unitWord(order.unit, 1, text), units: unitWord(order.unit, count, text), price });
  const { nextTier, unitsToTarget } = order;
  if (nextTier && nextTier.unitsMissing > 0) {
    return of('orders.nextTier', nextTier.unitsMissing, text.money(nextTier.unitPriceMicros));
  }
  return unitsToTarget > 0 ? of('orders.toTarget', unitsToTarget) : text.t('orders.reached');
}
