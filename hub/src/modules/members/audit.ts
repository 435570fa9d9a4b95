import type { Reader } from '../../platform/ports/index.ts';
import type { AuditRow } from './members.schema.ts';

type Row = Omit<AuditRow, 'detail' | 'actorSeat' | 'system' | 'deviceId'> & {
  readonly actorSeat: number | null;
  readonly system: string | null;
  readonly deviceId: string | null;
  readonly detail: string;
};

const selectPage = `
  SELECT seq, at_ms AS atMs, action, actor_seat AS actorSeat, system, device_id AS deviceId, detail
  FROM audit WHERE seq < @before ORDER BY seq DESC LIMIT @limit`;

/** Newest first; `before` is the last seq that was shown. */
export function auditPage(reader: Reader, before: number | undefined, limit: number): AuditRow[] {
  const rows = reader.prepare(selectPage).all<Row>({ before: before ?? Number.MAX_SAFE_INTEGER, limit });
  return rows.map((row) => ({
    ...row,
    actorSeat: row.actorSeat ?? undefined,
    system: row.system ?? undefined,
    deviceId: row.deviceId ?? undefined,
    detail: JSON.parse(row.detail) as AuditRow['detail'],
  }));
}
