import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonRpcProvider, Wallet } from 'ethers';
import { demoPrivateKeys, startDevChain } from '../dev-chain/index.ts';

export const about = 'Start of the embedded chain, sending with sync, replaying 1,000 transactions; half a minute.';

const TRANSACTIONS = 1000;
const round = (value: number): number => Math.round(value * 100) / 100;

/** Starts an empty chain, sends, starts it again over what it kept. Milliseconds. */
export async function run(): Promise<Record<string, number>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stoop-bench-chain-'));
  const start = () => startDevChain({ dataDir, chainId: 31_999, port: 0 });
  const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const since = performance.now();
    return [await work(), performance.now() - since];
  };
  try {
    const [empty, startEmptyMs] = await timed(start);
    const provider = new JsonRpcProvider(empty.url, 31_999, {
      staticNetwork: true,
      cacheTimeout: -1,
      batchMaxCount: 1,
    });
    const wallet = new Wallet(demoPrivateKeys[0]);
    const sends: number[] = [];
    for (let nonce = 0; nonce < TRANSACTIONS; nonce += 1) {
      const raw = await wallet.signTransaction({
        type: 2,
        chainId: 31_999,
        nonce,
        to: wallet.address,
        value: 1,
        gasLimit: 21_000,
        maxFeePerGas: 10n ** 10n,
        maxPriorityFeePerGas: 1n,
      });
      sends.push((await timed(() => provider.send('eth_sendRawTransaction', [raw])))[1]);
    }
    provider.destroy();
    await empty.stop();
    const [full, startFullMs] = await timed(start);
    await full.stop();
    sends.sort((a, b) => a - b);
    const result = {
      startEmptyMs: Math.round(startEmptyMs),
      startFullMs: Math.round(startFullMs),
      replayPerTransactionMs: round((startFullMs - startEmptyMs) / TRANSACTIONS),
      sendMedianMs: round(sends[TRANSACTIONS / 2]!),
      sendP95Ms: round(sends[Math.floor(TRANSACTIONS * 0.95)]!),
    };
    console.table([result]);
    return result;
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}
