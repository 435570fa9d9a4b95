import type { Client } from 'aedes';
import type { DeviceAuth } from '../platform/ports/index.ts';
import { createPace, type Pace } from './pace.ts';

/** What one connection may do. */
export interface Session {
  readonly deviceId: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly pace: Pace;
  /** Its credentials ended while it was connected. */
  isRevoked: boolean;
}

export interface Sessions {
  /** Ties what a client may do to its connection, from the moment that its credentials were right. */
  grant(client: Client, granted: { deviceId: string; publish: readonly string[]; subscribe: readonly string[] }): void;
  of(client: Client | null): Session | undefined;
  /** True while another device is connected under this client id. */
  isTaken(clientId: string, deviceId: string): boolean;
  opened(client: Client): void;
  closed(client: Client): void;
  revoke(deviceId: string): void;
}

interface SessionsOptions {
  readonly auth: Pick<DeviceAuth, 'presence'>;
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly monotonicMs: () => number;
}

export function createSessions({ auth, ratePerSecond, burst, monotonicMs }: SessionsOptions): Sessions {
  // A will is published after its connection is gone, so what a client may do outlives `connected`.
  const sessions = new WeakMap<Client, Session>();
  const connected = new Set<Client>();
  const paces = new Map<string, Pace>();

  const clientsOf = (deviceId: string) =>
    [...connected].filter((client) => sessions.get(client)?.deviceId === deviceId);

  return {
    grant(client, granted) {
      const pace = paces.get(granted.deviceId) ?? createPace(ratePerSecond, burst, monotonicMs);
      paces.set(granted.deviceId, pace);
      sessions.set(client, { ...granted, pace, isRevoked: false });
    },
    of: (client) => (client ? sessions.get(client) : undefined),
    isTaken: (clientId, deviceId) =>
      [...connected].some((client) => client.id === clientId && sessions.get(client)?.deviceId !== deviceId),
    opened(client) {
      const session = sessions.get(client);
      if (!session) return;
      connected.add(client);
      if (clientsOf(session.deviceId).length === 1) auth.presence(session.deviceId, true);
    },
    closed(client) {
      const session = sessions.get(client);
      if (!session || !connected.delete(client)) return;
      if (clientsOf(session.deviceId).length === 0) auth.presence(session.deviceId, false);
    },
    revoke(deviceId) {
      for (const client of clientsOf(deviceId)) {
        sessions.get(client)!.isRevoked = true;
        client.close();
      }
    },
  };
}
