import type { Text } from '../../messages/text.svelte.ts';

const steps = [
  { per: 1e18, mark: '' },
  { per: 1e15, mark: 'm' },
  { per: 1e12, mark: 'µ' },
  { per: 1e9, mark: 'n' },
] as const;

/** How an amount of that size is written: in coins, or in thousandths, millionths or billionths of one. */
export function stepOf(wei: number): { per: number; mark: string } {
  return steps.find(({ per }) => wei >= per) ?? steps[3];
}

/** An amount of the chain's coin as people read it: 1.5 FIL, 65 µFIL. */
export function coinAmount(wei: string | number, coin: string, text: Text): string {
  const value = Number(wei);
  if (value === 0) return `0 ${coin}`;
  const { per, mark } = stepOf(value);
  return `${text.number(value / per, value >= 100 * per ? 0 : 2)} ${mark}${coin}`;
}
