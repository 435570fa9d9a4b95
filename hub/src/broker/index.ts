import type { EventEmitter } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { DeviceAuth, Part, Topic } from '../platform/ports/index.ts';
import { createAccess } from './access.ts';
import { guardFrames } from './frame-meter.ts';
import { createListener, defaultPausesMs } from './listener.ts';
import { createSessions } from './sessions.ts';

export interface BrokerLimits {
  readonly connections: number;
  /** A whole control packet: topic and payload. */
  readonly packetBytes: number;
  /** Per device in the long run; beyond it the PUBACK is withheld. */
  readonly ratePerSecond: number;
  readonly burst: number;
  /** Topics for which a device may have the broker keep its last message. */
  readonly retainedPerDevice: number;
}

export const defaultLimits: BrokerLimits = {
  connections: 512,
  packetBytes: 16_384,
  ratePerSecond: 100,
  burst: 400,
  retainedPerDevice: 64,
};

export interface BrokerOptions {
  readonly topics: readonly Topic[];
  readonly auth: DeviceAuth;
  readonly listen: { readonly host: string; readonly port: number };
  readonly limits?: Partial<BrokerLimits>;
  /** While its port is taken it tries again and again: told why at each try, and undefined once it listens. */
  readonly onState?: (refused: Error | undefined) => void;
  readonly pausesMs?: readonly number[];
  readonly clock: Clock;
  readonly log: Log;
}

export interface Broker extends Part {
  /** Where it listens; undefined while it does not. */
  address(): AddressInfo | undefined;
}

/** Connections that are still being greeted, beside those that were let in. */
const doorstep = 64;
const greetingMs = 10_000;
const deadPeerMs = 60_000;

/** The building's MQTT 3.1.1 broker. A PUBACK means that every taker of the message has it on disk. */
export function createBroker(given: BrokerOptions): Broker {
  const { topics, auth, listen, clock, log, onState = () => {} } = given;
  const limits = { ...defaultLimits, ...given.limits };
  const sockets = new Set<Socket>();
  const sessions = createSessions({ auth, ...limits, monotonicMs: () => clock.monotonicMs() });
  let isStopping = false;
  const aedes = new Aedes({
    connectTimeout: greetingMs,
    ...createAccess({
      topics,
      auth,
      sessions,
      hasRoom: () => aedes.connectedClients < limits.connections,
      isStopping: () => isStopping,
      retainedPerDevice: limits.retainedPerDevice,
      clock,
      log,
    }),
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // A device that asked for no keep-alive must not hold its place for ever once it is gone.
    socket.setKeepAlive(true, deadPeerMs);
    guardFrames(socket, limits.packetBytes, () =>
      log.warn({ remoteAddress: socket.remoteAddress }, 'broker: a packet was too long'),
    );
    const client = aedes.handle(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      sessions.closed(client);
    });
  });
  server.maxConnections = limits.connections + doorstep;
  aedes.on('client', (client) => sessions.opened(client));
  aedes.on('clientError', (client, error) => log.debug({ clientId: client.id, err: error }, 'broker: client error'));
  aedes.on('connectionError', (_, error) => log.debug({ err: error }, 'broker: connection error'));
  const emitter: EventEmitter = aedes;
  emitter.on('error', (error: Error) => log.error({ err: error }, 'broker: failed'));
  let stopListening = () => {};
  const listener = createListener({
    server,
    listen,
    pausesMs: given.pausesMs ?? defaultPausesMs,
    onRefused(error) {
      log.warn({ err: error }, 'broker: cannot listen; tried again');
      onState(error);
    },
    onListening() {
      server.on('error', (error) => log.error({ err: error }, 'broker: listener failed'));
      onState(undefined);
    },
  });

  return {
    name: 'broker',
    async start() {
      await aedes.listen();
      stopListening = auth.onRevoked((deviceId) => sessions.revoke(deviceId));
      await listener.start();
    },
    // aedes closes its clients only; the listener and connections that were never let in are ours.
    async stop() {
      isStopping = true;
      listener.stop();
      stopListening();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(resolve));
      // Everybody is told who left before the stores close behind us.
      const left = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...left]);
    },
    address: () => {
      const address = server.address();
      return address !== null && typeof address === 'object' ? address : undefined;
    },
  };
}
