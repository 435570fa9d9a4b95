import { csvText, plainAmount } from '../statements/csv-text.ts';
import type { Entry } from './entries.store.ts';

const header = `; Books of the co-op for beancount. Commodities: FUSD is the building's Food-USD, USD is money at the bank and in the till.
;
; Liabilities:Members:Seat-NNNN:Available   what a member may use; :Held is set aside for orders, :Owed is a debt of theirs
; Liabilities:Clearing                      what orders took in and suppliers are paid from
; Equity:Issued                             the contra of all Food-USD; Equity:Outside of what the hub did not start
; Assets:Bank:NAME                          the bank's own lines
; Assets:Cash:Till, Assets:Cash:MoneyOrders what was taken in by hand; Assets:OnTheWay:* what was carried to the bank
; Equity:MembersMoney                       dollars for which Food-USD was issued or redeemed
; Equity:Unmatched                          the bank's lines that nobody has named yet
; Equity:Own, Equity:Returned               the building's own money; deposits that the bank took back
; Liabilities:Suppliers                     invoices not paid yet
; Expenses:Suppliers, Expenses:Bank:Fees, Expenses:Till:Difference, Income:Bank:Interest
`;

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const quoted = (text: string) => `"${text.replace(/[\\"]/g, (mark) => `\\${mark}`).replace(/[\r\n]+/g, ' ')}"`;

/** Entries as text for beancount: every account opened before its first use, every transaction balanced by itself. */
export function beancountText(entries: readonly Entry[]): string {
  const opened = new Map<string, { day: string; commodity: string }>();
  for (const { atMs, legs } of entries) {
    for (const { account, commodity } of legs) {
      const day = dayOf(atMs);
      const known = opened.get(account);
      if (!known || day < known.day) opened.set(account, { day, commodity });
    }
  }
  const opens = [...opened]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, { day, commodity }]) => `${day} open ${account} ${commodity}`);
  const bodies = entries.map(({ atMs, id, payee, narration, legs }) => {
    const lines = legs.map(({ account, micros, commodity }) => `  ${account}  ${plainAmount(micros)} ${commodity}`);
    return [`${dayOf(atMs)} * ${quoted(payee)} ${quoted(narration)}`, `  id: ${quoted(id)}`, ...lines, ''].join('\n');
  });
  return [header, 'option "operating_currency" "USD"', '', ...opens, '', ...bodies].join('\n');
}

/** One line per leg, for a spreadsheet. */
export function entriesCsv(entries: readonly Entry[]): string {
  const rows = entries.flatMap(({ atMs, id, payee, narration, legs }) =>
    legs.map(({ account, micros, commodity }) => [
      dayOf(atMs),
      id,
      payee,
      narration,
      account,
      plainAmount(micros),
      commodity,
    ]),
  );
  return csvText([['Day', 'Id', 'Payee', 'Narration', 'Account', 'Amount', 'Commodity'], ...rows]);
}
