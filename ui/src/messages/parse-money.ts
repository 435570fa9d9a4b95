/** Micro-units of an amount as people write it: "25", "25.5", "$1,234.50", "25,50"; `undefined` when it is none. */
export function parseMoney(written: string): number | undefined {
  const amountMicros = parseMoneyOrNone(written);
  return amountMicros === 0 ? undefined : amountMicros;
}

/** The same where nothing is an amount too: an empty till. */
export function parseMoneyOrNone(written: string): number | undefined {
  const bare = written.replace(/[\s$]/g, '');
  const match = /^(\d{1,3}(?:,\d{3})+|\d+)(?:[.,](\d{1,2}))?$/.exec(bare);
  if (!match) return undefined;
  const [, whole = '', cents = ''] = match;
  const amountMicros = Number(whole.replaceAll(',', '')) * 1_000_000 + Number(cents.padEnd(2, '0')) * 10_000;
  return Number.isSafeInteger(amountMicros) ? amountMicros : undefined;
}
