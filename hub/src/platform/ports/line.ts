/** One endpoint of the chain as people may see it; never its path or key. */
export interface EndpointState {
  /** Host and port. */
  readonly name: string;
  readonly isServing: boolean;
  /** `closed`: asked as usual; `open`: left alone for a while; `half-open`: the pause is over, one question decides. */
  readonly breaker: 'closed' | 'open' | 'half-open';
  /**
   * What the last examination said; undefined before the first. `away`: no answer. `wrong`: another chain, or our contracts
   * are not there. `stale`: its head stands still. `behind`: it does not show yet what was seen to be final. `clock`: its
   * blocks are dated in the future.
   */
  readonly verdict?: 'good' | 'away' | 'wrong' | 'stale' | 'behind' | 'clock';
  /** Why it does not serve, in words that fit behind its name. */
  readonly reason?: string;
  /** Since when the verdict is what it is; the hub's clock. */
  readonly sinceMs?: number;
  /** Until it is asked again, while it is left alone. */
  readonly pauseLeftMs?: number;
  readonly headNumber?: number;
}

/** The line to the outside, as the maintainer and the treasurer may know it. */
export interface LineState {
  readonly isOnline: boolean;
  /** Since when it is not; undefined while it is, and before the first look. */
  readonly offlineSinceMs?: number;
  /** `line`: nobody answers. `stale`: who answers stands still. `behind`: who answers does not know yet what is final. */
  readonly offlineBecause?: 'line' | 'stale' | 'behind';
  /** How far the hub's own clock is ahead of the world's (behind: negative), when it is the odd one. */
  readonly hubClockAheadMs?: number;
  readonly headAtMs?: number;
  readonly finalizedAtMs?: number;
  /** The hub's clock at the last good answer. */
  readonly lastSeenAtMs?: number;
  /** In the order in which they are preferred. */
  readonly endpoints: readonly EndpointState[];
}
