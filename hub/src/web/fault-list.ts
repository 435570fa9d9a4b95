import type { ErrorClass } from '../platform/errors.ts';
import type { Fault } from './types.ts';

/** Faults of this room by code: raised again they keep their beginning. */
export interface FaultList {
  raise(code: string, errorClass: ErrorClass, message: string): void;
  clear(code: string): void;
  all(): readonly Fault[];
}

export function createFaultList(nowMs: () => number): FaultList {
  const faults = new Map<string, Fault>();
  return {
    raise(code, errorClass, message) {
      faults.set(code, { code, class: errorClass, message, sinceMs: faults.get(code)?.sinceMs ?? nowMs() });
    },
    clear: (code) => void faults.delete(code),
    all: () => [...faults.values()],
  };
}
