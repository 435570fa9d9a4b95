import { join } from 'node:path';
import type { Hex } from '../../platform/ports/index.ts';
import { attemptOf, emit, type Hub, startHub, startTestChain, type TestChain, tempFolder } from './fixture.ts';
import { type LyingProxy, startLyingProxy } from './lying-proxy.ts';

export const ann: Hex = `0x${'a1'.repeat(20)}`;
export const bob: Hex = `0x${'b2'.repeat(20)}`;

/** A chain behind a proxy, and hubs that watch it one after the other on the same database. */
export interface Watch {
  readonly test: TestChain;
  readonly proxy: LyingProxy;
  /** A hub on the same database each time, as after a restart. */
  open(options?: Parameters<typeof startHub>[1], deployedAtBlock?: number): Promise<Hub>;
  height(): Promise<number>;
  /** A transfer on chain that no outbox knows; answers its transaction. */
  move(hub: Hub, from: Hex, to: Hex, value: number): Promise<string>;
  kept(hub: Hub): { txHash: string; blockNumber: number; isGone: number }[];
  /** Ends the hubs and takes a new database. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWatch(): Promise<Watch> {
  const test = await startTestChain();
  const proxy = await startLyingProxy(() => test.url);
  let path = join(tempFolder(), 'stoop.db');
  let current: Hub | undefined;

  async function end(): Promise<void> {
    await current?.stop();
    current = undefined;
  }

  return {
    test,
    proxy,
    async open(options = {}, deployedAtBlock = test.deployment.deployedAtBlock) {
      await end();
      const deployment = { ...test.deployment, deployedAtBlock };
      current = await startHub(test, { url: () => proxy.url, path, deployment: () => deployment, ...options });
      return current;
    },
    height: async () => Number(await test.rpc<Hex>('eth_blockNumber')),
    async move(hub, from, to, value) {
      const attempt = attemptOf(await hub.chain.carrier.prepare(emit(from, to, value), { highestNonce: -1 }));
      await hub.chain.carrier.perform(attempt);
      return attempt.locator;
    },
    kept: ({ store }) =>
      store.read((reader) =>
        reader
          .prepare(
            'SELECT tx_hash AS txHash, block_number AS blockNumber, gone_at_ms IS NOT NULL AS isGone FROM chain_log ORDER BY id',
          )
          .all(),
      ),
    async reset() {
      await end();
      proxy.honest();
      proxy.asked.length = 0;
      path = join(tempFolder(), 'stoop.db');
    },
    async stop() {
      await end();
      await proxy.close();
      await test.stop();
    },
  };
}

export const amounts = (hub: Hub): number[] => hub.foreign.map(({ amountMicros }) => Number(amountMicros));
