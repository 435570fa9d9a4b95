import type { Intent, Readiness, Reads } from '../platform/ports/index.ts';

/** Whatever is asked, by the last block that is final. */
const finalOnly = (reads: Reads): Reads => ({
  isOnline: () => reads.isOnline(),
  read: (call) => reads.read(call, 'finalized'),
});

/**
 * What a lane that looks at the newest block says of its items. That something can never land must stand in a block that is
 * final: the newest may be taken back, and may hold the very item that it seems to overtake.
 */
export const believed = (
  items: readonly Intent[],
  reads: Reads,
  look: (intent: Intent, reads: Reads) => Promise<Readiness>,
): Promise<Readiness[]> =>
  Promise.all(
    items.map(async (item): Promise<Readiness> => {
      const now = await look(item, reads);
      if (now.verdict !== 'never' || (await look(item, finalOnly(reads))).verdict === 'never') return now;
      return { verdict: 'not-yet', reason: 'not_final_yet' };
    }),
  );
