import type { ChainRecord } from './chain-record.ts';

/** (order, seat) pairs that were debited more than once, and deposits that were minted more than once. */
export function judgeSettled({ debits, minted }: ChainRecord): string[] {
  const times = new Map<string, number>();
  const count = (what: string) => times.set(what, (times.get(what) ?? 0) + 1);
  for (const { subject, account } of debits) count(`${account} for order ${subject}`);
  for (const depositRef of minted) count(`deposit ${depositRef}`);
  return [...times].flatMap(([what, number]) => (number > 1 ? [`${what}, ${number} times`] : []));
}
