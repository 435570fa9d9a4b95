import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Simulator, startSimulator } from './simulator.ts';
import { openTransactionLog, syncFolder, type TransactionLog } from './transaction-log.ts';

interface Genesis {
  readonly chainId: number;
  /** The genesis block's time, in seconds since 1970. */
  readonly initialTime: number;
  readonly genesisHash: string;
}

/** A method that this chain does not take, answered with JSON-RPC code -32601. */
export class MethodRefused extends Error {
  readonly code = -32601;
}

/** The chain whose every answered transaction is on disk. */
export interface DurableChain {
  readonly genesisHash: string;
  /** How many blocks were replayed. */
  readonly replayed: number;
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

const nowS = (): number => Math.floor(Date.now() / 1000);

/** Opens the chain in a folder, creating it when empty, and replays what it holds. */
export async function openChain(folder: string, chainId: number, allowTestMethods: boolean): Promise<DurableChain> {
  const log = await openTransactionLog(join(folder, 'transactions.jsonl'));
  const kept = await readGenesis(join(folder, 'genesis.json'));
  if (kept && kept.chainId !== chainId) throw new Error(`${folder}: holds chain ${kept.chainId}, not ${chainId}`);
  if (!kept && log.blocks.length > 0) throw new Error(`${folder}: holds transactions but no genesis.json`);
  const initialTime = kept?.initialTime ?? nowS();
  const simulator = await startSimulator(chainId, initialTime);
  const genesis = (await simulator.request('eth_getBlockByNumber', ['0x0', false])) as { hash: string };
  if (kept && kept.genesisHash !== genesis.hash) {
    throw new Error(
      `${folder}: its genesis ${kept.genesisHash} cannot be made again, this simulator gives ${genesis.hash}`,
    );
  }
  if (!kept) await writeGenesis(folder, { chainId, initialTime, genesisHash: genesis.hash });
  await replay(simulator, log);
  return serve(simulator, log, genesis.hash, allowTestMethods);
}

async function readGenesis(file: string): Promise<Genesis | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Genesis;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeGenesis(folder: string, genesis: Genesis): Promise<void> {
  const file = join(folder, 'genesis.json');
  await writeFile(`${file}.new`, `${JSON.stringify(genesis)}\n`, { flush: true });
  await rename(`${file}.new`, file);
  await syncFolder(folder);
}

async function replay(simulator: Simulator, log: TransactionLog): Promise<void> {
  for (const block of log.blocks) {
    await simulator.request('evm_setNextBlockTimestamp', [block.time]);
    if (block.raw) await simulator.request('eth_sendRawTransaction', [block.raw]);
    else await simulator.request('evm_mine', []);
  }
  const last = log.blocks.at(-1);
  if (!last) return;
  const { number } = await headOf(simulator);
  if (number !== last.height) throw new Error(`Replaying gave height ${number} instead of ${last.height}`);
}

interface Head {
  readonly number: number;
  readonly time: number;
}

async function headOf(simulator: Simulator, tag = 'latest'): Promise<Head> {
  const block = (await simulator.request('eth_getBlockByNumber', [tag, false])) as {
    number: string;
    timestamp: string;
  };
  return { number: Number(block.number), time: Number(block.timestamp) };
}

const simulating = new Set(['eth_call', 'eth_estimateGas']);
/** They would change the chain past the log; accounts are unlocked nowhere else either. */
const neverTaken = new Set(['eth_sendTransaction', 'hardhat_reset', 'evm_setAutomine', 'evm_setIntervalMining']);

async function serve(
  simulator: Simulator,
  log: TransactionLog,
  genesisHash: string,
  allowTestMethods: boolean,
): Promise<DurableChain> {
  let head = await headOf(simulator);
  /** Seconds by which a test method moved the chain's clock. */
  let warpS = 0;
  let next: number | undefined;
  let tail: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.catch(() => {});
    return done;
  };
  const nextTime = (): number => Math.max(next ?? nowS() + warpS, head.time + 1);

  /** Keeps the simulator's idea of the time at ours, so that calls see the present and not the last block's age. */
  const tellTime = async (): Promise<void> => {
    const pending = await headOf(simulator, 'pending');
    const behindS = nowS() + warpS - pending.time;
    if (behindS > 0) await simulator.request('evm_increaseTime', [behindS]);
  };

  const makeBlock = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const time = nextTime();
    await simulator.request('evm_setNextBlockTimestamp', [time]);
    const answer = await simulator.request(method, params);
    next = undefined;
    head = { number: head.number + 1, time };
    const raw = method === 'eth_sendRawTransaction' ? { raw: String(params[0]) } : {};
    await log.append({ height: head.number, time, ...raw });
    return answer;
  };

  const testMethod = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    if (method === 'evm_mine') {
      if (params[0] !== undefined) next = Number(params[0]);
      return makeBlock(method, []);
    }
    if (method === 'evm_setNextBlockTimestamp') {
      next = Number(params[0]);
      warpS = next - nowS();
      return simulator.request(method, params);
    }
    if (method === 'evm_increaseTime') warpS += Number(params[0]);
    const answer = await simulator.request(method, params);
    if (method === 'evm_revert') {
      head = await headOf(simulator);
      await log.cutAbove(head.number);
    }
    return answer;
  };

  await tellTime();
  return {
    genesisHash,
    replayed: log.blocks.length,
    request: async (method, params) => {
      if (method === 'eth_sendRawTransaction') return inOrder(() => makeBlock(method, params));
      if (neverTaken.has(method)) throw new MethodRefused(`${method}: this chain takes signed transactions only`);
      if (/^(hardhat|evm|debug|personal)_/.test(method)) {
        if (!allowTestMethods) throw new MethodRefused(`${method}: not on this chain`);
        return inOrder(() => testMethod(method, params));
      }
      if (simulating.has(method) && (params[1] === undefined || params[1] === 'latest')) {
        return simulator.request(method, [params[0], 'pending', ...params.slice(2)]);
      }
      return simulator.request(method, params);
    },
    close: () =>
      inOrder(async () => {
        await log.close();
        await simulator.close();
      }),
  };
}
