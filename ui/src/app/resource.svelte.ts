import { type ApiError, asApiError } from '../api/api-error.ts';
import type { Answer } from '../api/client.ts';
import { getApp } from './app.ts';
import type { Wakes } from './live.ts';

/** Something read from the hub that keeps itself up to date. */
export interface Resource<T> {
  readonly value: T | undefined;
  /** Set while the last read failed; `value` may still hold what was known before. */
  readonly error: ApiError | undefined;
  /** The first read has ended, well or badly: what depends on it can be drawn without jumping later. */
  readonly isSettled: boolean;
  /** When the shown answer is an older one that this phone kept: from when. */
  readonly storedAtMs: number | undefined;
  reload(): Promise<void>;
  set(value: T): void;
}

const GATHER_MS = 250;

/**
 * Reads at once, again when what `load` reads reactively changes, and after live events that it wants. Bursts of events become
 * one read, and never two reads at a time. For use while a component is made.
 */
export function useResource<T>(load: () => Promise<Answer<T>>, wakes: Wakes = () => false): Resource<T> {
  const { live } = getApp();
  let value = $state.raw<T>();
  let error = $state.raw<ApiError>();
  let storedAtMs = $state<number>();
  let isSettled = $state(false);
  let latest = 0;
  let isReading = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function read(): Promise<void> {
    const mine = ++latest;
    isReading = true;
    try {
      const answer = await load();
      if (mine !== latest) return;
      value = answer.value;
      storedAtMs = answer.storedAtMs;
      error = undefined;
    } catch (thrown) {
      if (mine === latest) error = asApiError(thrown);
    } finally {
      if (mine === latest) {
        isReading = false;
        isSettled = true;
      }
    }
    if (isWanted) schedule();
  }

  function schedule(): void {
    isWanted = true;
    if (isReading || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      isWanted = false;
      void read();
    }, GATHER_MS);
  }

  $effect(() => {
    void read();
  });
  $effect(() => {
    const stop = live.listen(wakes, schedule);
    return () => {
      stop();
      latest++;
      clearTimeout(timer);
    };
  });

  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    get isSettled() {
      return isSettled;
    },
    get storedAtMs() {
      return storedAtMs;
    },
    reload: read,
    set(next) {
      latest++;
      isReading = false;
      value = next;
    },
  };
}
