export { createForeignMovements } from './foreign-movements.ts';
export type { Describe, RecordState } from './money.ts';
export { type SettlementDeps, type SettlementView, settlementView } from './settlement.ts';
export { createDepositsLane, isMoneyPaused, reservesLane } from './treasury.lanes.ts';
export { type TreasuryRouteDeps, treasuryRoutes } from './treasury.routes.ts';
export type { Deposit, Money, MoneyItem, NewDeposit, NewReserve } from './treasury.schema.ts';
export { mintsOnTheWay } from './treasury.store.ts';
export { createTreasury, type Treasury, type TreasuryDeps } from './treasury.ts';
