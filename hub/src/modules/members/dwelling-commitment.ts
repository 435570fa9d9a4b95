import { createHmac, randomBytes } from 'node:crypto';
import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import { dwellingIdOf } from './homes.store.ts';
import { memberAt } from './members.store.ts';

const factName = 'dwelling.commitment-key';
const selectKey = 'SELECT value FROM facts WHERE name = @factName';
const insertKey = 'INSERT INTO facts (name, value) VALUES (@factName, @value)';
const none: Hex = `0x${'00'.repeat(32)}`;

const keptKey = (reader: Reader): string | undefined =>
  reader.prepare(selectKey).get<{ value: string }>({ factName })?.value;

/** Made once per building. In the store, so in its backups: with another key the registry's cap per dwelling would count anew. */
function commitmentKey(tx: Tx): Buffer {
  const kept = keptKey(tx);
  if (kept) return Buffer.from(kept, 'hex');
  const made = randomBytes(32);
  tx.prepare(insertKey).run({ factName, value: made.toString('hex') });
  return made;
}

/**
 * What the registry keeps instead of a resident's dwelling, 32 bytes: the same for all who live there, and without the
 * building's key nobody can try addresses. A resident without a dwelling has one of their own; a guest has zeros.
 */
export function dwellingCommitment(tx: Tx, seat: SeatNumber): Hex {
  const member = memberAt(tx, seat);
  if (member?.seatClass !== 'resident') return none;
  const dwelling = dwellingIdOf(tx, seat);
  const about = dwelling === undefined ? `seat:${seat}` : `dwelling:${dwelling}`;
  return `0x${createHmac('sha256', commitmentKey(tx)).update(about).digest('hex')}`;
}
