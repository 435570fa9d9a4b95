import type { Actor } from './values.ts';

/** A named, cached prepared statement. Parameters are bound by name. */
export interface Statement {
  get<Row>(params?: object): Row | undefined;
  all<Row>(params?: object): Row[];
  run(params?: object): { changes: number; lastInsertRowid: number };
}

/** A consistent view of `stoop.db`. */
export interface Reader {
  prepare(sql: string): Statement;
}

/** Who may hear of a change: everybody, one seat, or the holders of a role. */
export type Audience = 'all' | `seat:${number}` | `role:${string}`;

/** One unit of work: everything written through it commits together or not at all. */
export interface Tx extends Reader {
  readonly nowMs: number;
  readonly actor: Actor;
  /** Adds a row to the change log; the live event goes out after the commit. */
  changed(noun: string, id: string, revision: number, audience?: Audience): void;
  /** Publishes to other rooms after the commit. */
  emit(event: DomainEvent): void;
  /** Adds what happened to the action's audit row; never secrets, never free text of a member. */
  audit(detail: Record<string, string | number | boolean | null>): void;
}

/** News that travels downward after the commit; `type` is `<noun>.<past participle>`. */
export interface DomainEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The live event as sessions see it: no personal data. */
export interface Change {
  readonly seq: number;
  readonly noun: string;
  readonly id: string;
  readonly revision: number;
  readonly audience: Audience;
}

export interface Action {
  /** `<noun>.<verb>`, shown in the audit. */
  readonly name: string;
  readonly actor: Actor;
  /** One per intention of the caller; a repeat with the same body answers the kept reply. */
  readonly idempotencyKey?: string;
  /** What the key covers; the same key with another body is refused. */
  readonly body?: unknown;
}

/** The only way to write `stoop.db`. */
export interface Store {
  act<T>(action: Action, work: (tx: Tx) => T): Promise<T>;
  /** A read view of the latest commit. Synchronous; the callback must not keep the reader. */
  read<T>(work: (reader: Reader) => T): T;
  /** Changes after `seq`, oldest first, at most `limit`; `undefined` when they were pruned. */
  changesAfter(seq: number, limit: number): Change[] | undefined;
  lastSeq(): number;
}
