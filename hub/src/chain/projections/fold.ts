import type { Hex, SeenEvent, Tx } from '../../platform/ports/index.ts';
import { addTransfer, changeLot, setBallot, setLock } from './projections.store.ts';
import { transfersOf } from './transfers.ts';

/** Bytes of a change in `BallotsCast`: seat u24, its 16 bits before and after. */
const changeSize = 7;

/** Folds a finalized transaction's events, in the chain's order, into what the chain comes to. */
export function foldTransaction(tx: Tx, chain: string, events: readonly SeenEvent[]): void {
  for (const transfer of transfersOf(events)) addTransfer(tx, chain, transfer, events[0]!);
  for (const { contract, name, args } of events) folds[`${contract}.${name}`]?.(tx, chain, args);
}

type Fold = (tx: Tx, chain: string, args: SeenEvent['args']) => void;

const folds: Readonly<Record<string, Fold>> = {
  'CoopGovernor.BallotsCast'(tx, chain, { id, changes }) {
    const bytes = Buffer.from((changes as Hex).slice(2), 'hex');
    for (let at = 0; at + changeSize <= bytes.length; at += changeSize)
      setBallot(tx, chain, { proposal: id as Hex, seat: bytes.readUIntBE(at, 3), word: bytes.readUInt16BE(at + 5) });
  },
  'SeatLock.LockChanged'(tx, chain, { seat, newAmount, newUntil }) {
    setLock(tx, chain, { seat: Number(seat), amount: newAmount as bigint, untilS: Number(newUntil) });
  },
  'SeatLock.LockWithdrawn'(tx, chain, { seat }) {
    setLock(tx, chain, { seat: Number(seat), amount: 0n, untilS: 0 });
  },
  'GroToken.LotCertified'(tx, chain, { lot, grams }) {
    changeLot(tx, chain, String(lot), () => ({ certifiedGrams: Number(grams) }));
  },
  'GroToken.ProduceMinted'(tx, chain, { lot, newMinted }) {
    changeLot(tx, chain, String(lot), () => ({ mintedGrams: Number(newMinted) }));
  },
  'GroToken.Consumed'(tx, chain, { lot, grams }) {
    changeLot(tx, chain, String(lot), (before) => ({ consumedGrams: before.consumedGrams + Number(grams) }));
  },
  'GroToken.LotRecalled'(tx, chain, { lot, is_: isRecalled }) {
    changeLot(tx, chain, String(lot), () => ({ isRecalled: isRecalled === true }));
  },
};
