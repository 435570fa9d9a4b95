// The six simulated sensors of the demonstration building: `node scripts/demo/sensors.ts <credentials.json>` with
// `{url, sensors: [{username, token}]}`. Each is an MQTT client of its own; all end with SIGTERM or with their parent.
import { readFileSync } from 'node:fs';
import mqtt, { type MqttClient } from 'mqtt';
import { demoSensors, valueAt } from './sensor-values.ts';

interface Credentials {
  readonly url: string;
  readonly sensors: readonly { readonly username: string; readonly token: string }[];
}

const everyMs = Number(process.argv[3] ?? 3_000);
const keptEveryMs = 10 * 60_000;
const keptForMs = 24 * 3_600_000;
const parentLookMs = 500;

function readCredentials(path: string | undefined): Credentials {
  if (path === undefined) throw new Error('give the path of the credentials file');
  return JSON.parse(readFileSync(path, 'utf8')) as Credentials;
}

/** One message with all metrics of the sensor. The moment is its number too, so a resend is harmless. */
function publish(client: MqttClient, sensor: string, atMs: number): void {
  const metrics = Object.entries(demoSensors[sensor] ?? {}).map(([metric, motion]) => [
    metric,
    valueAt(sensor, metric, motion, atMs),
  ]);
  const message = JSON.stringify({ takenAtMs: atMs, seq: atMs, ...Object.fromEntries(metrics) });
  client.publish(`stoop/${sensor}`, message, { qos: 1 }, () => {});
}

/** Like a device that was without network for a day: first what it kept, then what it measures. */
function publishKept(client: MqttClient, sensor: string): void {
  const nowMs = Date.now();
  const firstMs = Math.ceil((nowMs - keptForMs) / keptEveryMs) * keptEveryMs;
  for (let atMs = firstMs; atMs < nowMs; atMs += keptEveryMs) publish(client, sensor, atMs);
}

function run(url: string, username: string, password: string): MqttClient {
  const client = mqtt.connect(url, {
    clientId: `demo-${username}`,
    username,
    password,
    reconnectPeriod: 1_000,
    reconnectOnConnackError: true,
  });
  client.once('connect', () => publishKept(client, username));
  // A refused or broken connection is tried again by the client itself; the hub says so on the maintainer's page.
  client.on('error', () => {});
  setInterval(() => client.connected && publish(client, username, Date.now()), everyMs);
  return client;
}

const { url: usual, sensors } = readCredentials(process.argv[2]);
const url = process.env.DEMO_MQTT_URL ?? usual;
const clients = sensors.map(({ username, token }) => run(url, username, token));

function end(): void {
  for (const client of clients) client.end(true);
  process.exit(0);
}

const parent = process.ppid;
process.on('SIGTERM', end);
process.on('SIGINT', end);
process.on('disconnect', end);
// The parent may have died while this was still loading.
if (process.connected === false) end();
setInterval(() => process.ppid !== parent && end(), parentLookMs);
