import { fileURLToPath } from 'node:url';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import { demoBalanceWei, demoPrivateKeys } from './accounts.ts';

/** A JSON-RPC error as nodes report it: a revert has code 3 and the revert data as hex. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
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
  // No artifacts: with them the simulator starts slower and words its errors by what happens to be compiled.
  const config = { networks: { chain }, paths: { artifacts: 'dev-chain/no-artifacts' } };
  const hre = await createHardhatRuntimeEnvironment(config, {}, root);
  const connection = await hre.network.create('chain');
  return {
    request: async (method, params) => {
      try {
        return await connection.provider.request({ method, params: [...params] });
      } catch (error) {
        throw asNodesSayIt(error);
      }
    },
    close: () => connection.close(),
  };
}

/** The simulator wraps the data of a revert that it cannot name in an object of its own. */
function asNodesSayIt(error: unknown): RpcError {
  const { code, message, data } = error as { code: number; message: string; data?: unknown };
  const inner = (data as { data?: unknown } | undefined)?.data;
  return typeof inner === 'string'
    ? new RpcError(3, `execution reverted: ${message}`, inner)
    : new RpcError(code, message, data);
}
