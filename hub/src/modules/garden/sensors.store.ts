import type { Reader, Tx } from '../../platform/ports/index.ts';

export interface SensorRow {
  readonly id: number;
  readonly sensorId: string;
  readonly name: string;
  readonly tokenHash: Uint8Array;
  readonly revision: number;
}

export interface WaitingRow {
  readonly clientId: string;
  readonly username: string | null;
  readonly remoteAddress: string;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  readonly tries: number;
}

/** Who hears of devices that wait. */
export const keepers = ['role:gardener', 'role:maintainer'] as const;

export type Access = 'publish' | 'subscribe';

const columns = 'id, sensor_id AS sensorId, name, token_hash AS tokenHash, revision';

export function sensorById(db: Reader, sensorId: string): SensorRow | undefined {
  return db.prepare(`SELECT ${columns} FROM sensors WHERE sensor_id = @sensorId`).get<SensorRow>({ sensorId });
}

export function allSensors(db: Reader): SensorRow[] {
  return db.prepare(`SELECT ${columns} FROM sensors ORDER BY name, sensor_id`).all<SensorRow>();
}

export function grantsOf(db: Reader, sensor: number, access: Access): string[] {
  return db
    .prepare('SELECT filter FROM sensor_grants WHERE sensor = @sensor AND access = @access ORDER BY filter')
    .all<{ filter: string }>({ sensor, access })
    .map(({ filter }) => filter);
}

export function insertSensor(tx: Tx, sensor: { sensorId: string; name: string; tokenHash: Uint8Array }): number {
  return tx
    .prepare(
      `INSERT INTO sensors (sensor_id, name, token_hash, created_at_ms, revision)
       VALUES (@sensorId, @name, @tokenHash, @nowMs, 1)`,
    )
    .run({ ...sensor, nowMs: tx.nowMs }).lastInsertRowid;
}

export function insertGrant(tx: Tx, sensor: number, access: Access, filter: string): void {
  tx.prepare('INSERT INTO sensor_grants (sensor, access, filter) VALUES (@sensor, @access, @filter)').run({
    sensor,
    access,
    filter,
  });
}

/** Its credentials and grants go with it; its readings stay. */
export function deleteSensor(tx: Tx, sensorId: string): boolean {
  return tx.prepare('DELETE FROM sensors WHERE sensor_id = @sensorId').run({ sensorId }).changes === 1;
}

export function allWaiting(db: Reader): WaitingRow[] {
  return db
    .prepare(
      `SELECT client_id AS clientId, username, remote_address AS remoteAddress, first_seen_at_ms AS firstSeenAtMs,
         last_seen_at_ms AS lastSeenAtMs, tries
       FROM waiting_sensors ORDER BY last_seen_at_ms DESC, client_id`,
    )
    .all<WaitingRow>();
}

export function upsertWaiting(tx: Tx, row: WaitingRow): void {
  tx.prepare(
    `INSERT INTO waiting_sensors (client_id, username, remote_address, first_seen_at_ms, last_seen_at_ms, tries)
     VALUES (@clientId, @username, @remoteAddress, @firstSeenAtMs, @lastSeenAtMs, @tries)
     ON CONFLICT DO UPDATE SET username = excluded.username, remote_address = excluded.remote_address,
       last_seen_at_ms = excluded.last_seen_at_ms, tries = tries + excluded.tries`,
  ).run(row);
}

/** Keeps the newest `perAddress` of one address and `total` of all, so that nobody can flood the list. */
export function trimWaiting(tx: Tx, remoteAddress: string, perAddress: number, total: number): void {
  tx.prepare(
    `DELETE FROM waiting_sensors WHERE client_id IN (
       SELECT client_id FROM waiting_sensors WHERE remote_address = @remoteAddress
       ORDER BY last_seen_at_ms DESC, client_id LIMIT -1 OFFSET @perAddress)`,
  ).run({ remoteAddress, perAddress });
  tx.prepare(
    `DELETE FROM waiting_sensors WHERE client_id IN (
       SELECT client_id FROM waiting_sensors ORDER BY last_seen_at_ms DESC, client_id LIMIT -1 OFFSET @total)`,
  ).run({ total });
}

export function deleteWaiting(tx: Tx, clientId: string): boolean {
  return tx.prepare('DELETE FROM waiting_sensors WHERE client_id = @clientId').run({ clientId }).changes === 1;
}
