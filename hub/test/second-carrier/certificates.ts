import { createHash } from 'node:crypto';
import { outbox } from '../../src/outbox/index.ts';
import type { Hex, Intent, Lane, Readiness, Reads, Tx } from '../../src/platform/ports/index.ts';

// A lane of its own on a carrier that is no chain: this file and a migration are all of it.

const carrier = 'registry';
const dayMs = 86_400_000;
const fieldsOf = ({ message }: Intent) => message.fields as { lot: string; grams: number };
const idOf = (intent: Intent) => intent.subject.slice(2);
const get = (reads: Reads, path: string, at: 'latest' | 'finalized') =>
  reads.read<object | undefined>({ contract: carrier, fn: 'get', args: [path] }, at);

/** The lot was weighed: the registry outside is to know. */
export function certify(tx: Tx, subject: Hex, lot: string, grams: number, nowMs: number): string {
  const id = outbox.add(tx, {
    lane: 'certificates',
    subject,
    message: { type: 'Certificate', fields: { lot, grams } },
    authorisations: [],
    validUntilMs: nowMs + 45 * dayMs,
  });
  tx.prepare('INSERT INTO certificates (lot, grams, intent_id) VALUES (@lot, @grams, @id)').run({ lot, grams, id });
  outbox.queue(tx, id);
  return id;
}

const setState = (tx: Tx, intent: Intent, state: string) =>
  tx.prepare('UPDATE certificates SET state = @state WHERE intent_id = @id').run({ state, id: intent.id });

export const certificatesLane: Lane = {
  name: 'certificates',
  carrier,
  rank: 80,
  policy: { batchMax: 5, longestWaitMs: 0 },
  groupOf: (intent) => intent.id,

  preflight: (items, reads) =>
    Promise.all(
      items.map(async (item): Promise<Readiness> => {
        const lot = await get(reads, `lots/${fieldsOf(item).lot}`, 'latest');
        return lot ? { verdict: 'ready' } : { verdict: 'not-yet', reason: 'lot_not_known_there' };
      }),
    ),

  prepare(items) {
    const entries = items.map((item) => ({ id: idOf(item), ...fieldsOf(item) }));
    const name = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
    return { contract: carrier, fn: 'put', args: [{ path: `batches/${name}`, body: { entries } }] };
  },

  landed: (items, reads, at) =>
    Promise.all(items.map(async (item) => (await get(reads, `entries/${idOf(item)}`, at)) !== undefined)),

  settled: (tx, intent) => void setState(tx, intent, 'registered'),
  voided: (tx, intent) => void setState(tx, intent, 'void'),
};
