// npm start: builds the page when it is stale, founds the demonstration building when there is none, runs the hub.
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { sealPlainKeys } from './demo/officers.ts';
import { buildPage, isPageFresh } from './page.ts';
import { type Exit, type Group, startGroup } from './process-group.ts';

const root = join(import.meta.dirname, '..');
const help = `npm start [-- --lan] [--data DIR] [--config FILE] [--port N] [--tls-port N] [--mqtt-port N]

Runs the hub. Without stoop.toml it is the demonstration building, on this machine only.
The first time takes 1 to 2 minutes (set-up, page, the building's founding); later about 3 seconds.
Ctrl-C ends everything within 5 seconds.

  --lan          let phones and sensors of the local network in
  --data DIR     where the building lives (default ./data)
  --config FILE  the settings of a real building (default ./stoop.toml)
  other arguments go to the hub as they are`;

const stopWithinMs = 4500;
/** Half of what the smallest board has to spare; the hub needs a fraction. */
const heapMb = 384;
/** Node's usual 16 keep 30 MB that an idle hub never fills. */
const youngMb = 2;
/** Each of glibc's arenas, one a thread, keeps some MB of its own. */
const arenas = '2';

interface Listening {
  /** Where people look, first the one to open on this machine. */
  readonly urls: readonly string[];
  /** Where sensors look; undefined when the broker is down. */
  readonly mqttUrl?: string;
}

const { values } = parseArgs({
  strict: false,
  options: {
    help: { type: 'boolean', short: 'h' },
    data: { type: 'string', default: join(root, 'data') },
    config: { type: 'string', default: join(root, 'stoop.toml') },
  },
});
const data = resolve(String(values.data));
const isDemo = !existsSync(String(values.config));
const args = process.argv.slice(2);
/** The last thing that founding writes, so it is there only when all is. */
const sensorCredentials = join(data, 'demo/sensors.json');

const running = new Set<Group>();
let stopping: Promise<unknown> | undefined;

async function run(
  script: string,
  scriptArgs: readonly string[],
  stdio: ('ignore' | 'inherit' | 'ipc' | number)[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Group> {
  const group = await startGroup(
    process.execPath,
    [`--max-old-space-size=${heapMb}`, `--max-semi-space-size=${youngMb}`, join(root, script), ...scriptArgs],
    { cwd: root, env, stdio },
  );
  running.add(group);
  void group.exited.then(() => running.delete(group));
  return group;
}

/** Stops what runs, all at once; what has not ended by then is killed with its children. */
function stop(): Promise<unknown> {
  stopping ??= Promise.all([...running].map((group) => group.stop(stopWithinMs)));
  return stopping;
}

/** The hub's own lines go to a file, the last start's beside it; the terminal gets what people need. */
function openLog(): number {
  mkdirSync(data, { recursive: true });
  const path = join(data, 'hub.log');
  if (existsSync(path)) renameSync(path, `${path}.1`);
  return openSync(path, 'a');
}

async function found(): Promise<number> {
  if (!isDemo || existsSync(sensorCredentials)) return 0;
  console.log('Founding the demonstration building (about 20 s, only the first time)');
  const group = await run('scripts/demo/found.ts', ['--data', data], ['ignore', 'inherit', 'inherit']);
  return codeOf(await group.exited);
}

const codeOf = (exit: Exit) => exit.code ?? (exit.signal === 'SIGINT' || exit.signal === 'SIGTERM' ? 0 : 1);

/** Resolves when the hub says where it listens, or with undefined when it ends before. */
async function listening(hub: Group): Promise<Listening | undefined> {
  const said = once(hub.child, 'message').then(([message]) => message as Listening);
  return Promise.race([said, hub.exited.then(() => undefined)]);
}

function say(urls: readonly string[]): void {
  const [here, ...others] = urls;
  console.log(`\n  Open ${here}`);
  for (const url of others) console.log(`  or   ${url}`);
  if (isDemo) console.log('  This is a demonstration building on its own chain; nothing here is real money.');
  console.log(`  Data: ${data}    Log: ${join(data, 'hub.log')}\n  Ctrl-C ends it.\n`);
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(help);
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  if (!isPageFresh(root)) console.log('Building the page (about 5 s)');
  const [code] = await Promise.all([found(), buildPage(root)]);
  if (code !== 0 || stopping !== undefined) return code;
  if (isDemo) await sealPlainKeys(join(data, 'demo'));
  const log = openLog();
  const hub = await run(
    'hub/src/main.ts',
    [...args, ...(isDemo ? ['--demo'] : [])],
    ['ignore', 'inherit', log, 'ipc'],
    { ...process.env, MALLOC_ARENA_MAX: arenas },
  );
  const where = await listening(hub);
  if (where !== undefined && stopping === undefined) {
    say(where.urls);
    if (isDemo) {
      const sensorsEnv = { ...process.env, DEMO_MQTT_URL: where.mqttUrl };
      await run('scripts/demo/sensors.ts', [sensorCredentials], ['ignore', log, log, 'ipc'], sensorsEnv);
    }
  }
  const exit = await hub.exited;
  if (stopping === undefined && codeOf(exit) !== 0) {
    console.error(`The hub ended with ${exit.signal ?? `code ${exit.code}`}. The end of its log:`);
    console.error(readFileSync(join(data, 'hub.log'), 'utf8').split('\n').slice(-20).join('\n'));
  }
  // Also when the hub is gone already: its own children may not be.
  await Promise.all([hub.stop(stopWithinMs), stop()]);
  return codeOf(exit);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop();
  process.exitCode = 1;
}
