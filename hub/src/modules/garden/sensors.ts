import { fail } from '../../platform/errors.ts';
import type { Action, Actor, DeviceAuth, Store, Tx } from '../../platform/ports/index.ts';
import { isTopicFilter } from '../../platform/topic-filter.ts';
import type { Telemetry } from '../../store/telemetry.ts';
import { hashToken, isTokenOf, makeToken, sensorIdFrom } from './credentials.ts';
import type { LiveThrottle } from './live-throttle.ts';
import * as rows from './sensors.store.ts';
import type { WaitingList } from './waiting.ts';

export interface NewSensor {
  readonly name: string;
  /** The waiting device that these credentials are for. */
  readonly clientId?: string;
  /** Topic filters; by default everything under `stoop/<id>`. */
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
}

export interface Caller {
  readonly actor: Actor;
  readonly idempotencyKey: string;
}

export interface Sensors {
  /** Answers the token, which is shown once and kept nowhere. */
  create(sensor: NewSensor, caller: Caller): Promise<{ id: string; username: string; token: string }>;
  /** Ends its credentials and its connection. Throws `not_found`. */
  remove(id: string, caller: Caller): Promise<void>;
  list(): { id: string; name: string; publish: string[]; subscribe: string[] }[];
  readonly auth: DeviceAuth;
}

interface SensorsOptions {
  readonly store: Pick<Store, 'act' | 'read'>;
  readonly telemetry: Pick<Telemetry, 'append' | 'presence'>;
  readonly waiting: WaitingList;
  readonly live: Pick<LiveThrottle, 'touch'>;
  /** Lives as long as the process; see `makeToken`. */
  readonly tokenSecret: Uint8Array;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

export function createSensors(options: SensorsOptions): Sensors {
  const { store, telemetry, waiting, live, tokenSecret, nowMs, onError } = options;
  const revokedListeners = new Set<(id: string) => void>();

  /** The page hears of it once it can read it. */
  const told = (deviceId: string, written: Promise<unknown>) =>
    void written.then(() => live.touch('sensor', deviceId)).catch(onError);

  const auth: DeviceAuth = {
    authenticate({ clientId, username, password, remoteAddress }) {
      const sensor = username === undefined ? undefined : store.read((db) => rows.sensorById(db, username));
      if (!sensor || password === undefined || !isTokenOf(sensor.tokenHash, password)) {
        waiting.note({ clientId, username, remoteAddress });
        return undefined;
      }
      return store.read((db) => ({
        deviceId: sensor.sensorId,
        publish: rows.grantsOf(db, sensor.id, 'publish'),
        subscribe: rows.grantsOf(db, sensor.id, 'subscribe'),
      }));
    },
    presence(deviceId, isConnected) {
      told(deviceId, telemetry.presence(deviceId, isConnected, nowMs()));
    },
    refused(deviceId, topic) {
      const problem = { device: deviceId, kind: 'not_granted', atMs: nowMs(), sample: topic.slice(0, 80) };
      told(deviceId, telemetry.append({ readings: [], problems: [problem] }));
    },
    onRevoked(listener) {
      revokedListeners.add(listener);
      return () => void revokedListeners.delete(listener);
    },
  };

  return {
    auth,
    async create(sensor, { actor, idempotencyKey }) {
      checkGrants('publish', sensor.publish ?? []);
      checkGrants('subscribe', sensor.subscribe ?? []);
      const token = makeToken(tokenSecret, idempotencyKey);
      const tokenHash = hashToken(token);
      const action: Action = { name: 'sensor.create', actor, idempotencyKey, body: sensor };
      const made = await store.act(action, (tx) => ({ id: insert(tx, sensor, tokenHash) }));
      const kept = store.read((db) => rows.sensorById(db, made.id));
      // A retry that reaches another run of the hub cannot know the token any more.
      if (!kept || !isTokenOf(kept.tokenHash, token)) throw fail('conflict', { noun: 'sensor' });
      return { id: made.id, username: made.id, token };
    },
    async remove(id, { actor, idempotencyKey }) {
      await store.act({ name: 'sensor.remove', actor, idempotencyKey, body: { id } }, (tx) => {
        if (!rows.deleteSensor(tx, id)) throw fail('not_found', { noun: 'sensor' });
        tx.changed('sensor', id, 0);
        tx.audit({ sensor: id });
      });
      for (const listener of revokedListeners) listener(id);
    },
    list: () =>
      store.read((db) =>
        rows.allSensors(db).map(({ id, sensorId, name }) => ({
          id: sensorId,
          name,
          publish: rows.grantsOf(db, id, 'publish'),
          subscribe: rows.grantsOf(db, id, 'subscribe'),
        })),
      ),
  };
}

function insert(tx: Tx, sensor: NewSensor, tokenHash: Uint8Array): string {
  const sensorId = sensorIdFrom(sensor.name, (id) => rows.sensorById(tx, id) !== undefined);
  const row = rows.insertSensor(tx, { sensorId, name: sensor.name, tokenHash });
  for (const filter of new Set(sensor.publish ?? [`stoop/${sensorId}/#`])) rows.insertGrant(tx, row, 'publish', filter);
  for (const filter of new Set(sensor.subscribe ?? [])) rows.insertGrant(tx, row, 'subscribe', filter);
  if (sensor.clientId !== undefined && rows.deleteWaiting(tx, sensor.clientId)) {
    for (const audience of rows.keepers) tx.changed('waiting-sensor', 'all', 0, audience);
  }
  tx.changed('sensor', sensorId, 1);
  tx.audit({ sensor: sensorId });
  return sensorId;
}

/** Grants start with a name: nobody is given every topic of the house, or the broker's own. */
function checkGrants(field: string, filters: readonly string[]): void {
  for (const filter of filters) {
    if (!isTopicFilter(filter) || /^[#+$]/.test(filter)) {
      throw fail('bad_request', { field, rule: 'must be topic filters that begin with a name, like stoop/tower-1/#' });
    }
  }
}
