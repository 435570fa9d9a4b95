import { readFileSync } from 'node:fs';

/** Survivors that are explained in explained.md, by id: a table of `id`, `equivalent` or `accepted`, and why. */
export function readExplained(
  text = readFileSync(new URL('explained.md', import.meta.url), 'utf8'),
): ReadonlyMap<string, string> {
  const rows = text.matchAll(/^\| `([^`]+)` \| (equivalent|accepted) \| (.+) \|$/gm);
  return new Map([...rows].map(([, id, kind, why]) => [id!, `${kind}: ${why}`]));
}
