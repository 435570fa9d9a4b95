import type { BankEntry, Problem } from './bank.schema.ts';
import { oneLine, parseAmount, parseDay } from './bank-text.ts';
import type { ReadStatement } from './csv-statement.ts';

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const plain = (text: string) =>
  text
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named[name.toLowerCase()] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
      return point <= 0x10_ff_ff ? String.fromCodePoint(point) : whole;
    })
    .trim();

export const isOfx = (text: string): boolean =>
  /^\s*(OFXHEADER\s*:|<\?xml[^>]*>\s*(<\?OFX|<OFX)|<\?OFX|<OFX>)/i.test(text.slice(0, 4000));

/**
 * Reads OFX 1.x (SGML: values have no end tags) and 2.x (XML) alike: a tag with text is a value, one without opens an
 * aggregate. Only what a bank statement needs is looked at.
 */
export function readOfx(text: string): ReadStatement & { readonly account: string } {
  const entries: BankEntry[] = [];
  const problems: Problem[] = [];
  let account = '';
  let inside: Map<string, string> | undefined;
  let balance: Map<string, string> | undefined;
  let closing: { balanceMicros?: number; balanceOn?: string } = {};
  let count = 0;
  for (const [, slash, tag = '', written = ''] of text.matchAll(/<(\/?)([A-Za-z0-9._]+)>([^<]*)/g)) {
    const name = tag.toUpperCase();
    const value = plain(written);
    if (slash) {
      if (name === 'STMTTRN' && inside) {
        take(inside);
        inside = undefined;
      } else if (name === 'LEDGERBAL' && balance) {
        closing = balanceOf(balance);
        balance = undefined;
      }
    } else if (name === 'STMTTRN') inside = new Map();
    else if (name === 'LEDGERBAL') balance = new Map();
    else if (value !== '') {
      if (inside) inside.set(name, inside.get(name) ?? value);
      else if (balance) balance.set(name, value);
      else if (name === 'ACCTID') account ||= value;
      else if (name === 'CURDEF' && value.toUpperCase() !== 'USD')
        problems.push({ row: 0, field: 'currency', rule: 'must be USD' });
    }
  }
  if (inside) problems.push({ row: count + 1, field: 'file', rule: 'is cut off' });

  function take(fields: ReadonlyMap<string, string>): void {
    count++;
    const bookedOn = dayOf(fields.get('DTPOSTED'));
    const amountMicros = amountOf(fields.get('TRNAMT') ?? '');
    if (!bookedOn) problems.push({ row: count, field: 'date', rule: 'must be a day (DTPOSTED)' });
    else if (amountMicros === undefined)
      problems.push({ row: count, field: 'amount', rule: 'must be an amount (TRNAMT)' });
    else if (amountMicros !== 0)
      entries.push({
        bookedOn,
        amountMicros,
        payee: oneLine(fields.get('NAME') ?? ''),
        memo: oneLine([fields.get('MEMO'), fields.get('CHECKNUM')].filter(Boolean).join(' ')),
        reference: oneLine(fields.get('FITID') ?? fields.get('REFNUM') ?? '') || undefined,
      });
  }

  return { entries, problems, account, ...closing };
}

const dayOf = (text = '') => parseDay(text.slice(0, 8), 'ymd');
/** OFX allows a comma as well as a point before the cents, and no grouping. */
const amountOf = (text: string) => parseAmount(text, text.includes(',') && !text.includes('.') ? ',' : '.');
const balanceOf = (fields: ReadonlyMap<string, string>) => ({
  balanceMicros: amountOf(fields.get('BALAMT') ?? ''),
  balanceOn: dayOf(fields.get('DTASOF')),
});
