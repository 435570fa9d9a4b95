const microsPerUnit = 1_000_000n;

/**
 * An amount as banks and suppliers write it, in micro-units, exactly: "1,234.50", "(12.00)", "12,00-", "$5 CR".
 * Undefined when it is none, has more than six decimals or is too large.
 */
export function parseAmount(text: string, decimal: '.' | ','): number | undefined {
  const bare = text.replace(/[\s$€£\u00a0\u202f']|USD|FUSD/gi, '').replace('\u2212', '-');
  const match = /^(\()?([+-])?([\d.,]+)([+-])?(\))?(CR|DR)?$/i.exec(bare);
  if (!match) return undefined;
  const [, open, before, figures = '', after, close, side] = match;
  if ((open === undefined) !== (close === undefined) || (before && after)) return undefined;
  const group = decimal === '.' ? ',' : '.';
  const [whole = '', cents = '', ...more] = figures.split(decimal);
  const isGrouped = new RegExp(`^\\d{1,3}(\\${group}\\d{3})+$`).test(whole);
  if (more.length > 0 || !(isGrouped || /^\d+$/.test(whole) || (whole === '' && cents !== ''))) return undefined;
  if (!/^\d{0,6}$/.test(cents)) return undefined;
  const size = BigInt(whole.replaceAll(group, '') || '0') * microsPerUnit + BigInt(cents.padEnd(6, '0'));
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const isMinus = open !== undefined || before === '-' || after === '-' || side?.toUpperCase() === 'DR';
  return isMinus ? -Number(size) || 0 : Number(size);
}
