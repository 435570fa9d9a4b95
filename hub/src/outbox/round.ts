import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import { isStoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Carrier, Lane, Store } from '../platform/ports/index.ts';
import { unminedLanes } from './attempts.store.ts';
import { pressedByLane } from './due.store.ts';
import { createGroups } from './groups.ts';
import { lanesUnderWay } from './intents.store.ts';
import { waitOf } from './patience.ts';
import { reconcileAttempts, reconcileIntents, voidExpired } from './reconcile.ts';
import { repair } from './repair.ts';
import { sendNext } from './send.ts';

/** Long enough for late receipts (Filecoin: 30–90 s). */
const defaultStuckAfterMs = 180_000;

export interface RoundOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** While it is false nothing expires, and nothing waits by the clock. */
  readonly isClockTrusted: () => boolean;
  /** Multiplies the lanes' longest waits; 0: nothing waits for company or a cheap hour. */
  readonly patience?: number;
  /** What one item may cost in lanes that do not say it themselves. */
  readonly costCeilingWei?: bigint;
  /** What has left and is not mined for so long is helped: fees raised, gaps filled, worthless ones cancelled. */
  readonly stuckAfterMs?: number;
  /** Something waits, or no longer waits, since the carrier's money of the day is spent. */
  readonly onCapped?: (carrier: string, isCapped: boolean) => void;
}

/** One carrier's round: what became of what left, help for what is stuck, then as much as may leave. Answers whether any did. */
export function createRound(
  options: RoundOptions,
  allLanes: readonly Lane[],
  carrier: Carrier,
  isStopped: () => boolean,
): () => Promise<boolean> {
  const { store, clock, log, costCeilingWei, patience = 1, stuckAfterMs = defaultStuckAfterMs } = options;
  const lanes = allLanes.filter((lane) => lane.carrier === carrier.name);
  const kept = new Map(lanes.map((lane) => [lane, { groups: createGroups(lane, breathe), from: { place: 0 } }]));
  const waits = Object.fromEntries(allLanes.map((lane) => [lane.name, waitOf(lane.policy, patience)]));
  /** The place of the lane whose turn it is. */
  let turn = 0;
  let wasCapped = false;

  function tellCapped(isCapped: boolean): void {
    if (isCapped !== wasCapped) options.onCapped?.(carrier.name, isCapped);
    wasCapped = isCapped;
  }

  async function lookBack(onCapped: () => void): Promise<void> {
    const refused = await reconcileAttempts(store, carrier);
    const isClockTrusted = options.isClockTrusted();
    const underWay = store.read(lanesUnderWay);
    for (const lane of lanes) {
      if (isStopped()) return;
      if (underWay.has(lane.name)) await reconcileIntents(store, lane, carrier);
      if (isClockTrusted) await voidExpired(store, lane, carrier, clock.nowMs());
    }
    await repair({ store, carrier, nowMs: clock.nowMs(), stuckAfterMs, isClockTrusted, refused, log, onCapped });
  }

  /**
   * Lanes that may send: there is room for one more attempt, and theirs do not get into each other's way. What a former
   * key has sent may never land, and keeps nothing but its own items waiting.
   */
  async function isFree(lane: Lane): Promise<boolean> {
    const sender = (await carrier.sender?.()) ?? '';
    const open = store.read((reader) => unminedLanes(reader, carrier.name, sender));
    if (open.length >= (carrier.inFlightMax ?? 1)) return false;
    return lane.policy.isParallel === true || !open.includes(lane.name);
  }

  async function sendAll(onCapped: () => void): Promise<boolean> {
    const pressed = store.read((reader) => pressedByLane(reader, waits, clock.nowMs()));
    const pressedCount = () => [...pressed.values()].reduce((sum, { size }) => sum + size, 0);
    const setAside = new Set<string>();
    let hasSent = false;
    let hasMoved = true;
    while (hasMoved) {
      hasMoved = false;
      // Behind the lane that sent last: a steady stream of deposits must not keep every order waiting.
      for (const lane of [...lanes.slice(turn), ...lanes.slice(0, turn)]) {
        if (isStopped()) return hasSent;
        if (!(await isFree(lane))) continue;
        const before = pressedCount();
        const lanesBefore = lanes.filter((other) => other.rank < lane.rank).map((other) => other.name);
        const hasLeft = await sendFrom(lane, { lanesBefore, pressed, setAside, onCapped });
        if (hasLeft) turn = lanes.indexOf(lane) + 1;
        hasSent ||= hasLeft;
        hasMoved ||= hasLeft || pressedCount() > before;
      }
    }
    return hasSent;
  }

  type Shared = Pick<Parameters<typeof sendNext>[0], 'lanesBefore' | 'pressed' | 'setAside' | 'onCapped'>;

  /** What the outside refuses of one lane must not keep the others waiting: it is asked again at the next round. */
  async function sendFrom(lane: Lane, shared: Shared): Promise<boolean> {
    const waitMs = waits[lane.name]!;
    const isClockTrusted = options.isClockTrusted();
    const sending = {
      store,
      lane,
      carrier,
      nowMs: clock.nowMs(),
      waitMs,
      isClockTrusted,
      log,
      costCeilingWei,
      ...kept.get(lane)!,
    };
    try {
      return await sendNext({ ...sending, ...shared });
    } catch (error) {
      if (!isStoopError(error, 'chain_refused')) throw error;
      log.warn({ carrier: carrier.name, lane: lane.name, err: error }, 'outbox: the outside refuses it');
      return false;
    }
  }

  return async () => {
    if (await carrier.unavailable()) return false;
    let isCapped = false;
    const onCapped = () => {
      isCapped = true;
    };
    await lookBack(onCapped);
    if (isStopped()) return false;
    const hasSent = await sendAll(onCapped).catch((error) => {
      // As many under way as the outside takes: the rest waits for them.
      if (isStoopError(error, 'busy')) return false;
      throw error;
    });
    tellCapped(isCapped);
    return hasSent;
  };
}
