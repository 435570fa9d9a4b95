import type { Client } from '../../api/client.ts';
import type { Items, Reading } from '../../api/types.ts';
import { getApp } from '../../app/app.ts';
import { useResource } from '../../app/resource.svelte.ts';

/** The newest value of each sensor's metric, live. */
export interface Readings {
  readonly items: readonly Reading[];
  readonly resource: ReturnType<typeof useResource<Items<Reading>>>;
}

const REFRESH_MS = 1000;
/** More names than these are asked for as everything. */
const MOST_NAMED = 40;

export function readingKey(reading: Pick<Reading, 'deviceId' | 'metric'>): string {
  return `${reading.deviceId}/${reading.metric}`;
}

/** Reads all readings at once, then at most once a second those that changed. For use while a component is made. */
export function useReadings(): Readings {
  const { client, live } = getApp();
  const resource = useResource<Items<Reading>>(() => client.get('/api/readings'));
  const changed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function refresh(): Promise<void> {
    const ids = [...changed];
    changed.clear();
    timer = undefined;
    const fresh = await readSome(client, ids);
    if (resource.value && fresh) resource.set({ items: merged(resource.value.items, fresh) });
  }

  $effect(() => {
    const stop = live.listen(
      (event) => event.noun === 'reading',
      (event) => {
        if (!event) return;
        changed.add(event.id);
        timer ??= setTimeout(() => void refresh(), REFRESH_MS);
      },
    );
    return () => {
      stop();
      clearTimeout(timer);
    };
  });

  return {
    get items() {
      return resource.value?.items ?? [];
    },
    resource,
  };
}

/** A failed look is not an error to show: the next event asks again, and the banner tells of the hub. */
async function readSome(client: Client, ids: readonly string[]): Promise<readonly Reading[] | undefined> {
  const query = ids.length > MOST_NAMED ? '' : `?ids=${encodeURIComponent(ids.join(','))}`;
  try {
    return (await client.get<Items<Reading>>(`/api/readings${query}`)).value.items;
  } catch {
    return undefined;
  }
}

/** The known ones in their order with fresh values, then those that are new. */
function merged(known: readonly Reading[], fresh: readonly Reading[]): Reading[] {
  const byKey = new Map(fresh.map((reading) => [readingKey(reading), reading]));
  const items = known.map((reading) => {
    const next = byKey.get(readingKey(reading));
    byKey.delete(readingKey(reading));
    return next ?? reading;
  });
  return [...items, ...byKey.values()];
}
