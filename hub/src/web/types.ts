import type { Clock } from '../platform/clock.ts';
import type { Transient } from '../platform/events.ts';
import type { Fault } from '../platform/faults.ts';
import type { Log } from '../platform/log.ts';
import type { Authenticate, Change, Part, Route } from '../platform/ports/index.ts';

/** What the hub says about itself; gathered by `compose`, read on every call. */
export interface HubState {
  readonly name: string;
  readonly isDemo: boolean;
  readonly isClaimed: boolean;
  readonly startedAtMs: number;
  readonly isClockTrusted: boolean;
  /** What its clock says while the building's time goes on without it, since it was set back. */
  readonly clockSaysMs?: number;
  /** Restored, and not yet compared with its chain: what moves money is not acknowledged. */
  readonly isCatchingUp: boolean;
  readonly isOnline: boolean;
  /** Since when it is not. */
  readonly offlineSinceMs?: number;
  /** `line`: nobody answers. `stale`, `behind`: the outside stands still or lags. `wrong`: a person has to look. */
  readonly offlineBecause?: 'line' | 'stale' | 'behind' | 'wrong';
  readonly waitingCount: number;
  readonly waitingSinceMs?: number;
  /** Of every room, this one included. */
  readonly faults: readonly Fault[];
  readonly chain?: { readonly chainId: number; readonly isEmbedded: boolean };
  /** The store could not be opened: page routes then answer the built-in page that says so. */
  readonly storeFailure?: StoreFailure;
}

export interface StoreFailure {
  readonly code: 'store_newer' | 'store_unavailable' | 'disk_full';
  readonly message: string;
  /** The last good backups, newest first. */
  readonly backups: readonly { readonly name: string; readonly takenAtMs: number }[];
}

/** What the live stream is fed from: the store's change log, and news that has no place in it. */
export interface ChangeFeed {
  lastSeq(): number;
  /** Oldest first, at most `limit`; undefined when they were pruned or `seq` is from another life of the store. */
  changesAfter(seq: number, limit: number): readonly Change[] | undefined;
  subscribe(listener: (changes: readonly Change[]) => void): () => void;
  subscribeTransient?(listener: (news: Transient) => void): () => void;
}

export interface ListenOptions {
  readonly http: { readonly host: string; readonly port: number };
  /** Without a certificate of its own the hub issues one from its name-constrained CA. */
  readonly https?: {
    readonly host: string;
    readonly port: number;
    readonly certificate?: { readonly certFile: string; readonly keyFile: string };
  };
}

export interface WebOptions {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly changes: ChangeFeed;
  readonly hubState: () => HubState;
  /** The built page; when it is missing a built-in page says so. */
  readonly staticDir: string;
  readonly listen: ListenOptions;
  /** The hub's own first name on the LAN: it answers to `<mdnsName>.local`. */
  readonly mdnsName: string;
  /** Further names it answers to. */
  readonly hostNames: readonly string[];
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The hub's metrics in Prometheus' text format. */
  readonly metrics: { text(): string };
}

export interface WebAddresses {
  readonly http: string;
  readonly https?: string;
  /** Where phones reach the hub, best first; empty without HTTPS. */
  readonly lan: readonly string[];
}

export type { Fault };

export interface Web extends Part {
  /** Known after `start`. */
  addresses(): WebAddresses;
  /** What is wrong with the room itself (certificate, mDNS name); empty when all is well. */
  faults(): readonly Fault[];
}
