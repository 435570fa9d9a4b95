export { positiveMicros, timesUnits } from './amount.ts';
export { booksJob, checkBooks, type HistoryRow, historyOf } from './journal.reports.ts';
export { openCurrency } from './journal.store.ts';
export {
  type About,
  type Balance,
  createJournal,
  type ForeignMove,
  type HoldOwner,
  type Journal,
  type Move,
  type Side,
} from './journal.ts';
