import type { Journal } from '../../journal/index.ts';
import type { Call, Hex, Intent, Lane, Reader, Readiness, Reads, Tx } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { neverWhenShort, outgoingCalls, outgoingReadiness, triedReadiness } from '../treasury/index.ts';
import type { Booking } from './booking.ts';
import { redemptionOfEnd, redemptionOfIntent, setRedemption } from './redemptions.store.ts';

export const redemptionsLane = 'redemptions';
export const payoutsLane = 'payouts';
export const restoresLane = 'restores';

/** FoodUSD's RedemptionState. */
const onChain = { none: 0, pending: 1, paid: 2, restored: 3 } as const;

const stateCall = { contract: 'FoodUSD', fn: 'redemptionOf', inputs: ['bytes32'] } as const;

async function stateOf(reads: Reads, redemptionRef: Hex, at: 'latest' | 'finalized'): Promise<number> {
  const call = { contract: 'FoodUSD', fn: 'redemptionOf', args: [redemptionRef] };
  return Number((await reads.read<{ state: bigint }>(call, at)).state);
}

const batchMax = 50;
const longestWaitMs = 15 * 60_000;
const ready: Readiness = { verdict: 'ready' };

export interface RedemptionLanesDeps {
  readonly journal: Journal;
  readonly booking: Booking;
  readonly read: <T>(work: (reader: Reader) => T) => T;
  readonly nowMs: () => number;
}

/** What members and the co-op ask to be paid out, and the treasurer's word that it was, or was not. */
export function createRedemptionLanes({ journal, booking, read, nowMs }: RedemptionLanesDeps): Lane[] {
  const requests: Lane = {
    name: redemptionsLane,
    carrier: 'chain',
    rank: 32,
    policy: { batchMax, longestWaitMs },
    calls: [
      ...outgoingCalls,
      stateCall,
      { contract: 'FoodUSD', fn: 'requestRedemptions', inputs: ['(uint24,uint64,bytes32,uint40,bytes)[]'] },
    ],
    groupOf: (intent) => intent.id,

    async preflight(items, reads) {
      const outgoing = items.map(({ message, authorisations }) => {
        const { seat, amount } = fieldsOf(message, 'Redeem');
        return { seat, signer: authorisations[0]!.address, amountMicros: amount, mayBeRetired: true };
      });
      const verdicts = await outgoingReadiness(outgoing, reads, nowMs());
      const tried = await triedReadiness(verdicts, batchMax, reads, (indexes) =>
        requestCall(indexes.map((index) => items[index]!)),
      );
      const isShort = (reader: Reader, { id, seat }: Intent) =>
        redemptionOfIntent(reader, id)?.isOwn === false && journal.balance(reader, seat!).isShort;
      return neverWhenShort(tried, (index) => read((reader) => isShort(reader, items[index]!)));
    },

    prepare: (items) => requestCall(items),
    landed: (items, reads, at) =>
      Promise.all(items.map(async ({ subject }) => (await stateOf(reads, subject, at)) !== onChain.none)),
    settled(tx, intent) {
      const row = redemptionOfIntent(tx, intent.id);
      if (row) booking.requested(tx, row);
    },
    voided(tx, intent, reason) {
      const row = redemptionOfIntent(tx, intent.id);
      if (row) booking.voided(tx, row, reason);
    },
  };

  const ending = (
    name: string,
    fn: 'confirmRedemption' | 'restoreRedemption',
    end: number,
    argsOf: (intent: Intent) => readonly unknown[],
    settled: (tx: Tx, intent: Intent) => void,
  ): Lane => ({
    name,
    carrier: 'chain',
    rank: 33,
    policy: { batchMax: 1, longestWaitMs },
    calls: [
      stateCall,
      { contract: 'FoodUSD', fn: 'isMinter', inputs: ['address'] },
      { contract: 'FoodUSD', fn, inputs: ['bytes32', 'bytes32', 'uint40', 'bytes'] },
    ],
    groupOf: (intent) => intent.id,
    preflight: (items, reads) =>
      Promise.all(
        items.map(async ({ subject, authorisations }): Promise<Readiness> => {
          const state = await stateOf(reads, subject, 'latest');
          if (state === onChain.none) return { verdict: 'not-yet', reason: 'not_requested_yet' };
          // What a block says that is not final may be taken back; and it may be this very word, brought by a former life.
          if (state !== onChain.pending) {
            const isOver = state !== end && (await stateOf(reads, subject, 'finalized')) === state;
            return { verdict: isOver ? 'never' : 'not-yet', reason: 'ended_otherwise' };
          }
          const signer = authorisations[0]!.address;
          const call = { contract: 'FoodUSD', fn: 'isMinter', args: [signer] };
          if (await reads.read<boolean>(call, 'latest')) return ready;
          const isStill = await reads.read<boolean>(call, 'finalized');
          return { verdict: isStill ? 'not-yet' : 'never', reason: 'officer_changed' };
        }),
      ),
    prepare: ([intent]) => ({
      contract: 'FoodUSD',
      fn,
      args: [...argsOf(intent!), intent!.authorisations[0]!.signature],
    }),
    landed: (items, reads, at) =>
      Promise.all(items.map(async ({ subject }) => (await stateOf(reads, subject, at)) === end)),
    settled,
    /** The word counts no more; the redemption waits for another one. */
    voided(tx, intent, reason) {
      const row = redemptionOfEnd(tx, intent.id);
      if (row?.state !== 'paying' && row?.state !== 'returning') return;
      setRedemption(tx, row, { state: 'pending', reason, endIntentId: null, bankReference: null });
    },
  });

  return [
    requests,
    ending(
      payoutsLane,
      'confirmRedemption',
      onChain.paid,
      ({ message }) => {
        const { redemptionRef, documentHash, validUntil } = fieldsOf(message, 'Payout');
        return [redemptionRef, documentHash, validUntil];
      },
      (tx, intent) => {
        const row = redemptionOfEnd(tx, intent.id);
        if (row) booking.paid(tx, row);
      },
    ),
    ending(
      restoresLane,
      'restoreRedemption',
      onChain.restored,
      ({ message }) => {
        const { redemptionRef, caseHash, validUntil } = fieldsOf(message, 'Restore');
        return [redemptionRef, caseHash, validUntil];
      },
      (tx, intent) => {
        const row = redemptionOfEnd(tx, intent.id);
        if (row) booking.returned(tx, row, 'refused');
      },
    ),
  ];
}

const requestCall = (items: readonly Intent[]): Call => ({
  contract: 'FoodUSD',
  fn: 'requestRedemptions',
  args: [
    items.map(({ message, authorisations }) => ({
      ...fieldsOf(message, 'Redeem'),
      signature: authorisations[0]!.signature,
    })),
  ],
});
