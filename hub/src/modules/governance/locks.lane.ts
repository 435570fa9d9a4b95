import type { Intent, Lane, Readiness, Reads, SeatNumber, SignedMessage, Tx } from '../../platform/ports/index.ts';
import { fieldsOf, toHex, uintBytes } from '../../signing/index.ts';
import { type At, believed, never, notYet, ready, seatReadiness, wordsCall, wordsOf } from './seat-reads.ts';

export const locksLane = 'locks';
export const withdrawalsLane = 'lock-withdrawals';

const itemType = '(uint24,address,uint256,uint64,uint32,uint40,bytes,bytes)[]';
const weekS = 7 * 86_400;
const twoYearsS = 730 * 86_400;
const gro = '0';

/** What the lock contract lets anybody take out, to the seat's key: nobody signs it. */
export interface WithdrawalFields {
  readonly seat: SeatNumber;
  /** When the lock ended, in seconds since 1970. */
  readonly until: number;
}
export const withdrawalMessage = (fields: WithdrawalFields): SignedMessage => ({
  type: 'WithdrawLock',
  fields: { ...fields },
});
const withdrawalOf = ({ message }: Intent): WithdrawalFields => message.fields as unknown as WithdrawalFields;

interface Lock {
  readonly amount: bigint;
  readonly since: bigint;
  readonly until: bigint;
}
const lockOf = (reads: Reads, seat: SeatNumber, at: At) =>
  reads.read<Lock>({ contract: 'SeatLock', fn: 'lockOf', args: [seat] }, at);

export interface LockLanesDeps {
  readonly nowMs: () => number;
  /** The end that a kept request locks until: of the signed message only its hash goes. */
  readonly untilOf: (intentId: string) => number;
  readonly settled: (tx: Tx, intentId: string) => void;
  readonly voided: (tx: Tx, intentId: string, reason: string) => void;
}

/** GRO on its way into the time-locks and back. */
export function createLockLanes({ nowMs, untilOf, settled, voided }: LockLanesDeps): Lane[] {
  const nowS = () => Math.floor(nowMs() / 1000);
  const common = {
    carrier: 'chain',
    groupOf: (intent: Intent) => intent.id,
    settled: (tx: Tx, intent: Intent) => settled(tx, intent.id),
    voided: (tx: Tx, intent: Intent, reason: string) => voided(tx, intent.id, reason),
  };

  async function lookAt(items: readonly Intent[], reads: Reads, at: At): Promise<Readiness[]> {
    const words = await wordsOf(
      reads,
      items.map((item) => fieldsOf(item.message, 'GroTransfer').seat),
      at,
    );
    return Promise.all(
      items.map(async (item, index) => {
        const signer = item.authorisations[0]!.address;
        const seat = seatReadiness(words[index]!, signer);
        if (seat.verdict !== 'ready') return seat;
        const { amount, seat: number } = fieldsOf(item.message, 'GroTransfer');
        const end = endReadiness(await lockOf(reads, number, at), amount, untilOf(item.id), nowS());
        if (end.verdict !== 'ready') return end;
        const balance = { contract: 'GroToken', fn: 'balanceOf', args: [signer, gro] };
        return (await reads.read<bigint>(balance, at)) < BigInt(amount) ? notYet('not_enough_gro_yet') : ready;
      }),
    );
  }

  return [
    {
      ...common,
      name: locksLane,
      rank: 40,
      // A lock counts from when it is recorded: it does not wait long.
      policy: { batchMax: 50, longestWaitMs: 15 * 60_000 },
      calls: [
        { contract: 'GroToken', fn: 'transferBatch', inputs: [itemType] },
        { contract: 'GroToken', fn: 'isTransferUsed', inputs: ['uint24', 'uint32'] },
        { contract: 'GroToken', fn: 'balanceOf', inputs: ['address', 'uint256'] },
        { contract: 'SeatLock', fn: 'lockOf', inputs: ['uint24'] },
        wordsCall,
      ],
      preflight: (items, reads) => believed((at) => lookAt(items, reads, at)),
      prepare: (items) => ({
        contract: 'GroToken',
        fn: 'transferBatch',
        args: [
          items.map((item) => ({
            ...fieldsOf(item.message, 'GroTransfer'),
            data: toHex(uintBytes(untilOf(item.id), 32)),
            signature: item.authorisations[0]!.signature,
          })),
        ],
      }),
      landed: (items, reads, at) =>
        Promise.all(
          items.map((item) => {
            const { seat, nonce } = fieldsOf(item.message, 'GroTransfer');
            return reads.read<boolean>({ contract: 'GroToken', fn: 'isTransferUsed', args: [seat, nonce] }, at);
          }),
        ),
    },
    {
      ...common,
      name: withdrawalsLane,
      rank: 41,
      policy: { batchMax: 1, longestWaitMs: 0 },
      calls: [
        { contract: 'SeatLock', fn: 'withdraw', inputs: ['uint24'] },
        { contract: 'SeatLock', fn: 'lockOf', inputs: ['uint24'] },
      ],
      preflight: (items) =>
        Promise.resolve(items.map((item) => (nowS() > withdrawalOf(item).until ? ready : notYet('lock_running')))),
      prepare: ([item]) => ({ contract: 'SeatLock', fn: 'withdraw', args: [withdrawalOf(item!).seat] }),
      /** Taken out, or locked again with what lay there: either way it is not the lock that ended any more. */
      landed: (items, reads, at) =>
        Promise.all(
          items.map(async (item) => {
            const { seat, until } = withdrawalOf(item);
            const lock = await lockOf(reads, seat, at);
            return lock.amount === 0n || Number(lock.until) !== until;
          }),
        ),
    },
  ];
}

/** Whether the lock contract takes that end now (`SeatLock._lock`). */
function endReadiness(lock: Lock, amount: number, untilS: number, nowS: number): Readiness {
  const isRunning = lock.amount > 0n && Number(lock.until) > nowS;
  const earliest = isRunning ? Number(lock.until) + (amount === 0 ? 1 : 0) : nowS + weekS;
  if (untilS < earliest) return never('lock_too_short');
  return untilS > nowS + twoYearsS ? notYet('lock_too_long_yet') : ready;
}
