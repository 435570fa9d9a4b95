import type { Call, DeclaredCall, Hex, Intent, Lane, Readiness, Reads, Tx } from '../../platform/ports/index.ts';

export type At = 'latest' | 'finalized';
export const ready: Readiness = { verdict: 'ready' };
export const notYet = (reason: string): Readiness => ({ verdict: 'not-yet', reason });
export const never = (reason: string): Readiness => ({ verdict: 'never', reason });

const contract = 'GroToken';
const batchMax = 50;
const hourMs = 3_600_000;

/** One kind of batch of the GRO token: bad items are skipped by it and reported, so they are looked for beforehand. */
export interface GroBatch {
  readonly name: string;
  readonly rank: number;
  /** Its function, which takes one list of such items. */
  readonly fn: string;
  readonly item: string;
  readonly calls: readonly DeclaredCall[];
  fieldsOf(intent: Intent): object;
  /** Why the token would skip the item; `ready` when this room knows no reason. */
  why(intent: Intent, reads: Reads, at: At): Promise<Readiness>;
  /** Why it must not go although the token would take it. */
  objection?(intent: Intent, reads: Reads, at: At): Promise<Readiness | undefined>;
  hasLanded(intent: Intent, reads: Reads, at: At): Promise<boolean>;
  settled(tx: Tx, intent: Intent): void;
  voided(tx: Tx, intent: Intent, reason: string): void;
}

export const signatureOf = (intent: Intent): Hex => intent.authorisations[0]!.signature;
export const signerOf = (intent: Intent): Hex | undefined => intent.authorisations[0]?.address;

/**
 * What the newest block says is believed where it lets something through or asks to wait. That something can never land
 * must stand in a final block too, and it must not have landed: a full lot looks the same to the share that filled it.
 */
export async function believed(
  look: (at: At) => Promise<Readiness>,
  hasLanded: (at: At) => Promise<boolean>,
): Promise<Readiness> {
  const now = await look('latest');
  if (now.verdict !== 'never') return now;
  if ((await hasLanded('latest')) || (await hasLanded('finalized'))) return notYet('landing');
  return (await look('finalized')).verdict === 'never' ? now : notYet('not_final_yet');
}

/** A lane of such a batch. The token itself is asked which items it would take, in their order and together. */
export function groLane(batch: GroBatch): Lane {
  const callOf = (items: readonly Intent[]): Call => ({
    contract,
    fn: batch.fn,
    args: [items.map((item) => ({ ...batch.fieldsOf(item), signature: signatureOf(item) }))],
  });

  async function judge(items: readonly Intent[], reads: Reads): Promise<Readiness[]> {
    const taken = await reads.read<bigint>(callOf(items), 'latest');
    return Promise.all(
      items.map(async (item, index) => {
        const look = async (at: At): Promise<Readiness> => {
          const objection = await batch.objection?.(item, reads, at);
          if (objection) return objection;
          if ((taken >> BigInt(index)) % 2n === 1n) return ready;
          const why = await batch.why(item, reads, at);
          return why.verdict === 'ready' ? notYet('not_taken_now') : why;
        };
        return believed(look, (at) => batch.hasLanded(item, reads, at));
      }),
    );
  }

  return {
    name: batch.name,
    carrier: 'chain',
    rank: batch.rank,
    policy: { batchMax, longestWaitMs: hourMs },
    calls: [{ contract, fn: batch.fn, inputs: [`${batch.item}[]`] }, ...batch.calls],
    groupOf: (intent) => intent.id,
    async preflight(items, reads) {
      const verdicts: Readiness[] = [];
      for (let from = 0; from < items.length; from += batchMax)
        verdicts.push(...(await judge(items.slice(from, from + batchMax), reads)));
      return verdicts;
    },
    prepare: (items) => callOf(items),
    landed: (items, reads, at) => Promise.all(items.map((item) => batch.hasLanded(item, reads, at))),
    settled: batch.settled,
    voided: batch.voided,
  };
}
