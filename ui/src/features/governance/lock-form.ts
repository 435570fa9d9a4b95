const dayMs = 86_400_000;
const unit = 1_000_000;

/** How long people lock for, in days; two years less what the chain's clock may differ. */
export const lockDays = ['30', '91', '182', '365', '728'] as const;
export type LockDays = (typeof lockDays)[number];

/** Micro-GRO of what somebody wrote; 0 only where that is asked for, `undefined` when it is none. */
export function parseGro(written: string, mayBeNone: boolean): number | undefined {
  const bare = written.trim().replace(',', '.');
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(bare)) return undefined;
  const micros = Math.round(Number(bare) * unit);
  return micros > 0 || mayBeNone ? micros : undefined;
}

/** When the lock ends: so many days from now, or as it is. */
export const lockUntil = (days: LockDays | 'keep', nowMs: number, endsAtMs: number | undefined): number =>
  days === 'keep' && endsAtMs !== undefined ? endsAtMs : nowMs + Number(days) * dayMs;

/** Which of the lengths make a running lock longer. */
export const longerThan = (nowMs: number, endsAtMs: number | undefined): LockDays[] =>
  lockDays.filter((days) => endsAtMs === undefined || nowMs + Number(days) * dayMs > endsAtMs);
