import './words.ts';
import type { Good } from '../../api/types.ts';
import { localeOf } from '../../messages/message.ts';
import type { Text } from '../../messages/text.svelte.ts';
import { unitCount } from '../orders/order-words.ts';

/** $1.20 per 100 g; empty where the size is not known. */
export function comparedWord({ compared }: Pick<Good, 'compared'>, text: Text): string {
  return compared ? text.t(`goods.compared.${compared.per}`, { price: text.money(compared.priceMicros) }) : '';
}

/** 16 oz; empty where the size is not known. */
export function sizeWord({ unitSize, measure }: Pick<Good, 'unitSize' | 'measure'>, text: Text): string {
  if (unitSize === undefined || measure === undefined) return '';
  return `${text.number(unitSize, Number.isInteger(unitSize) ? 0 : 2)} ${text.t(`goods.measure.${measure}`, { count: unitSize })}`;
}

/** What one saves against the shop; empty where it saves nothing or nobody knows. */
export function savingWord({ shelfPriceMicros, unitPriceMicros }: Good, text: Text): string {
  if (shelfPriceMicros === undefined || shelfPriceMicros <= unitPriceMicros) return '';
  const saved = text.money(shelfPriceMicros - unitPriceMicros);
  return text.t('goods.saves', { price: text.money(shelfPriceMicros), saved });
}

export const tierWord = (good: Good, tier: NonNullable<Good['tiers']>[number], text: Text): string =>
  text.t('goods.tier', { units: unitCount(tier.fromUnits, good.unit, text), price: text.money(tier.unitPriceMicros) });

/** The words of a weekday; Monday is 1. */
export function dayName(day: number, text: Text): string {
  // A week that begins on a Monday.
  return new Intl.DateTimeFormat(localeOf[text.language], { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, day),
  );
}
