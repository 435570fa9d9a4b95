import type { Clock } from './clock.ts';
import type { ErrorClass } from './errors.ts';

/** A part that failed, as people read it. */
export interface Fault {
  readonly code: string;
  readonly class: ErrorClass;
  readonly sinceMs: number;
  readonly message: string;
}

export interface Faults {
  raise(code: string, errorClass: ErrorClass, message: string): void;
  clear(code: string): void;
  list(): readonly Fault[];
}

/** What is wrong now, one entry per code; a fault keeps the time when it began. */
export function createFaults(clock: Clock): Faults {
  const faults = new Map<string, Fault>();
  return {
    raise(code, errorClass, message) {
      faults.set(code, { code, class: errorClass, message, sinceMs: faults.get(code)?.sinceMs ?? clock.nowMs() });
    },
    clear: (code) => void faults.delete(code),
    list: () => [...faults.values()],
  };
}
