import { believed } from '../../outbox/index.ts';
import type {
  DeclaredCall,
  Hex,
  Intent,
  Lane,
  Readiness,
  SeatNumber,
  SignedMessage,
  Tx,
} from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { seatsOnChain, seatWordsCall } from '../members/index.ts';
import { dailyLimitOf, limitChangeOf, limitReads } from './limit-reads.ts';

export const limitsLane = 'daily-limits';
export const raisesLane = 'limit-raises';

const ready: Readiness = { verdict: 'ready' };
const never = (reason: string): Readiness => ({ verdict: 'never', reason });
const notYet = (reason: string): Readiness => ({ verdict: 'not-yet', reason });

/** What the token lets anybody put into force: nobody signs it. */
export interface RaiseFields {
  readonly seat: SeatNumber;
  readonly account: Hex;
  readonly raisedTo: number;
  /** Seconds since 1970. */
  readonly effectiveAt: number;
}
export const raiseMessage = (fields: RaiseFields): SignedMessage => ({
  type: 'ApplyDailyLimit',
  fields: { ...fields },
});
const raiseOf = ({ message }: Intent): RaiseFields => message.fields as unknown as RaiseFields;

export interface LimitLanesDeps {
  readonly nowMs: () => number;
  /** Something of the seat's wish has changed. */
  readonly tell: (tx: Tx, seat: SeatNumber) => void;
}

/** Limits that are set, before the money that they hold for; and announced raises put into force when their time has come. */
export function createLimitLanes({ nowMs, tell }: LimitLanesDeps): Lane[] {
  const common = (calls: readonly DeclaredCall[]) =>
    ({
      carrier: 'chain',
      // A lower limit protects from its first minute.
      policy: { batchMax: 1, longestWaitMs: 0 },
      calls: [...limitReads, ...calls],
      groupOf: (intent: Intent) => intent.id,
      settled: (tx: Tx, { seat }: Intent) => tell(tx, seat!),
      voided: (tx: Tx, { seat }: Intent) => tell(tx, seat!),
    }) as const;

  return [
    {
      ...common([
        seatWordsCall,
        { contract: 'FoodUSD', fn: 'setDailyLimit', inputs: ['uint24', 'uint64', 'uint32', 'uint40', 'bytes'] },
      ]),
      name: limitsLane,
      rank: 26,
      preflight: (items, reads) =>
        believed(items, reads, async (intent, now) => {
          const { seat } = fieldsOf(intent.message, 'DailyLimit');
          const { key, isRecorded } = (await seatsOnChain(now, [seat], 'latest')).get(seat)!;
          if (!isRecorded) return notYet('seat_not_recorded');
          return key === signerOf(intent) ? ready : never('key_changed');
        }),
      prepare: ([intent]) => {
        const { seat, limit, revision, validUntil } = fieldsOf(intent!.message, 'DailyLimit');
        const args = [seat, limit, revision, validUntil, intent!.authorisations[0]!.signature];
        return { contract: 'FoodUSD', fn: 'setDailyLimit', args };
      },
      // Revisions rise, and what a later one has replaced never lands any more: its word is over either way.
      landed: (items, reads, at) =>
        Promise.all(
          items.map(async (intent) => {
            const { revision } = await limitChangeOf(reads, signerOf(intent), at);
            return revision >= BigInt(fieldsOf(intent.message, 'DailyLimit').revision);
          }),
        ),
    },
    {
      ...common([{ contract: 'FoodUSD', fn: 'applyDailyLimit', inputs: ['address'] }]),
      name: raisesLane,
      rank: 27,
      preflight: (items, reads) =>
        believed(items, reads, async (intent, now) => {
          const { account, effectiveAt } = raiseOf(intent);
          const change = await limitChangeOf(now, account, 'latest');
          if (change.effectiveAt !== BigInt(effectiveAt)) return never('taken_back');
          return nowMs() < effectiveAt * 1000 ? notYet('delay_not_over') : ready;
        }),
      prepare: ([intent]) => ({ contract: 'FoodUSD', fn: 'applyDailyLimit', args: [raiseOf(intent!).account] }),
      // It waits no more and at least as much is allowed: a lower word takes a raise back and leaves less.
      landed: (items, reads, at) =>
        Promise.all(
          items.map(async (intent) => {
            const { account, raisedTo, effectiveAt } = raiseOf(intent);
            const change = await limitChangeOf(reads, account, at);
            if (change.effectiveAt === BigInt(effectiveAt)) return false;
            return (await dailyLimitOf(reads, account, at)) >= BigInt(raisedTo);
          }),
        ),
    },
  ];
}

const signerOf = ({ authorisations }: Intent): Hex => authorisations[0]!.address;
