import type { Journal } from '../../journal/index.ts';
import type { Call, Intent, Lane, Micros, Reader, Readiness, Reads, SeatNumber } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { neverWhenShort, outgoingCalls, outgoingReadiness, triedReadiness } from '../treasury/index.ts';
import { setTransfer, transferOfIntent } from './transfers.store.ts';

export const transferCalls = [
  ...outgoingCalls,
  {
    contract: 'FoodUSD',
    fn: 'transferBatch',
    inputs: ['(uint24,address,uint64,uint32,bytes32,uint40,bytes)[]'],
  },
  { contract: 'FoodUSD', fn: 'isTransferUsed', inputs: ['uint24', 'uint32'] },
] as const;

/** Signed `Transfer`s as one call. */
export const transferBatch = (items: readonly Intent[]): Call => ({
  contract: 'FoodUSD',
  fn: 'transferBatch',
  args: [
    items.map(({ message, authorisations }) => ({
      ...fieldsOf(message, 'Transfer'),
      signature: authorisations[0]!.signature,
    })),
  ],
});

/** Which of the `Transfer`s have used their seat's nonce: that, and only that, says they are done. */
export const transfersUsed = (items: readonly Intent[], reads: Reads, at: 'latest' | 'finalized') =>
  Promise.all(
    items.map(({ message }) => {
      const { seat, nonce } = fieldsOf(message, 'Transfer');
      return reads.read<boolean>({ contract: 'FoodUSD', fn: 'isTransferUsed', args: [seat, nonce] }, at);
    }),
  );

/** Whether signed `Transfer`s can leave; the token itself is asked last. `toSeatOf`: whose key the money goes to. */
export async function transferReadiness(
  items: readonly Intent[],
  reads: Reads,
  nowMs: number,
  batchMax: number,
  toSeatOf: (intent: Intent) => SeatNumber | undefined,
): Promise<Readiness[]> {
  const outgoing = items.map((intent) => {
    const { seat, amount, to } = fieldsOf(intent.message, 'Transfer');
    const signer = intent.authorisations[0]!.address;
    return { seat, signer, amountMicros: amount, to, toSeat: toSeatOf(intent) };
  });
  const verdicts = await outgoingReadiness(outgoing, reads, nowMs);
  return triedReadiness(verdicts, batchMax, reads, (indexes) => transferBatch(indexes.map((index) => items[index]!)));
}

export interface TransfersLaneDeps {
  readonly journal: Journal;
  readonly read: <T>(work: (reader: Reader) => T) => T;
  readonly nowMs: () => number;
}

const batchMax = 50;
const longestWaitMs = 15 * 60_000;

/** Neighbours' transfers. The money stays the sender's, set aside, until the chain has moved it for good. */
export function createTransfersLane({ journal, read, nowMs }: TransfersLaneDeps): Lane {
  return {
    name: 'transfers',
    carrier: 'chain',
    rank: 30,
    policy: { batchMax, longestWaitMs },
    calls: transferCalls,
    groupOf: (intent) => intent.id,

    async preflight(items, reads) {
      const toSeats = read((reader) => items.map((intent) => transferOfIntent(reader, intent.id)?.toSeat));
      const bySeat = new Map(items.map((intent, index) => [intent.id, toSeats[index]]));
      const verdicts = await transferReadiness(items, reads, nowMs(), batchMax, ({ id }) => bySeat.get(id));
      return neverWhenShort(verdicts, (index) =>
        read((reader) => journal.balance(reader, items[index]!.seat!).isShort),
      );
    },

    prepare: (items) => transferBatch(items),
    landed: transfersUsed,

    settled(tx, intent) {
      const row = transferOfIntent(tx, intent.id);
      if (!row || row.state === 'recorded') return;
      if (row.state === 'waiting') journal.pay(tx, row.holdId, row.toSeat);
      // Given up here after a restore, and carried all the same.
      else {
        const about = { noun: 'transfer', id: row.id, reason: 'settled_before_restore' };
        journal.postForeign(tx, { from: row.fromSeat, to: row.toSeat, amount: row.amountMicros as Micros }, about);
      }
      setTransfer(tx, row, 'recorded');
    },

    voided(tx, intent, reason) {
      const row = transferOfIntent(tx, intent.id);
      if (row?.state !== 'waiting') return;
      journal.release(tx, row.holdId, reason);
      setTransfer(tx, row, 'void', reason);
    },
  };
}
