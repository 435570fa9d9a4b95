import { createHash } from 'node:crypto';
import { fail } from '../platform/errors.ts';
import type { Action, Reader } from '../platform/ports/index.ts';

const find = 'SELECT request_hash AS requestHash, reply FROM replies WHERE scope = @scope AND key = @key';
const keep =
  'INSERT INTO replies (scope, key, request_hash, reply, at_ms) VALUES (@scope, @key, @requestHash, @reply, @atMs)';

/** The reply kept for an action's idempotency key, if it was done before. Throws `idempotency_key_reused`. */
export function keptReply(reader: Reader, action: Action): { reply: unknown } | undefined {
  if (!action.idempotencyKey) return undefined;
  const row = reader
    .prepare(find)
    .get<{ requestHash: Buffer; reply: string }>({ scope: scopeOf(action), key: action.idempotencyKey });
  if (!row) return undefined;
  if (!row.requestHash.equals(requestHash(action))) throw fail('idempotency_key_reused');
  return { reply: (JSON.parse(row.reply) as { value?: unknown }).value };
}

export function keepReply(reader: Reader, action: Action, value: unknown, atMs: number): void {
  if (!action.idempotencyKey) return;
  reader.prepare(keep).run({
    scope: scopeOf(action),
    key: action.idempotencyKey,
    requestHash: requestHash(action),
    reply: JSON.stringify({ value }),
    atMs,
  });
}

/** One member's keys never answer another's: the scope is the seat, else the device, else the public. */
function scopeOf({ actor }: Action): string {
  if (actor.seat !== undefined) return `seat:${actor.seat}`;
  if (actor.deviceId) return `device:${actor.deviceId}`;
  return actor.system ? `system:${actor.system}` : 'public';
}

function requestHash(action: Action): Buffer {
  return createHash('sha256')
    .update(action.name)
    .update('\0')
    .update(canonicalJson(action.body ?? null))
    .digest();
}

/** JSON with sorted keys, so that the same body in another order is the same body. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
