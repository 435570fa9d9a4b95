import { knownKey } from './catalogue.ts';
import type { Text } from './text.svelte.ts';

/** Why something was not done, in words: a code of the hub's, or what an officer wrote. A code without words says nothing. */
export function reasonWords(reason: string | undefined, text: Text): string | undefined {
  if (reason === undefined) return undefined;
  const key = knownKey(`reason.${reason}`);
  if (key) return text.t(key);
  return /^[a-z]+(_[a-z]+)+$/.test(reason) ? undefined : reason;
}

/** Why something still waits, where people can know. */
export function waitingWords(reason: string | undefined, text: Text): string | undefined {
  const key = reason === undefined ? undefined : knownKey(`waits.${reason}`);
  return key && text.t(key);
}
