import type { EventBus } from '../platform/events.ts';
import type { Carrier, Lane, Part } from '../platform/ports/index.ts';
import type { CatchUp } from './catch-up.ts';
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
}

export interface Dispatcher extends Part {
  /** Looks now instead of at the next poll. */
  wake(): void;
  /** One whole round over every lane; answers whether anything left. */
  round(): Promise<boolean>;
}

/** Drains the lanes in causal order, one round after the other, woken by queued intents and by the clock. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, log } = options;
  const lanes = [...options.lanes].sort((a, b) => a.rank - b.rank);
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = true;
  let isWoken = false;
  let unlisten = () => {};
  const rounds = options.carriers.map((carrier) => createRound(options, lanes, carrier, () => isStopped));

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
    for (const carrier of options.carriers) if (!(await catchUpOn(carrier, sinceMs))) return;
    due.done();
    log.info({}, 'outbox: caught up with the chain; sending goes on');
  }

  async function round(): Promise<boolean> {
    if (options.catchUp?.isDue()) {
      try {
        await catchUp(options.catchUp);
      } catch (error) {
        log.warn({ err: error }, 'outbox: catching up was cut short');
      }
      if (options.catchUp.isDue()) return false;
    }
    if (options.isClockTrusted()) await voidOrphans(store, lanes);
    let hasSent = false;
    for (const [index, roundOf] of rounds.entries()) {
      try {
        hasSent = (await roundOf()) || hasSent;
      } catch (error) {
        // The outside failed; everything it was asked is stored and will be asked again.
        log.warn({ carrier: options.carriers[index]!.name, err: error }, 'outbox: the round was cut short');
      }
    }
    return hasSent;
  }

  async function loop(): Promise<void> {
    do {
      isWoken = false;
      // What was just sent is looked at again at once: a fast chain has it already.
      if (await round()) isWoken = true;
    } while (isWoken && !isStopped);
  }

  function wake(): void {
    isWoken = true;
    if (isStopped || running) return;
    clearTimeout(timer);
    running = loop().finally(() => {
      running = undefined;
      if (!isStopped) timer = setTimeout(wake, options.pollMs);
    });
  }

  return {
    name: 'outbox',
    async start() {
      isStopped = false;
      unlisten = options.events.on('outbox.queued', wake);
      wake();
    },
    async stop() {
      isStopped = true;
      unlisten();
      clearTimeout(timer);
      await running;
    },
    wake,
    round: async () => {
      const wasStopped = isStopped;
      isStopped = false;
      try {
        return await round();
      } finally {
        isStopped = wasStopped;
      }
    },
  };
}
