import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { createEventBus, type EventBus } from '../../platform/events.ts';
import { migrations } from '../migrations/index.ts';
import { type OpenStore, openStore } from '../open.ts';

export interface TempStore {
  readonly store: OpenStore;
  readonly dir: string;
  readonly events: EventBus;
  dispose(): void;
}

/** A real store in a temporary folder, for tests of the rooms that stand on it. A failing listener fails the test. */
export async function createTempStore(clock: Clock = systemClock): Promise<TempStore> {
  const dir = mkdtempSync(join(tmpdir(), 'stoop-'));
  const events = createEventBus((error) => {
    throw error;
  });
  const store = await openStore({ path: join(dir, 'stoop.db'), clock, events, migrations, windowMs: 0 });
  return {
    store,
    dir,
    events,
    dispose() {
      store.close();
      rmSync(dir, { recursive: true });
    },
  };
}
