import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Clock } from '../platform/clock.ts';
import { fail, type StoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Hex, Part } from '../platform/ports/index.ts';

export interface EmbeddedChainOptions {
  /** Where the chain keeps its accepted transactions. */
  readonly dataDir: string;
  readonly chainId: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Lets time and blocks be moved by RPC; for tests and drills. */
  readonly testMethods?: boolean;
  /** Told when it came up or stopped; with the fault while it is one. */
  readonly onChange?: (fault: StoopError | undefined) => void;
  /** What to run in the child: it says `{url, chainId, genesisHash}` when it is up and ends when its channel closes. */
  readonly program?: URL;
}

export interface EmbeddedEndpoint {
  readonly url: string;
  readonly chainId: number;
  readonly genesisHash: Hex;
}

export interface EmbeddedChain extends Part {
  /** Undefined while it is not up. The port is another one after each start. */
  endpoint(): EmbeddedEndpoint | undefined;
  /** Resolves as soon as it is up; rejects when the part is stopped first. */
  whenUp(): Promise<EmbeddedEndpoint>;
  /** Set from an unexpected end until it is up again. */
  fault(): StoopError | undefined;
  /** The child's process id while there is one. */
  pid(): number | undefined;
}

const simulator = new URL('../../../contracts/dev-chain/server.ts', import.meta.url);
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** Up for this long: the next failure is a new one, not the same again. */
const steadyMs = 60_000;
const patienceMs = 4_000;

/**
 * The simulator in a child process on a port that the system chooses. It dies with the hub (its channel closes),
 * and comes back when it dies alone, after a pause that doubles.
 */
export function createEmbeddedChain(options: EmbeddedChainOptions): EmbeddedChain {
  const { clock, log } = options;
  let child: ChildProcess | undefined;
  let endpoint: EmbeddedEndpoint | undefined;
  let fault: StoopError | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;
  let isStopping = false;
  let waiting: { resolve: (up: EmbeddedEndpoint) => void; reject: (error: Error) => void }[] = [];

  function launch(): void {
    if (isStopping) return;
    const { dataDir, chainId, testMethods = false } = options;
    const args = ['--data', dataDir, '--chain-id', String(chainId), '--port', '0'];
    if (testMethods) args.push('--test-methods');
    const started = fork(options.program ?? simulator, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    child = started;
    let upSinceMs: number | undefined;
    let lastWords = '';
    const listen = (chunk: Buffer) => {
      lastWords = `${lastWords}${chunk}`.slice(-2000);
      log.debug({ text: String(chunk).trimEnd() }, 'embedded chain');
    };
    started.stderr?.on('data', listen);
    started.on('error', (error) => listen(Buffer.from(error.message)));
    started.on('message', (message) => {
      if (!isEndpoint(message)) return;
      upSinceMs = clock.monotonicMs();
      up(message);
    });
    // Not `close`: Node leaves that out when this side closed the channel.
    started.on('exit', async (code, signal) => {
      if (child === started) child = undefined;
      endpoint = undefined;
      if (started.stderr) await finished(started.stderr).catch(() => {});
      if (upSinceMs !== undefined && clock.monotonicMs() - upSinceMs > steadyMs) pauseMs = firstPauseMs;
      ended(lastWords.trim().split('\n').at(-1) || `exit ${code ?? signal}`);
    });
  }

  function up(message: EmbeddedEndpoint): void {
    endpoint = message;
    fault = undefined;
    log.info({ url: message.url }, 'the embedded chain is up');
    for (const { resolve } of waiting) resolve(message);
    waiting = [];
    options.onChange?.(undefined);
  }

  function ended(reason: string): void {
    if (isStopping) return;
    fault = fail('chain_stopped', { reason });
    log.error({ reason, pauseMs }, fault.message);
    timer = setTimeout(launch, pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    options.onChange?.(fault);
  }

  async function stop(): Promise<void> {
    isStopping = true;
    clearTimeout(timer);
    for (const { reject } of waiting) reject(fail('stopping'));
    waiting = [];
    const running = child;
    if (!running) return;
    const exited = once(running, 'exit');
    // Closing the channel is the order to finish; it is also what the child sees when the hub is killed.
    if (running.connected) running.disconnect();
    const force = setTimeout(() => running.kill('SIGKILL'), patienceMs);
    await exited;
    clearTimeout(force);
  }

  return {
    name: 'embedded-chain',
    async start(signal) {
      signal.addEventListener('abort', () => void stop(), { once: true });
      launch();
    },
    stop,
    endpoint: () => endpoint,
    whenUp: () =>
      endpoint ? Promise.resolve(endpoint) : new Promise((resolve, reject) => void waiting.push({ resolve, reject })),
    fault: () => fault,
    pid: () => child?.pid,
  };
}

function isEndpoint(message: unknown): message is EmbeddedEndpoint {
  return message !== null && typeof message === 'object' && 'url' in message && 'genesisHash' in message;
}
