import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { spanOf } from '../text.ts';
import { bad, type Check, type Finding, ok, type Patient, warn } from './check.ts';

const answerMs = 3000;

interface Listener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** With the hub up: does it take connections. With the hub down: could it have its ports. */
export const ports: Check = async (patient) => {
  const listeners = patient.hub ? whereItListens(patient) : whereItWould(patient);
  return await Promise.all(listeners.map((one) => (patient.hub ? takesConnections(one) : isFree(one))));
};

const loopback = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

function whereItListens({ hub, context: { config } }: Patient): Listener[] {
  const { http, https } = hub!.addresses;
  const listeners = [{ name: 'http', host: loopback(config.http.host), port: Number(new URL(http).port) }];
  if (https) listeners.push({ name: 'https', host: loopback(config.https.host), port: Number(new URL(https).port) });
  if (hub!.mqttPort) listeners.push({ name: 'mqtt', host: loopback(config.mqtt.host), port: hub!.mqttPort });
  return listeners;
}

function whereItWould({ context: { config } }: Patient): Listener[] {
  return [
    { name: 'http', ...config.http },
    ...(config.https.isEnabled ? [{ name: 'https', ...config.https }] : []),
    ...(config.mqtt.isEnabled ? [{ name: 'mqtt', ...config.mqtt }] : []),
  ].filter(({ port }) => port !== 0);
}

async function takesConnections({ name, host, port }: Listener): Promise<Finding> {
  const socket = createConnection({ host, port, signal: AbortSignal.timeout(answerMs) });
  try {
    await once(socket, 'connect');
    return ok(name, `port ${port} answers`);
  } catch {
    return bad(name, `port ${port} does not answer`, 'Restart the hub; its log says why: stoop logs');
  } finally {
    socket.destroy();
  }
}

async function isFree({ name, host, port }: Listener): Promise<Finding> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
    return ok(name, `port ${port} is free`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      return bad(name, `port ${port} is taken by another program`, `End it (ss -ltnp), or set ${name}.port.`);
    return bad(name, `port ${port} cannot be had (${code})`, `Set ${name}.host and ${name}.port.`);
  } finally {
    server.close();
  }
}

const weekMs = 7 * 86_400_000;

export const certificate: Check = ({ dataDir, context: { config } }) => {
  if (!config.https.isEnabled) return [];
  const isOwn = config.https.certFile === undefined;
  const path = config.https.certFile ?? join(dataDir, 'tls/leaf.pem');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isOwn && (error as NodeJS.ErrnoException).code === 'ENOENT')
      return [ok('certificate', 'none yet; the hub makes it')];
    return [bad('certificate', `${path} cannot be read`, 'Mend https.certFile, or take it out of stoop.toml.')];
  }
  return [judge(text, isOwn)];
};

function judge(text: string, isOwn: boolean): Finding {
  const advice = isOwn ? 'Restart the hub: it makes a new one by itself.' : 'Renew the certificate of https.certFile.';
  let leftMs: number;
  try {
    leftMs = new X509Certificate(text).validToDate.getTime() - Date.now();
  } catch {
    return bad('certificate', 'damaged', advice);
  }
  if (leftMs <= 0) return bad('certificate', `ran out ${spanOf(-leftMs)} ago`, advice);
  if (leftMs < weekMs) return warn('certificate', `runs out in ${spanOf(leftMs)}`, advice);
  return ok('certificate', `good for ${spanOf(leftMs)}`);
}
