/**
 * The demonstration's chain: an EVM simulator that keeps every transaction it answered.
 * `node contracts/dev-chain/server.ts --help`
 */
import { fstatSync, mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openChain } from './chain.ts';
import { openFront } from './http.ts';
import { lockFolder } from './lock.ts';

const help = `node contracts/dev-chain/server.ts --data DIR [--chain-id 31999] [--port 0] [--test-methods]

Listens on 127.0.0.1 and prints {"url","chainId","genesisHash"} when it is ready.
  --data DIR       keeps genesis.json and transactions.jsonl, synced before a transaction is answered
  --port N         0 takes any free port
  --test-methods   also takes evm_* and hardhat_*; of these only mined blocks are kept for the next start
It ends on SIGTERM and SIGINT, and when the process that started it goes away.
`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    'chain-id': { type: 'string', default: '31999' },
    port: { type: 'string', default: '0' },
    'test-methods': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Calls back when whoever started us is gone: the IPC channel closes, or a piped stdin ends. */
function onOrphaned(callback: () => void): void {
  if (process.channel) {
    process.once('disconnect', callback);
    process.channel.unref();
    return;
  }
  const stdin = fstatSync(0);
  if (stdin.isFIFO() || stdin.isSocket()) process.stdin.once('close', callback).resume();
}

async function run(folder: string, chainId: number, port: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const unlock = await lockFolder(folder);
  const chain = await openChain(folder, chainId, values['test-methods']);
  const front = await openFront(port, chain.request);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    // A simulator that hangs must not hold up its parent; what was answered is on disk already.
    setTimeout(() => process.exit(1), 800).unref();
    await front.close();
    await chain.close();
    unlock();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  onOrphaned(() => void stop());
  const ready = { url: front.url, chainId, genesisHash: chain.genesisHash };
  console.log(JSON.stringify(ready));
  process.send?.(ready);
}

if (values.help || !values.data) {
  (values.help ? process.stdout : process.stderr).write(help);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    await run(values.data, Number(values['chain-id']), Number(values.port));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
