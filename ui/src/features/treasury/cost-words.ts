import type { Text } from '../../messages/text.svelte.ts';

const perCoin = 1e18;
const perNano = 1e9;

/** An amount of the chain's coin, in billionths of it (nFIL, nETH) while it is small. */
export function coinAmount(wei: string | number, coin: string, text: Text): string {
  const value = Number(wei);
  if (value === 0) return `0 ${coin}`;
  if (value >= perCoin / 1000) return `${text.number(value / perCoin, 6)} ${coin}`;
  return `${text.number(value / perNano, value >= 100 * perNano ? 0 : 3)} n${coin}`;
}

/** The same as a bare number of billionths, for a chart. */
export const nanos = (wei: string | number): number => Number(wei) / perNano;
