/** What the hub answers, as the page reads it. Money is integer micro-units (6 decimals), times are UTC milliseconds. */
import type * as corrections from '@stoop/hub/modules/corrections/corrections.schema.ts';
import type * as garden from '@stoop/hub/modules/garden/garden.schema.ts';
import type * as governance from '@stoop/hub/modules/governance/governance.schema.ts';
import type * as limits from '@stoop/hub/modules/limits/limits.schema.ts';
import type * as members from '@stoop/hub/modules/members/members.schema.ts';
import type * as offices from '@stoop/hub/modules/offices/offices.schema.ts';
import type * as orders from '@stoop/hub/modules/orders/orders.schema.ts';
import type * as produce from '@stoop/hub/modules/produce/produce.schema.ts';
import type * as redemptions from '@stoop/hub/modules/redemptions/redemptions.schema.ts';
import type * as goods from '@stoop/hub/modules/suppliers/goods.schema.ts';
import type * as priceFiles from '@stoop/hub/modules/suppliers/price-files/price-files.schema.ts';
import type * as suppliers from '@stoop/hub/modules/suppliers/suppliers.schema.ts';
import type * as transfers from '@stoop/hub/modules/transfers/transfers.schema.ts';
import type * as bank from '@stoop/hub/modules/treasury/bank/bank.schema.ts';
import type * as cash from '@stoop/hub/modules/treasury/cash/cash.schema.ts';
import type * as invoices from '@stoop/hub/modules/treasury/invoices/invoices.ts';
import type * as reconciliation from '@stoop/hub/modules/treasury/reconciliation/reconciliation.schema.ts';
import type * as reversals from '@stoop/hub/modules/treasury/reversals/reversals.schema.ts';
import type * as costs from '@stoop/hub/modules/treasury/settlement-cost.schema.ts';
import type * as treasury from '@stoop/hub/modules/treasury/treasury.schema.ts';
import type * as ports from '@stoop/hub/platform/ports/index.ts';
import type { TypedData } from '../features/wallet/wallet.ts';

export type { Role } from '@stoop/hub/platform/ports/index.ts';

export type AuditRow = members.AuditRow;
export type Device = members.DeviceView;
export type Dwelling = members.DwellingView;
export type Me = members.MeReply;
export type Member = members.MemberView;
export type MemberRow = members.MemberRow;
export type PhoneCode = members.PhoneCodeReply;
export type Tile = members.TilesReply['items'][number];
export type LockedPad = members.LockedReply['items'][number];
export type TileShows = members.TileShows;
export type Enrolled = (typeof members.EnrolledReply)['static'];
export type Claimed = (typeof members.ClaimReply)['static'];
export type KioskCode = (typeof members.KioskCodeReply)['static'];

export type Payee = members.NeighboursReply['items'][number];
export type Transfer = transfers.Transfer;
export type Redemption = redemptions.Redemption;
export type DailyLimit = limits.DailyLimit;

export type Deposit = treasury.Deposit;
export type BankCause = bank.Cause;
export type BankLine = bank.BankLine;
export type BankMapping = bank.Mapping;
export type BankStatement = bank.BankStatement;
export type BankSummary = bank.BankSummary;
export type StatementPreview = bank.StatementPreview;
export type CashView = cash.CashView;
export type Receipt = cash.Receipt;
export type Till = cash.Till;
export type Invoice = invoices.Invoice;
export type Reconciliation = reconciliation.Reconciliation;
export type Comparison = reconciliation.Comparison;
export type Reversal = reversals.Reversal;
export type MyReversal = reversals.MyReversal;
export type DeskRedemption = redemptions.DeskRedemption;
export type SettlementQuote = costs.SettlementQuote;
export type SettlementFees = costs.SettlementFees;
/** Whose money may come in. */
export interface Payer {
  seat: number;
  name: string;
  reference: string;
}
export type Money = treasury.Money;
export type Movement = treasury.MoneyItem;

export type Correction = corrections.Correction;
export type Corrections = corrections.Corrections;
export type OfficeChange = offices.OfficeChangeView;
export interface WalletRequest {
  readonly id: string;
  readonly typedData: TypedData;
}
export interface WalletRequestReply {
  readonly request?: WalletRequest;
}
export type OfficerKeys = offices.OfficerKeysView;
export type OfficerMessage = Omit<ports.OfficerMessage, 'typedData'> & { readonly typedData: TypedData };

export type Good = goods.Good;
export type Allergen = goods.Allergen;
export type Diet = goods.Diet;
export type Supplier = suppliers.Supplier;
export type SupplierDetails = suppliers.SupplierDetails;
export type PriceFile = priceFiles.PriceFile;
export type PriceFilePreview = priceFiles.PriceFilePreview;
export type PriceMapping = priceFiles.PriceMapping;
export type PriceColumn = priceFiles.PriceColumn;
export type PriceDifference = priceFiles.PriceDifference;

/** Prices by quantity and a tolerated rest come with the supplier's terms, where there are any. */
export type Order = orders.Order & {
  readonly nextTier?: { readonly unitPriceMicros: number; readonly unitsMissing: number };
  readonly toleranceUnits?: number;
};
export type NewOrder = orders.NewOrder;
export type RecordState = orders.RecordState | treasury.RecordState;

export type Lot = produce.Lot;
export type MyProduce = produce.MyProduce;
export type ProduceMove = produce.ProduceMove;
export type ShiftView = produce.ShiftView;
export type Neighbour = produce.Neighbour;

export type Proposal = governance.Proposal;
export type NewProposal = governance.NewProposal;
export type MyVote = governance.MyVote;
export type Support = governance.Support;
export interface BuildingNumber {
  readonly key: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
}
export type Locks = governance.Locks;

export type Reading = garden.Reading;
export type Sensors = (typeof garden.Sensors)['static'];
export type Sensor = garden.Sensor;
export type WaitingSensor = garden.WaitingSensor;
export type SensorCredentials = garden.SensorCredentials;
export type Series = garden.Series;

export interface Paged<T> {
  items: readonly T[];
  next?: string;
}

export interface Items<T> {
  items: readonly T[];
}

export interface Fault {
  code: string;
  class: string;
  sinceMs: number;
  message: string;
}

export interface HubInfo {
  name: string;
  isDemo: boolean;
  isClaimed: boolean;
  nowMs: number;
  isClockTrusted: boolean;
  /** What its clock says while it was set back and the building's time goes on without it. */
  clockSaysMs?: number;
  /** Restored from a backup and not yet compared with its chain: what moves money is not taken. */
  isCatchingUp: boolean;
  isOnline: boolean;
  offlineSinceMs?: number;
  offlineBecause?: 'line' | 'stale' | 'behind' | 'wrong';
  waitingCount: number;
  waitingSinceMs?: number;
  faults: Fault[];
  version: string;
  chain?: { chainId: number; isEmbedded: boolean };
  lanUrls: string[];
}

/** One endpoint of the chain, by its host. */
export interface Endpoint {
  name: string;
  isServing: boolean;
  breaker: 'closed' | 'open' | 'half-open';
  verdict?: 'good' | 'away' | 'wrong' | 'stale' | 'behind' | 'clock';
  reason?: string;
  sinceMs?: number;
  pauseLeftMs?: number;
  headNumber?: number;
}

/** The line to the outside, for those who look after it. */
export interface Line {
  isOnline: boolean;
  offlineSinceMs?: number;
  hubClockAheadMs?: number;
  headAtMs?: number;
  finalizedAtMs?: number;
  lastSeenAtMs?: number;
  endpoints: Endpoint[];
}

/** How well the building's data is kept. */
export interface Backups {
  newestAtMs?: number;
  elsewhereAtMs?: number;
  isOnlyCopy: boolean;
  trial?: { file: string; takenAtMs: number; triedAtMs: number; problems: string[] };
}

export interface CatchingUp {
  restoredAtMs?: number;
  /** As of when the backup is. */
  takenAtMs?: number;
  releasedAtMs?: number;
  isHolding: boolean;
  readBlock?: number;
  toBlock?: number;
}

export interface Settlement {
  isOnline: boolean;
  reason?: string;
  waiting: { lane: string; count: number; oldestAtMs: number; reasons: { reason: string; count: number }[] }[];
  attempts: {
    id: string;
    lane: string;
    state: string;
    itemCount: number;
    atMs: number;
    txHash?: string;
    gasUsed?: number;
  }[];
  supplyMicros?: number;
  reserveMicros?: number;
  journalMicros: number;
  differences: unknown[];
  leftOver: { title: string; orderId: string; seat: number; amountMicros: number }[];
  foreign: { seat: number; amountMicros: number; atMs: number; about: string }[];
  catchingUp?: CatchingUp;
}

export type Door = 'kiosk' | 'phone' | 'treasurer' | 'maintainer';

export interface Demo {
  doors: Door[];
  resident: { name: string; pin: string };
  passphrase: string;
  guide: { step: string; isDone: boolean }[];
}

export interface LiveEvent {
  seq: number;
  noun: string;
  id: string;
  revision: number;
}
