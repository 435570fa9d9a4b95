import type { Journal, Side } from '../../journal/index.ts';
import { isCarried, outbox } from '../../outbox/index.ts';
import type { Hex, Micros, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import { coopSeat } from '../members/index.ts';

/** Money of the building that moved on chain. */
interface Movement {
  readonly from: Hex;
  readonly to: Hex;
  readonly amountMicros: Micros;
  readonly txHash: Hex;
  readonly logIndex: number;
}

/** An event of the same transaction. */
interface Beside {
  readonly contract: string;
  readonly name: string;
  readonly logIndex: number;
  readonly args: Readonly<Record<string, unknown>>;
}

const zeroAddress: Hex = `0x${'00'.repeat(20)}`;

type SeatOf = (reader: Reader, address: Hex) => SeatNumber | undefined;
type Clearing = () => Hex | undefined;

/** Which of the chain's movements the outbox accounts for, and what becomes of those that the hub did not start. */
export function createForeignMovements(journal: Journal, seatOf: SeatOf, clearing: Clearing = () => undefined) {
  function post(tx: Tx, from: Hex, to: Hex, { amountMicros, txHash }: Movement, reason?: string): void {
    const side = (address: Hex): Side | undefined => {
      if (address === zeroAddress) return 'issued';
      return address === clearing() ? 'clearing' : seatOf(tx, address);
    };
    const move = { from: side(from), to: side(to), amount: amountMicros };
    // Neither is ours, or both are keys of one seat: its former key's money came home.
    if (move.from === move.to) return;
    journal.postForeign(tx, move, { noun: 'transfer', id: txHash, reason });
  }

  return {
    /**
     * Ours when our bytes carried it, or when somebody else carried a message of that seat that we keep. A restored store
     * may know an order and not all who joined it, and one transfer of a batch and not the next: what it does not know is
     * foreign to it.
     */
    explains(reader: Reader, movement: Movement, beside: readonly Beside[]): boolean {
      if (isCarried(reader, movement.txHash)) return true;
      const { args } = saidOf(movement, beside) ?? {};
      const subject = args?.subject ?? args?.depositRef ?? args?.redemptionRef ?? args?.reasonHash;
      if (typeof subject !== 'string') return false;
      const known = outbox.ofSubject(reader, subject as Hex);
      // Whoever ends a redemption of ours, its own room books it.
      if (subject === args?.redemptionRef) return known.length > 0;
      const holder = (address: Hex) => (address === clearing() ? coopSeat : seatOf(reader, address));
      const seats = [holder(movement.from), holder(movement.to)];
      return known.some(({ seat }) => seat === undefined || seats.includes(seat));
    },
    onForeignTransfer: (tx: Tx, movement: Movement) => post(tx, movement.from, movement.to, movement),
    onForeignGone: (tx: Tx, movement: Movement) => post(tx, movement.to, movement.from, movement, 'taken_back'),
  };
}

/** What the token says of a movement: the next that it says after it. A batch moves the money of several messages. */
const saidOf = (movement: Movement, beside: readonly Beside[]): Beside | undefined =>
  beside
    .filter(
      ({ contract, name, logIndex }) => contract === 'FoodUSD' && name !== 'Transfer' && logIndex > movement.logIndex,
    )
    .reduce<Beside | undefined>((first, one) => (first && first.logIndex < one.logIndex ? first : one), undefined);
