export type { BankLine, BankStatement, StatementPreview } from './bank/bank.schema.ts';
export { depositReferenceOf } from './bank/reference.ts';
export type { CashView, Receipt, Till } from './cash/cash.schema.ts';
export { chainTransferRoutes } from './chain-transfers.routes.ts';
export { createDesk, type DeskDeps } from './desk.ts';
export { createForeignMovements } from './foreign-movements.ts';
export type { Invoice } from './invoices/invoices.ts';
export type { Describe, RecordState } from './money.ts';
export {
  ledgerOf,
  neverWhenShort,
  type Outgoing,
  type OutgoingLedger,
  outgoingCalls,
  outgoingReadiness,
  triedReadiness,
} from './outgoing.ts';
export type { Comparison, Reconciliation } from './reconciliation/reconciliation.schema.ts';
export type { Reversal } from './reversals/reversals.schema.ts';
export { type SettlementDeps, type SettlementView, settlementView } from './settlement.ts';
export { settlementCostRoutes } from './settlement-cost.routes.ts';
export type { SettlementFees, SettlementQuote } from './settlement-cost.schema.ts';
export {
  type AssertWithinLimit,
  createMoneySigning,
  hasNotLeft,
  type MoneyMembers,
  type SignedMoneyDeps,
  signedMoneyOwner,
} from './signed-money.ts';
export { createDepositsLane, isMoneyPaused, reservesLane } from './treasury.lanes.ts';
export { type TreasuryRouteDeps, treasuryRoutes } from './treasury.routes.ts';
export type { Deposit, Money, MoneyItem, NewDeposit, NewReserve } from './treasury.schema.ts';
export { mintsOnTheWay } from './treasury.store.ts';
export { createTreasury, type Treasury, type TreasuryDeps } from './treasury.ts';
