import { historyOf, type Journal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Reader, SeatNumber } from '../../platform/ports/index.ts';
import { depositReferenceOf } from './bank/reference.ts';
import type { Money, MoneyItem, RecordState } from './treasury.schema.ts';
import { type DepositRow, findDeposit } from './treasury.store.ts';

export type { RecordState } from './treasury.schema.ts';

/** What a movement is called and how far it is, as the room of its noun knows it. */
export type Describe = (
  reader: Reader,
  noun: string,
  id: string,
  seat: SeatNumber,
) => { title?: string; record: RecordState } | undefined;

export function recordOfDeposit(reader: Reader, deposit: DepositRow): RecordState {
  const state = outbox.find(reader, deposit.intentId)?.state;
  if (state === 'final') return 'recorded';
  if (state === 'void' || state === 'signed') return state === 'void' ? 'void' : 'signing';
  return state === 'sent' || state === 'landed' ? 'recording' : 'here';
}

/** A seat's money and its movements, newest first. `before` is the cursor of the page. */
export function moneyOf(
  reader: Reader,
  journal: Journal,
  describe: Describe,
  seat: SeatNumber,
  before: number,
  limit: number,
): Money {
  const rows = historyOf(reader, 'FUSD', seat, before, limit);
  const items = rows.map(({ cursor: _, ...row }): MoneyItem => {
    const about =
      row.subjectNoun && row.subjectId
        ? describeMovement(reader, describe, row.subjectNoun, row.subjectId, seat)
        : undefined;
    return {
      ...row,
      subjectNoun: row.subjectNoun ?? undefined,
      subjectId: row.subjectId ?? undefined,
      reason: row.reason ?? undefined,
      subjectTitle: about?.title,
      // Setting aside and giving back happen here alone; foreign movements come from the chain itself.
      record: row.kind === 'foreign' ? 'recorded' : (about?.record ?? 'here'),
    };
  });
  return {
    ...journal.balance(reader, seat),
    depositReference: depositReferenceOf(seat),
    items,
    next: rows.length === limit ? String(rows.at(-1)!.cursor) : undefined,
  };
}

function describeMovement(reader: Reader, describe: Describe, noun: string, id: string, seat: SeatNumber) {
  if (noun !== 'deposit') return describe(reader, noun, id, seat);
  const deposit = findDeposit(reader, id);
  return deposit && { title: deposit.reference, record: recordOfDeposit(reader, deposit) };
}
