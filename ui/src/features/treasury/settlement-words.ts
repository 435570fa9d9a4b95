import { knownKey } from '../../messages/catalogue.ts';
import type { Text } from '../../messages/text.svelte.ts';

/** A lane's name; one that the page does not know keeps the hub's word. */
export function laneName(lane: string, text: Text): string {
  const key = knownKey(`treasurer.lane.${lane}`);
  return key ? text.t(key) : lane;
}

/** An attempt's state in words. */
export function attemptState(state: string, text: Text): string {
  const key = knownKey(`attempt.${state}`);
  return key ? text.t(key) : state;
}

/** Why so many of a lane wait; a code without words is the hub's own word. */
export function waitReason(reason: string, text: Text): string {
  const key = knownKey(`desk.waits.${reason}`);
  return key ? text.t(key) : reason;
}
