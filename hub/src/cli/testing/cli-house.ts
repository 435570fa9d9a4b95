import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const main = new URL('../../main.ts', import.meta.url).pathname;
const cli = new URL('../main.ts', import.meta.url).pathname;

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliHouse {
  readonly dir: string;
  readonly dataDir: string;
  /** A real hub as a child process, until `stopHub`; answers where it listens. */
  startHub(...args: readonly string[]): Promise<readonly string[]>;
  stopHub(signal?: NodeJS.Signals): Promise<void>;
  /** Starts a hub that is expected to end by itself. */
  hubEnds(): Promise<Said>;
  /** The real command line, on this house's data folder. */
  stoop(...args: readonly string[]): Promise<Said>;
  /** The same, still running. */
  spawnStoop(...args: readonly string[]): ChildProcess;
  dispose(): Promise<void>;
}

const settings = `
logLevel = "info"
[building]
name = "Grand Concourse 1520"
[http]
host = "127.0.0.1"
port = 0
[https]
host = "127.0.0.1"
port = 0
[mqtt]
host = "127.0.0.1"
port = 0
`;

/** One building in a temporary folder, without a chain. `more` goes below its settings. */
export function createCliHouse(more = ''): CliHouse {
  const dir = mkdtempSync(join(tmpdir(), 'stoop-cli-'));
  const dataDir = join(dir, 'data');
  const config = join(dir, 'stoop.toml');
  mkdirSync(dataDir);
  writeFileSync(config, `${settings}${more}`);
  const children = new Set<ChildProcess>();
  let hub: ChildProcess | undefined;

  function run(script: string, args: readonly string[], stdio: ('ignore' | 'pipe' | 'ipc' | number)[]): ChildProcess {
    const child = spawn(process.execPath, [script, ...args], { cwd: dir, stdio, env: { PATH: process.env.PATH } });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  }

  async function said(child: ChildProcess): Promise<Said> {
    const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')]);
    return { code: child.exitCode, out, err };
  }

  const spawnStoop = (...args: readonly string[]) =>
    run(cli, [...args, '--config', config], ['ignore', 'pipe', 'pipe']);

  return {
    dir,
    dataDir,
    async startHub(...args) {
      const log = openSync(join(dataDir, 'hub.log'), 'a');
      hub = run(main, ['--config', config, ...args], ['ignore', 'ignore', log, 'ipc']);
      const listening = once(hub, 'message').then(([message]) => (message as { urls: string[] }).urls);
      const ended = once(hub, 'exit').then(([code]) => Promise.reject(new Error(`the hub ended with ${code}`)));
      ended.catch(() => {});
      return Promise.race([listening, ended]);
    },
    async stopHub(signal = 'SIGTERM') {
      if (!hub || hub.exitCode !== null || hub.signalCode !== null) return;
      const exited = once(hub, 'exit');
      hub.kill(signal);
      await exited;
    },
    hubEnds: () => said(run(main, ['--config', config], ['ignore', 'pipe', 'pipe'])),
    stoop: (...args) => said(spawnStoop(...args)),
    spawnStoop,
    async dispose() {
      for (const child of children) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      rmSync(dir, { recursive: true });
    },
  };
}
