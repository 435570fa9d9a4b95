import type { Carrier, Reader } from '../platform/ports/index.ts';
import { spentSince } from './attempts.store.ts';

export const dayMs = 24 * 60 * 60 * 1000;

/** What the carrier has spent in the last 24 hours, with what is under way counted as dear as it can become. */
export const spentToday = (reader: Reader, { name, dailyCapWei: capWei }: Carrier, nowMs: number) => ({
  spentWei: spentSince(reader, name, nowMs - dayMs),
  capWei,
});

/** Whether spending that much more keeps within the day's cap. */
export const isAffordable = (reader: Reader, carrier: Carrier, nowMs: number, moreWei: bigint): boolean =>
  carrier.dailyCapWei === undefined || spentToday(reader, carrier, nowMs).spentWei + moreWei <= carrier.dailyCapWei;
