// What the three processes of a drill say to each other.

/** Where a running hub is reached. */
export interface Doors {
  readonly http: string;
  readonly mqtt: string;
}

export type ToHub =
  | { readonly say: 'settle' }
  | { readonly say: 'stop' }
  /** Its clock is set so much before or after the right time; so much has passed at one go. */
  | { readonly say: 'clock'; readonly offsetMs: number; readonly leptMs: number };
export type FromHub =
  | ({ readonly say: 'up' } & Doors)
  /** A batch for the chain is stored and leaves now. */
  | { readonly say: 'leaving'; readonly lane: string }
  | { readonly say: 'settled' }
  | { readonly say: 'unusable'; readonly reason: string };

export type ToClient =
  | { readonly say: 'up'; readonly doors: Doors }
  /** The hub died at this moment (`nowMs`). */
  | { readonly say: 'down'; readonly atMs: number }
  /** Begin nothing new, end what was begun. */
  | { readonly say: 'finish' };
export type FromClient =
  /** A request for an action was just sent. */
  { readonly say: 'opened' } | { readonly say: 'finished'; readonly report: ClientReport };

export interface ClientReport {
  /** How many of the hub's deaths left an action without an answer. */
  readonly deathsInFlight: number;
  /** Refusals by code: the day has some, since neighbours fill each other's orders. */
  readonly refused: Readonly<Record<string, number>>;
  /** Answers that no honest hub gives. */
  readonly unexpected: readonly string[];
}

/** UTC milliseconds with fractions, comparable between processes of one machine. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
