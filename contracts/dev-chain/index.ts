import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export { demoMnemonic, demoPrivateKeys } from './accounts.ts';

export interface DevChainOptions {
  /** Keeps the chain; created when missing. */
  readonly dataDir: string;
  readonly chainId: number;
  /** 0 takes any free port. */
  readonly port: number;
  /** Also takes evm_* and hardhat_*, for tests. */
  readonly testMethods?: boolean;
}

export interface DevChain {
  readonly url: string;
  readonly chainId: number;
  readonly genesisHash: string;
  readonly pid: number;
  /** Resolves when the process is gone, asked or not. */
  readonly exited: Promise<void>;
  /** Asks it to end and waits; kills it after 2 s. */
  stop(): Promise<void>;
}

/** Starts the chain simulator as a child process that ends with this one. Throws with its last words when it cannot start. */
export async function startDevChain(options: DevChainOptions): Promise<DevChain> {
  const args = ['--data', options.dataDir, '--chain-id', String(options.chainId), '--port', String(options.port)];
  if (options.testMethods) args.push('--test-methods');
  const child = spawn(process.execPath, [fileURLToPath(new URL('server.ts', import.meta.url)), ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  const exited = once(child, 'exit').then(() => {});
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as Pick<DevChain, 'url' | 'chainId' | 'genesisHash'>),
    exited.then(() => Promise.reject(new Error(`The chain simulator could not start: ${lastWords.trim()}`))),
  ]);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
    await exited;
    clearTimeout(timer);
  };
  return { ...ready, pid: child.pid!, exited, stop };
}
