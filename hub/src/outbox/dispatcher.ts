import type { EventBus } from '../platform/events.ts';
import type { Carrier, Lane, Part } from '../platform/ports/index.ts';
import type { CatchUp } from './catch-up.ts';
import { bookLate, type Compared, lastComparedAt } from './late.ts';
import { createLoop } from './loop.ts';
import { catchUpLane, voidOrphans } from './reconcile.ts';
import { createRound, type RoundOptions } from './round.ts';

export interface DispatcherOptions extends RoundOptions {
  readonly lanes: readonly Lane[];
  readonly carriers: readonly Carrier[];
  readonly events: EventBus;
  /** How often it looks when nobody wakes it. */
  readonly pollMs: number;
  /** While it is due nothing is sent and nothing goes void. */
  readonly catchUp?: CatchUp;
  /** How much has been heard of the outsides; a restored store looks again at what it has given up whenever it is more. */
  readonly newsSeen?: () => number;
}

export interface Dispatcher extends Part {
  /** Looks now instead of at the next poll. */
  wake(): void;
  /** One whole round over every lane, while it does not run by itself; answers whether anything left. */
  round(): Promise<boolean>;
}

/** Drains each carrier's lanes in causal order, one round after the other, woken by queued intents and by the clock. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, log } = options;
  const lanes = [...options.lanes].sort((a, b) => a.rank - b.rank);
  let isStopped = true;
  let comparing: Promise<void> | undefined;
  let unlisten = () => {};
  /** Those whose outside a restored store was compared with. */
  const compared = new Set<Carrier>();
  const lookedLate = new Map<Carrier, number>();
  /** Null: not asked for yet, or another one since. */
  let restored: Compared | undefined | null = null;
  const rounds = new Map(
    options.carriers.map((carrier) => [carrier, createRound(options, lanes, carrier, () => isStopped)]),
  );

  /** Books what landed while this store was not there to see it. Answers whether everything could be read and is final. */
  async function catchUpOn(carrier: Carrier, sinceMs: number): Promise<boolean> {
    // Reading needs no money for gas, which a restored hub may not have yet.
    if (!carrier.reads.isOnline()) return false;
    let isAllFinal = true;
    for (const lane of lanes.filter((candidate) => candidate.carrier === carrier.name)) {
      isAllFinal = (await catchUpLane(store, lane, carrier, sinceMs)) && isAllFinal;
    }
    return isAllFinal;
  }

  async function catchUp(due: CatchUp): Promise<void> {
    if (!due.canRead()) return;
    const sinceMs = due.state()?.restoredAtMs ?? 0;
    for (const carrier of options.carriers) {
      if (!compared.has(carrier) && (await catchUpOn(carrier, sinceMs))) compared.add(carrier);
    }
    if (compared.size < options.carriers.length) return;
    due.done();
    restored = null;
    lookedLate.clear();
    log.info({}, 'outbox: caught up with what is outside; sending goes on');
  }

  /** Whether it may send and void: a restored store was compared with its outside. */
  async function isCaughtUp(carrier: Carrier): Promise<boolean> {
    const { catchUp: due } = options;
    if (!due?.isDue()) return true;
    comparing ??= catchUp(due)
      .catch((error) => log.warn({ err: error }, 'outbox: catching up was cut short'))
      .finally(() => {
        comparing = undefined;
      });
    await comparing;
    return compared.has(carrier);
  }

  /** What a former life had sent may land after the comparison. */
  async function bookLateOn(carrier: Carrier): Promise<void> {
    restored = restored === null ? store.read(lastComparedAt) : restored;
    const seen = options.newsSeen?.() ?? 0;
    if (!restored || (lookedLate.get(carrier) ?? -1) >= seen || !carrier.reads.isOnline()) return;
    let isLeft = false;
    for (const lane of lanes.filter((candidate) => candidate.carrier === carrier.name))
      isLeft = (await bookLate(store, lane, carrier, restored, options.clock.nowMs())) || isLeft;
    lookedLate.set(carrier, isLeft ? seen : Number.POSITIVE_INFINITY);
  }

  async function roundOn(carrier: Carrier): Promise<boolean> {
    try {
      if (!(await isCaughtUp(carrier))) return false;
      if (!options.catchUp?.isDue()) await bookLateOn(carrier);
      if (options.isClockTrusted() && !options.catchUp?.isDue()) await voidOrphans(store, lanes);
      return await rounds.get(carrier)!();
    } catch (error) {
      // The outside failed; everything it was asked is stored and will be asked again.
      log.warn({ carrier: carrier.name, err: error }, 'outbox: the round was cut short');
      return false;
    }
  }

  // One each: somebody outside who does not answer keeps nobody else waiting.
  const loops = options.carriers.map((carrier) => createLoop(() => roundOn(carrier), options.pollMs));

  function wake(): void {
    for (const loop of loops) loop.wake();
  }

  return {
    name: 'outbox',
    async start() {
      isStopped = false;
      unlisten = options.events.on('outbox.queued', wake);
      for (const loop of loops) loop.start();
    },
    async stop() {
      isStopped = true;
      unlisten();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    wake,
    round: async () => {
      const wasStopped = isStopped;
      isStopped = false;
      try {
        let hasSent = false;
        for (const carrier of options.carriers) hasSent = (await roundOn(carrier)) || hasSent;
        return hasSent;
      } finally {
        isStopped = wasStopped;
      }
    },
  };
}
