/** Which lane a transaction or a read belongs to; undefined: none alone. */
export type LaneOfCall = (to: string, data: string) => string | undefined;

/** Faults that happened, by kind, and by the lanes that they happened to. */
export interface Tally {
  /** `about`: the lane of the very request that was lied about, if there is one. */
  count(kind: string, about?: string): void;
  total(): number;
  byKind(): ReadonlyMap<string, number>;
  of(lane: string): number;
}

/** A fault happens to each lane of which something is under way, and to the lane whose request it met. */
export function createTally(underWay: () => readonly (string | undefined)[]): Tally {
  const kinds = new Map<string, number>();
  const lanes = new Map<string, number>();
  const add = (map: Map<string, number>, key: string) => void map.set(key, (map.get(key) ?? 0) + 1);
  let total = 0;
  return {
    count(kind, about) {
      total++;
      add(kinds, kind);
      const met = new Set([about, ...underWay()]);
      for (const lane of met) if (lane !== undefined) add(lanes, lane);
    },
    total: () => total,
    byKind: () => kinds,
    of: (lane) => lanes.get(lane) ?? 0,
  };
}
