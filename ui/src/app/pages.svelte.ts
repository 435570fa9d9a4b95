import { untrack } from 'svelte';
import { type ApiError, asApiError } from '../api/api-error.ts';
import type { Answer, Client } from '../api/client.ts';
import type { Paged } from '../api/types.ts';
import { getApp } from './app.ts';
import type { Wakes } from './live.ts';

/** A list that is read page by page. */
export interface Pages<T> {
  readonly items: readonly T[];
  readonly isLoaded: boolean;
  /** The first read has ended, well or badly. */
  readonly isSettled: boolean;
  readonly isReading: boolean;
  readonly hasMore: boolean;
  readonly error: ApiError | undefined;
  readonly storedAtMs: number | undefined;
  more(): Promise<void>;
  reload(): Promise<void>;
}

const PAGE_SIZE = 50;
/** What the hub gives at once at most. */
const LARGEST_PAGE = 100;
const GATHER_MS = 250;

/**
 * Reads the first page at once (again when `path` changes) and further ones on `more()`. A live event reads again what is shown, as far as
 * the hub gives it at once; what lies behind stays as it was read. For use while a component is made.
 */
export function usePages<T>(
  path: () => string,
  wakes: Wakes = () => false,
  keyOf: (item: T) => string = idOf,
): Pages<T> {
  const { client, live } = getApp();
  let items = $state.raw<readonly T[]>([]);
  let next = $state.raw<string>();
  let isLoaded = $state(false);
  let isReading = $state(false);
  let error = $state.raw<ApiError>();
  let storedAtMs = $state<number>();
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function read(after: string | undefined, isFresh: boolean): Promise<void> {
    const mine = ++latest;
    isReading = true;
    try {
      const { value, storedAtMs: stored } = await readPage<T>(
        client,
        path(),
        after,
        after === undefined ? sizeOf(items.length) : PAGE_SIZE,
      );
      if (mine !== latest) return;
      error = undefined;
      storedAtMs = stored;
      const isBeyond = items.length > LARGEST_PAGE && value.next !== undefined && !isFresh;
      if (after !== undefined) items = joined(items, value.items, keyOf);
      else items = isBeyond ? joined(value.items, items, keyOf) : value.items;
      if (after !== undefined || !isBeyond) next = value.next;
      isLoaded = true;
    } catch (thrown) {
      if (mine === latest) error = asApiError(thrown);
    } finally {
      if (mine === latest) isReading = false;
    }
  }

  $effect(() => {
    path();
    untrack(() => {
      isLoaded = false;
      items = [];
      void read(undefined, true);
    });
  });
  $effect(() => {
    const stop = live.listen(wakes, () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void read(undefined, false);
      }, GATHER_MS);
    });
    return () => {
      stop();
      latest++;
      clearTimeout(timer);
    };
  });

  return {
    get items() {
      return items;
    },
    get isLoaded() {
      return isLoaded;
    },
    get isSettled() {
      return isLoaded || error !== undefined;
    },
    get isReading() {
      return isReading;
    },
    get hasMore() {
      return next !== undefined;
    },
    get error() {
      return error;
    },
    get storedAtMs() {
      return storedAtMs;
    },
    more: () => read(next, false),
    reload: () => read(undefined, true),
  };
}

function sizeOf(shownCount: number): number {
  return Math.min(LARGEST_PAGE, Math.max(PAGE_SIZE, shownCount));
}

function readPage<T>(
  client: Client,
  path: string,
  after: string | undefined,
  limit: number,
): Promise<Answer<Paged<T>>> {
  const query = new URLSearchParams({ limit: String(limit), ...(after === undefined ? {} : { after }) });
  return client.get<Paged<T>>(`${path}${path.includes('?') ? '&' : '?'}${query}`);
}

/** The first list, then what of the second it does not hold. */
function joined<T>(first: readonly T[], then: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const known = new Set(first.map(keyOf));
  return [...first, ...then.filter((item) => !known.has(keyOf(item)))];
}

function idOf(item: unknown): string {
  if (typeof item === 'object' && item !== null && 'id' in item) return String(item.id);
  throw new Error('a list whose items have no id needs a key');
}
