import type { Figures } from './figures.store.ts';

/** What the finalized chain says. */
export interface ChainFigures {
  readonly supplyMicros: number;
  readonly reserveMicros: number;
  /** Of the unminted deposits those that the chain has minted already; the hub has not noted it yet. */
  readonly mintedMicros: number;
}

export type CauseName = (typeof causeNames)[number];
export const causeNames = [
  'own_money',
  'statement_gap',
  'line_open',
  'line_matched',
  'line_fee',
  'line_interest',
  'line_returned',
  'line_own',
  'deposit_reversed',
  'booked_by_hand',
  'cash_in_till',
  'till_float',
  'till_difference',
  'cash_on_the_way',
  'money_orders_on_hand',
  'money_orders_on_the_way',
  'receipt_reversed',
  'carried_unrecorded',
  'paid_without_invoice',
  'redemption_not_paid',
  'redemption_not_booked',
  'redemption_other_amount',
  'suppliers',
  'foreign',
  'mint_waits',
  'attestation_waits',
  'since_attested',
  'attested_otherwise',
  'order_not_invoiced',
  'invoice_differs',
  'invoice_without_order',
  'clearing_other',
] as const;

export interface NamedCause {
  readonly cause: CauseName;
  readonly amountMicros: number;
  /** The order that it is about, or how many lines. */
  readonly subjectId?: string;
  readonly count?: number;
}

/** Two sums that should be equal, and every cause of their difference. */
export interface Pair {
  readonly id: 'bank-journal' | 'journal-chain' | 'bank-reserve' | 'clearing-invoices';
  readonly leftMicros: number;
  readonly rightMicros: number;
  readonly differenceMicros: number;
  readonly causes: readonly NamedCause[];
  /** What no cause accounts for: never anything but 0 while the books are right. */
  readonly unexplainedMicros: number;
}

const total = (rows: readonly { amountMicros: number }[]) => rows.reduce((sum, row) => sum + row.amountMicros, 0);

function pair(id: Pair['id'], leftMicros: number, rightMicros: number, all: readonly NamedCause[]): Pair {
  const causes = all.filter(({ amountMicros }) => amountMicros !== 0);
  const differenceMicros = leftMicros - rightMicros;
  return { id, leftMicros, rightMicros, differenceMicros, causes, unexplainedMicros: differenceMicros - total(causes) };
}

const journalOf = ({ issued }: Figures) => Object.values(issued).reduce((sum, micros) => sum + micros, 0);

/** What the bank holds against what members may use: cash on hand, what is not booked yet and what was never theirs. */
function bankAgainstJournal(figures: Figures): Pair {
  const { bank, lines, issued, till, receipts, onTheWay } = figures;
  const line = (name: string) => lines[name]?.micros ?? 0;
  const counted = (name: string) => lines[name]?.count;
  return pair('bank-journal', bank.balanceMicros, journalOf(figures), [
    { cause: 'own_money', amountMicros: bank.openingMicros },
    { cause: 'statement_gap', amountMicros: bank.balanceMicros - bank.openingMicros - bank.linesMicros },
    { cause: 'line_open', amountMicros: line('open'), count: counted('open') },
    { cause: 'line_matched', amountMicros: line('matched'), count: counted('matched') },
    { cause: 'line_fee', amountMicros: line('fee'), count: counted('fee') },
    { cause: 'line_interest', amountMicros: line('interest'), count: counted('interest') },
    { cause: 'line_returned', amountMicros: line('returned'), count: counted('returned') },
    { cause: 'line_own', amountMicros: line('own'), count: counted('own') },
    { cause: 'deposit_reversed', amountMicros: line('booked') - issued.bank },
    { cause: 'booked_by_hand', amountMicros: -issued.hand },
    { cause: 'cash_in_till', amountMicros: -till.nowMicros },
    { cause: 'till_float', amountMicros: till.floatsMicros },
    { cause: 'till_difference', amountMicros: till.differencesMicros },
    { cause: 'cash_on_the_way', amountMicros: -onTheWay.cash },
    { cause: 'money_orders_on_hand', amountMicros: -figures.moneyOrdersMicros },
    { cause: 'money_orders_on_the_way', amountMicros: -onTheWay['money-order'] },
    { cause: 'receipt_reversed', amountMicros: receipts.cash + receipts['money-order'] - issued.receipt },
    { cause: 'carried_unrecorded', amountMicros: line('cash') + line('money-order') - figures.carriedMicros },
    { cause: 'redemption_not_paid', amountMicros: -issued.redemption },
    { cause: 'redemption_not_booked', amountMicros: line('redemption') - figures.redemptionLinesMicros },
    { cause: 'redemption_other_amount', amountMicros: figures.redemptionLinesMicros - issued['redemption-paid'] },
    { cause: 'suppliers', amountMicros: line('invoice') - issued.supplier },
    { cause: 'foreign', amountMicros: -issued.foreign },
  ]);
}

function journalAgainstChain(figures: Figures, chain: ChainFigures): Pair {
  const waiting = figures.unminted.reduce((sum, { micros }) => sum + micros, 0) - chain.mintedMicros;
  return pair('journal-chain', journalOf(figures), chain.supplyMicros, [
    { cause: 'mint_waits', amountMicros: waiting, count: figures.unminted.length },
  ]);
}

/** The attestor's word on chain against the bank's own. */
function bankAgainstReserve({ bank, attested }: Figures, reserveMicros: number): Pair {
  const said = attested?.reserveMicros ?? reserveMicros;
  const since = attested?.linesSinceMicros ?? 0;
  return pair('bank-reserve', bank.balanceMicros, reserveMicros, [
    { cause: 'attestation_waits', amountMicros: said - reserveMicros },
    { cause: 'since_attested', amountMicros: since },
    { cause: 'attested_otherwise', amountMicros: bank.balanceMicros - since - said },
  ]);
}

/** What orders took in against what suppliers are owed, order by order. */
function clearingAgainstInvoices({ clearing, invoices, lines }: Figures): Pair {
  const of = (noun: string) => clearing.filter((row) => row.noun === noun);
  const unpaid = total(invoices.filter(({ isPaid }) => !isPaid));
  const orders = new Set([
    ...of('order').map(({ subject }) => subject),
    ...invoices.flatMap(({ orderId }) => orderId ?? []),
  ]);
  const byOrder = [...orders].map((subjectId): NamedCause => {
    const charged = of('order').find(({ subject }) => subject === subjectId)?.micros ?? 0;
    const own = invoices.filter(({ orderId }) => orderId === subjectId);
    const cause = own.length === 0 ? 'order_not_invoiced' : 'invoice_differs';
    return { cause, subjectId, amountMicros: charged - total(own) };
  });
  const paid = total(invoices.filter(({ isPaid }) => isPaid));
  const balance = clearing.reduce((sum, { micros }) => sum + micros, 0);
  const other = clearing.filter(({ noun }) => noun !== 'order' && noun !== 'redemption');
  const redeemed = of('redemption').reduce((sum, { micros }) => sum + micros, 0);
  const paidByBank = lines.invoice?.micros ?? 0;
  return pair('clearing-invoices', balance, unpaid, [
    ...byOrder,
    { cause: 'invoice_without_order', amountMicros: -total(invoices.filter(({ orderId }) => orderId === null)) },
    // Paid by bank, and the Food-USD of it still in the building.
    { cause: 'suppliers', amountMicros: redeemed - paidByBank },
    { cause: 'paid_without_invoice', amountMicros: paid + paidByBank },
    { cause: 'clearing_other', amountMicros: other.reduce((sum, { micros }) => sum + micros, 0) },
  ]);
}

/** Every sum beside the one it should be equal to. Without a line to the chain only what the hub knows by itself. */
export function reconcile(figures: Figures, chain: ChainFigures | undefined): Pair[] {
  return [
    bankAgainstJournal(figures),
    ...(chain ? [journalAgainstChain(figures, chain), bankAgainstReserve(figures, chain.reserveMicros)] : []),
    clearingAgainstInvoices(figures),
  ];
}

/** What no cause accounts for, over all pairs. */
export const driftOf = (pairs: readonly Pair[]): number =>
  pairs.reduce((sum, { unexplainedMicros }) => sum + Math.abs(unexplainedMicros), 0);
