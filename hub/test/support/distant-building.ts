import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { committed } from '@stoop/contracts/deploy/artifact.ts';
import { startDevChain } from '@stoop/contracts/dev-chain/index.ts';
import { Contract, type EventLog, JsonRpcProvider } from 'ethers';
import { startLyingProxy } from '../../src/chain/test/lying-proxy.ts';
import type { Config } from '../../src/config/index.ts';
import { createTestHub, type TestHub } from './create-test-hub.ts';
import { copyOfFoundedBuilding } from './founded.ts';
import { createMovableClock } from './movable-clock.ts';

const chainId = 31999;

/** A founded building whose chain lives on while the line between them is cut. Time passes for both. */
export async function createDistantBuilding() {
  const elsewhere = mkdtempSync(join(tmpdir(), 'stoop-distant-'));
  const dir = await copyOfFoundedBuilding();
  renameSync(join(dir, 'chain'), join(elsewhere, 'chain'));
  const chain = await startDevChain({ dataDir: join(elsewhere, 'chain'), chainId, port: 0, testMethods: true });
  const line = await startLyingProxy(() => chain.url);
  const provider = new JsonRpcProvider(chain.url, undefined, { cacheTimeout: -1 });
  const { contracts } = JSON.parse(readFileSync(join(elsewhere, 'chain/deployment.json'), 'utf8')) as {
    contracts: Record<string, string>;
  };
  const at = (name: string) =>
    new Contract(contracts[name]!, committed(name as Parameters<typeof committed>[0]).abi, provider);
  const beginning = await provider.getBlockNumber();
  const clock = createMovableClock();
  const config = (base: Config): Config => ({
    ...base,
    chain: {
      ...base.chain,
      // As in a building: what waits, waits for company.
      patience: 1,
      isEmbedded: false,
      rpcUrls: [line.url],
      deploymentFile: join(elsewhere, 'chain/deployment.json'),
    },
  });
  let passedS = 0;
  let house: TestHub = await createTestHub({ dir, clock, config });

  return {
    get house() {
      return house;
    },
    clock,
    line,
    async ask<T>(name: string, fn: string, ...args: unknown[]): Promise<T> {
      return (await at(name).getFunction(fn)(...args)) as T;
    },
    /** What a contract has told since the line was made, oldest first, field by field. */
    async events(name: string, event: string): Promise<Record<string, unknown>[]> {
      const logs = await at(name).queryFilter(event, beginning + 1);
      return logs.map((log) => (log as EventLog).args.toObject());
    },
    /** The chain's clock goes on to the hub's. */
    async passTime() {
      const aheadS = Math.round((clock.nowMs() - Date.now()) / 1000);
      await provider.send('evm_increaseTime', [aheadS - passedS]);
      await provider.send('evm_mine', []);
      passedS = aheadS;
    },
    async stop() {
      await house.stop();
    },
    async start() {
      house = await createTestHub({ dir, clock, config });
      return house;
    },
    async dispose() {
      await house.dispose();
      provider.destroy();
      await line.close();
      await chain.stop();
      rmSync(elsewhere, { recursive: true, force: true });
    },
  };
}

export type DistantBuilding = Awaited<ReturnType<typeof createDistantBuilding>>;
