export interface Tally {
  /** Expected and not found, once for each time that is missing. */
  readonly lost: string[];
  /** Found and not expected. */
  readonly extra: string[];
}

/** Compares two lists as bags. */
export function tally(expected: readonly string[], found: readonly string[]): Tally {
  return { lost: missingFrom(found, expected), extra: missingFrom(expected, found) };
}

function missingFrom(there: readonly string[], wanted: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of there) left.set(one, (left.get(one) ?? 0) + 1);
  return wanted.filter((one) => {
    const count = left.get(one) ?? 0;
    if (count > 0) left.set(one, count - 1);
    return count === 0;
  });
}
