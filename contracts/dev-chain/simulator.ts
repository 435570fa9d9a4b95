import { fileURLToPath } from 'node:url';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import { demoBalanceWei, demoPrivateKeys } from './accounts.ts';

/** A JSON-RPC error as the simulator reports it. */
export interface RpcError extends Error {
  readonly code: number;
  readonly data?: unknown;
}

/** The simulator in this process. Same options, same transactions and times: the same hashes. */
export interface Simulator {
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts an empty chain. `initialTime` is the genesis block's, in seconds since 1970. */
export async function startSimulator(chainId: number, initialTime: number): Promise<Simulator> {
  const chain = {
    type: 'edr-simulated',
    chainType: 'l1',
    chainId,
    initialDate: new Date(initialTime * 1000),
    mining: { auto: true, interval: 0 },
    // As a node does it: a failed transaction has a receipt, not an error.
    throwOnTransactionFailures: false,
    accounts: demoPrivateKeys.map((privateKey) => ({ privateKey, balance: demoBalanceWei })),
  } as const;
  const root = fileURLToPath(new URL('..', import.meta.url));
  const hre = await createHardhatRuntimeEnvironment({ networks: { chain } }, {}, root);
  const connection = await hre.network.create('chain');
  return {
    request: (method, params) => connection.provider.request({ method, params: [...params] }),
    close: () => connection.close(),
  };
}
