import { outbox } from '../../outbox/index.ts';
import type { Hex, Intent, Lane, Reads, SeatNumber, Tx } from '../../platform/ports/index.ts';
import { concat, fromHex, toHex } from '../../signing/index.ts';
import { type At, notYet, ready } from './gro-batch.ts';
import { groCalls } from './gro-reads.ts';
import { wordValidMs } from './officer-words.ts';

const lane = 'gro-carries';
const contract = 'GroToken';

/** What the token lets anybody bring home to a seat's present key: nobody signs it. */
interface CarryFields {
  readonly seat: SeatNumber;
  readonly oldKey: Hex;
}
const carryOf = ({ message }: Intent): CarryFields => message.fields as unknown as CarryFields;

/** A seat's key was changed: what lies at the former one follows, once for all that is asked while one is under way. */
export function carryProduce(tx: Tx, seat: SeatNumber, oldKey: Hex): void {
  const subject = toHex(concat(new Uint8Array(12), fromHex(oldKey)));
  const isUnderWay = outbox
    .ofSubject(tx, subject)
    .some((intent) => intent.lane === lane && intent.state !== 'final' && intent.state !== 'void');
  if (isUnderWay) return;
  const message = { type: 'CarryProduce', fields: { seat, oldKey } };
  const validUntilMs = tx.nowMs + wordValidMs;
  outbox.queue(tx, outbox.add(tx, { lane, subject, seat, message, authorisations: [], validUntilMs }));
}

/** Brings GRO and produce from former keys home. `tokenIds`: GRO and every lot that the seat ever had some of. */
export function createCarriesLane(tokenIds: (seat: SeatNumber) => readonly string[]): Lane {
  async function isHome(intent: Intent, reads: Reads, at: At): Promise<boolean> {
    const { seat, oldKey } = carryOf(intent);
    const ids = tokenIds(seat);
    const args = [ids.map(() => oldKey), ids];
    const amounts = await reads.read<bigint[]>({ contract, fn: 'balanceOfBatch', args }, at);
    return amounts.every((amount) => amount === 0n);
  }

  return {
    name: lane,
    carrier: 'chain',
    rank: 26,
    policy: { batchMax: 1, longestWaitMs: 0 },
    calls: [
      { contract, fn: 'carry', inputs: ['address', 'uint256[]'] },
      { contract, fn: 'balanceOfBatch', inputs: ['address[]', 'uint256[]'] },
      groCalls.formerSeatOf!,
    ],
    groupOf: (intent) => intent.id,
    preflight: (items, reads) =>
      Promise.all(
        items.map(async (item) => {
          const { seat, oldKey } = carryOf(item);
          const call = { contract: 'SeatRegistry', fn: 'formerSeatOf', args: [oldKey] };
          return (await reads.read<bigint>(call, 'latest')) === BigInt(seat) ? ready : notYet('key_not_changed');
        }),
      ),
    prepare([intent]) {
      const { seat, oldKey } = carryOf(intent!);
      return { contract, fn: 'carry', args: [oldKey, tokenIds(seat)] };
    },
    landed: (items, reads, at) => Promise.all(items.map((item) => isHome(item, reads, at))),
    settled() {},
    voided() {},
  };
}
