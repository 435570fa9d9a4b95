import { knownKey } from '../../messages/catalogue.ts';
import type { Text } from '../../messages/text.svelte.ts';

type Unit = 'gro' | 'money' | 'share' | 'days' | 'grams' | 'count';

const scales: Record<Unit, number> = {
  gro: 1_000_000,
  money: 1_000_000,
  share: 100,
  days: 86_400,
  grams: 1,
  count: 1,
};

/** In what the building's number is told to people; in the contract it is micro-units, ten-thousandths or seconds. */
export function unitOf(key: string): Unit {
  if (key.startsWith('gro.') || key === 'lock.cap') return 'gro';
  if (key === 'spending.perMonth' || key === 'orders.automaticLimit') return 'money';
  if (key.endsWith('.threshold') || key === 'vote.quorum' || key === 'orders.markup') return 'share';
  if (key.endsWith('.delay') || key === 'season.length') return 'days';
  return key === 'produce.gramsPerDay' ? 'grams' : 'count';
}

export function numberName(key: string, text: Text): string {
  const known = knownKey(`number.${key}`);
  return known ? text.t(known) : key;
}

/** The value as people read it: $1,000.00, 30 percent, 7 days. */
export function inUnit(key: string, value: number, text: Text): string {
  const unit = unitOf(key);
  if (unit === 'money') return text.money(value);
  const scaled = value / scales[unit];
  if (unit === 'count') return text.number(scaled);
  return text.t('number.in', { value: text.number(scaled, 6), unit: text.t(`number.unit.${unit}`) });
}

/** What somebody wrote in the number's unit, as the contract has it; undefined when it is no such number. */
export function fromUnit(key: string, written: string): number | undefined {
  const bare = written.trim().replace(',', '.');
  if (!/^\d{1,12}(\.\d{1,6})?$/.test(bare)) return undefined;
  const value = Number(bare) * scales[unitOf(key)];
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-6 && Number.isSafeInteger(whole) ? whole : undefined;
}
