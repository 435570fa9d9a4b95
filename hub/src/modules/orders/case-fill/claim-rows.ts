/** What a member asked for at one moment, and still asks for; units. */
export interface ClaimRow {
  /** Where it stands in the building's one order of time: the lower came first. */
  readonly place: number;
  readonly want: number;
  /** Beyond what they want, to fill a case. */
  readonly more: number;
}

/** A member's whole wish, as changed at `place`. */
export interface Change extends ClaimRow {}

/**
 * The rows that a member's changes leave: raising adds a row with what was added, lowering eats the newest rows first, so
 * that an early claim keeps its place (the rule of Foodsoft's group orders).
 */
export function rowsOf(changes: readonly Change[]): ClaimRow[] {
  let rows: ClaimRow[] = [];
  for (const { place, want, more } of changes) {
    const wantedMore = want - sum(rows, 'want');
    const toleratedMore = more - sum(rows, 'more');
    rows = lower(lower(rows, 'want', -wantedMore), 'more', -toleratedMore);
    const added = { place, want: Math.max(0, wantedMore), more: Math.max(0, toleratedMore) };
    if (added.want > 0 || added.more > 0) rows.push(added);
  }
  return rows.filter((row) => row.want > 0 || row.more > 0);
}

type Part = 'want' | 'more';

const sum = (rows: readonly ClaimRow[], part: Part): number => rows.reduce((total, row) => total + row[part], 0);

function lower(rows: readonly ClaimRow[], part: Part, by: number): ClaimRow[] {
  let left = Math.max(0, by);
  return rows
    .toReversed()
    .map((row) => {
      const eaten = Math.min(left, row[part]);
      left -= eaten;
      return { ...row, [part]: row[part] - eaten };
    })
    .toReversed();
}
