/** What the hub answers, as the page reads it. Money is integer micro-units (6 decimals), times are UTC milliseconds. */

export type Role =
  | 'resident'
  | 'guest'
  | 'coordinator'
  | 'gardener'
  | 'certifier'
  | 'creator'
  | 'treasurer'
  | 'board'
  | 'maintainer';

export type RecordState = 'here' | 'recording' | 'recorded' | 'void';

export interface Paged<T> {
  items: T[];
  next?: string;
}

export interface Items<T> {
  items: T[];
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
  isOnline: boolean;
  waitingCount: number;
  waitingSinceMs?: number;
  faults: Fault[];
  version: string;
  chain?: { chainId: number; isEmbedded: boolean };
  lanUrls: string[];
}

export interface Member {
  seat: number;
  name: string;
  roles: Role[];
  dwelling: string;
  household?: string;
  language?: 'en' | 'es';
  canSignUntilMs?: number;
  keyStorage: 'hub' | 'wallet';
  recoveryConfirmDue: boolean;
}

export interface Me {
  device?: { id: string; kind: 'kiosk' | 'phone'; name: string };
  member?: Member;
}

export interface Tile {
  tileId: string;
  label: string;
  sub?: string;
  pictureUrl?: string;
}

export interface PhoneCode {
  code: string;
  url: string;
  qrSvg: string;
  expiresAtMs: number;
}

export interface Device {
  id: string;
  kind: 'kiosk' | 'phone';
  name: string;
  lastSeenAtMs: number;
  isThis: boolean;
}

export interface MemberRow {
  seat: number;
  name: string;
  roles: Role[];
  dwelling: string;
  isOnChain: boolean;
}

export interface Enrolled {
  seat: number;
  recoveryCode: string;
}

export interface AuditRow {
  seq: number;
  atMs: number;
  action: string;
  actorSeat?: number;
  system?: string;
  detail: unknown;
}

export type MovementKind = 'deposit' | 'hold' | 'release' | 'charge' | 'reversal' | 'foreign' | 'redemption';

export interface Movement {
  id: string;
  atMs: number;
  kind: MovementKind;
  /** Signed: the effect on what is free to use. */
  amountMicros: number;
  subjectNoun?: string;
  subjectId?: string;
  subjectTitle?: string;
  reason?: string;
  record: RecordState;
}

export interface Money extends Paged<Movement> {
  availableMicros: number;
  heldMicros: number;
  owedMicros: number;
  isShort: boolean;
}

export interface Deposit {
  id: string;
  seat: number;
  memberName: string;
  amountMicros: number;
  reference: string;
  atMs: number;
  record: RecordState;
}

export interface Settlement {
  isOnline: boolean;
  reason?: string;
  waiting: { lane: string; count: number; oldestAtMs: number }[];
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
}

export interface Supplier {
  id: string;
  name: string;
  nameEs?: string;
}

export interface Good {
  id: string;
  supplierId: string;
  title: string;
  titleEs?: string;
  pictureUrl?: string;
  unit: string;
  unitPriceMicros: number;
  unitsPerCase: number;
  allergens?: string;
  origin?: string;
}

export type OrderState = 'open' | 'executing' | 'settled' | 'awaiting-closing' | 'failed' | 'cancelled';

export interface OrderLine {
  units: number;
  amountMicros: number;
  state: string;
  record: RecordState;
}

export interface Order {
  id: string;
  revision: number;
  title: string;
  titleEs?: string;
  supplierId: string;
  supplierName: string;
  goodId?: string;
  pictureUrl?: string;
  unit: string;
  unitPriceMicros: number;
  nextTier?: { unitPriceMicros: number; unitsMissing: number };
  unitsPerCase: number;
  toleranceUnits?: number;
  targetMicros: number;
  committedMicros: number;
  committedUnits: number;
  unitsToTarget: number;
  joinedCount: number;
  executes: 'at-target' | 'at-last-call';
  deadlineAtMs: number;
  state: OrderState;
  record: RecordState;
  createdAtMs: number;
  openedBySeat?: number;
  myLine?: OrderLine;
  txHash?: string;
}

export interface NewOrder {
  title: string;
  titleEs?: string;
  supplierId: string;
  goodId?: string;
  unit: string;
  unitPriceMicros: number;
  unitsPerCase: number;
  targetMicros: number;
  deadlineAtMs: number;
  executes: 'at-target' | 'at-last-call';
}

export interface Reading {
  deviceId: string;
  deviceName: string;
  metric: string;
  unit: string;
  value: number;
  takenAtMs: number;
  isVerified: boolean;
  isOnline: boolean;
  spark: [number, number][];
}

/** `[atMs, min, mean, max]` of one span. */
export type SeriesPoint = [number, number, number, number];

export interface Sensors {
  items: { id: string; name: string; isOnline: boolean; lastSeenAtMs?: number; publish: string[] }[];
  waiting: {
    clientId: string;
    username?: string;
    remoteAddress: string;
    firstSeenAtMs: number;
    lastSeenAtMs: number;
    tries: number;
  }[];
}

export interface SensorCredentials {
  id: string;
  username: string;
  token: string;
}

export type Door = 'kiosk' | 'phone' | 'treasurer' | 'maintainer';

export interface Demo {
  doors: Door[];
  resident: { name: string; pin: string };
  guide: { step: string; isDone: boolean }[];
}

export interface LiveEvent {
  seq: number;
  noun: string;
  id: string;
  revision: number;
}
