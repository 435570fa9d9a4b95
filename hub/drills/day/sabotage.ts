import type { Sabotage } from '../../src/compose.ts';

/** The faults by name. Each breaks one promise, so that the drill must find losses. */
const sabotages: Readonly<Record<string, () => Sabotage>> = {};

export function sabotageNamed(name: string | undefined): Sabotage | undefined {
  return name === undefined ? undefined : sabotages[name]?.();
}
