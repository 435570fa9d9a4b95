// The measured process of bench `settle`: a hub on DIR in which everything waits. Needs --expose-gc.
import { setTimeout as wait } from 'node:timers/promises';
import { createTestHub } from '../test/support/create-test-hub.ts';
import { holding } from './settle-hold.ts';

export interface Weight {
  /** Resident. */
  readonly rssMb: number;
  /** What is alive: heap, buffers. */
  readonly usedMb: number;
  readonly waiting: number;
}

const rounds = 10;
const mb = 1024 * 1024;
const [dir, line] = process.argv.slice(2);
const nowhere = 'http://127.0.0.1:9';

const house = await createTestHub({
  dir: dir!,
  sabotage: { lane: holding(() => true) },
  config: (config) =>
    line === 'away' ? { ...config, chain: { ...config.chain, isEmbedded: false, rpcUrls: [nowhere] } } : config,
});
const { building } = house.hub;
if (line !== 'away') await house.until(() => building!.chain.state().isOnline);
for (let round = 0; round < rounds; round++) await building!.dispatcher.round();
const { waitingCount: waiting } = house.hub.state();
for (let times = 0; times < 5; times++) {
  globalThis.gc!();
  await wait(50);
}
const { rss, heapUsed, external } = process.memoryUsage();
process.send?.({ rssMb: rss / mb, usedMb: (heapUsed + external) / mb, waiting } satisfies Weight);
await house.stop();
process.disconnect?.();
