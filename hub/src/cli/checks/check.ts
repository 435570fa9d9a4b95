import type { Context } from '../command.ts';
import type { HubHealth } from '../hub-health.ts';

export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  readonly check: string;
  readonly level: Level;
  /** What was seen. */
  readonly found: string;
  /** What to do about it, when it is not ok. */
  readonly advice?: string;
}

export interface Patient {
  readonly context: Context;
  readonly dataDir: string;
  /** Undefined while the hub is down. */
  readonly hub?: HubHealth;
}

/** Looks at one thing and changes nothing. */
export type Check = (patient: Patient) => Promise<Finding[]> | Finding[];

export const ok = (check: string, found: string): Finding => ({ check, level: 'ok', found });
export const warn = (check: string, found: string, advice: string): Finding => ({
  check,
  level: 'warn',
  found,
  advice,
});
export const bad = (check: string, found: string, advice: string): Finding => ({ check, level: 'fail', found, advice });
