import type { Client } from '../api/client.ts';
import type { HubInfo } from '../api/types.ts';

/** What the page knows of the hub itself and of the way to it. */
export interface Hub {
  readonly info: HubInfo | undefined;
  /** The live stream is open. */
  readonly isLive: boolean;
  /** Neither the stream nor the last request reached the hub. */
  readonly isAway: boolean;
  /** Since when it is away. */
  readonly awaySinceMs: number | undefined;
  setLive(isLive: boolean): void;
  setReached(isReached: boolean): void;
  refresh(): Promise<void>;
}

export function createHub(client: Client, clock: { readonly nowMs: number; setHubTime(ms: number): void }): Hub {
  let info = $state.raw<HubInfo>();
  let isLive = $state(false);
  let isReached = $state(true);
  let awaySinceMs = $state<number>();

  function weigh(): void {
    if (isLive || isReached) awaySinceMs = undefined;
    else awaySinceMs ??= clock.nowMs;
  }

  return {
    get info() {
      return info;
    },
    get isLive() {
      return isLive;
    },
    get isAway() {
      return awaySinceMs !== undefined;
    },
    get awaySinceMs() {
      return awaySinceMs;
    },
    setLive(value) {
      isLive = value;
      weigh();
    },
    setReached(value) {
      isReached = value;
      weigh();
    },
    async refresh() {
      const answer = await client.get<HubInfo>('/api/hub');
      info = answer.value;
      if (answer.storedAtMs === undefined) clock.setHubTime(answer.value.nowMs);
    },
  };
}
