import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startSocket } from './cli/socket.ts';
import { type Config, loadConfig } from './config/index.ts';
import { createHub } from './hub.ts';
import { systemClock } from './platform/clock.ts';
import { isStoopError } from './platform/errors.ts';
import { createLog } from './platform/log.ts';

const root = join(import.meta.dirname, '../..');
const help = `node hub/src/main.ts [--config FILE | --demo] [--data DIR] [--lan] [--port N] [--tls-port N] [--mqtt-port N]

  --config FILE   settings of a real building (default stoop.toml)
  --demo          the demonstration building that lies in the data folder
  --data DIR      where the building lives
  --lan           listen on the local network too
  --port, --tls-port, --mqtt-port N   0 lets the system choose`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    config: { type: 'string' },
    demo: { type: 'boolean' },
    data: { type: 'string' },
    lan: { type: 'boolean' },
    port: { type: 'string' },
    'tls-port': { type: 'string' },
    'mqtt-port': { type: 'string' },
  },
});

/** What was typed goes over the environment, which goes over the file. */
function readConfig(): Config {
  const cwd = process.cwd();
  const dataDir = values.data === undefined ? undefined : resolve(cwd, values.data);
  const demoFile = join(dataDir ?? join(root, 'data'), 'demo/stoop.toml');
  const file = values.demo ? demoFile : (values.config ?? 'stoop.toml');
  const config = loadConfig({ file, env: process.env, cwd });
  const port = (text: string | undefined, fallback: number) => (text === undefined ? fallback : Number(text));
  const host = (given: string) => (values.lan ? '0.0.0.0' : given);
  return {
    ...config,
    dataDir: dataDir ?? config.dataDir,
    http: { ...config.http, host: host(config.http.host), port: port(values.port, config.http.port) },
    https: { ...config.https, host: host(config.https.host), port: port(values['tls-port'], config.https.port) },
    mqtt: { ...config.mqtt, host: host(config.mqtt.host), port: port(values['mqtt-port'], config.mqtt.port) },
  };
}

async function main(): Promise<void> {
  if (values.help) return console.log(help);
  const config = readConfig();
  const log = createLog(config.logLevel, process.stderr);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const hub = await createHub({ config, clock: systemClock, log, version, staticDir: join(root, 'ui/dist') });
  let socket: Awaited<ReturnType<typeof startSocket>> | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= Promise.all([socket?.stop(), hub.stop()]).then(() => process.disconnect?.());
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(signal, stop);
  // Who started it may have died while this was still loading.
  if (process.connected === false) return stop();
  await hub.start();
  if (stopping) return stopping;
  if (hub.building) socket = await startSocket(hub, config, log);
  const { http, https, lan } = hub.web.addresses();
  const urls = [...new Set([http, ...(https ? [https] : []), ...lan])];
  log.info({ urls }, 'the hub is up');
  const claimCode = await hub.building?.members.claimCode();
  if (claimCode) console.log(`\n  Claim code of this hub: ${claimCode}\n`);
  const mqtt = hub.building?.broker?.address();
  process.send?.({ urls, mqttUrl: mqtt && `mqtt://127.0.0.1:${mqtt.port}` });
}

try {
  await main();
} catch (error) {
  console.error(isStoopError(error) ? error.message : error);
  process.exitCode = isStoopError(error, 'config_invalid') ? 78 : isStoopError(error, 'data_in_use') ? 75 : 1;
}
