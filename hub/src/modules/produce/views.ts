import { createJournal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Reader, SeatNumber } from '../../platform/ports/index.ts';
import { type LotRow, lotOfRow } from './lots.store.ts';
import { dateOf } from './lots.ts';
import { holdingsOf, type MoveRow, movesOf } from './moves.store.ts';
import type { Lot, MyProduce, ProduceMove, RecordState, ShiftView } from './produce.schema.ts';
import type { ShiftRow } from './shifts.store.ts';

const movesMax = 50;
const gro = createJournal('GRO', () => []);

function recordOf(reader: Reader, intentId: string | null): RecordState {
  const state = intentId === null ? undefined : outbox.find(reader, intentId)?.state;
  if (state === 'final') return 'recorded';
  if (state === 'void') return 'void';
  return state === 'sent' || state === 'landed' ? 'recording' : 'here';
}

export function lotView(reader: Reader, row: LotRow): Lot {
  // What only the chain has told of is on the chain.
  const record = row.state === 'certified' && row.intentId === null ? 'recorded' : recordOf(reader, row.intentId);
  return {
    id: row.id,
    revision: row.revision,
    farm: row.farm,
    crop: row.crop,
    cropEs: row.cropEs ?? undefined,
    picture: row.picture ?? undefined,
    harvestedOn: dateOf(row.harvestDay),
    recordedGrams: row.recordedGrams,
    certifiedGrams: row.certifiedGrams ?? undefined,
    handedGrams: row.handedGrams,
    leftGrams: row.tokenId === null ? 0 : Math.max(0, row.certifiedGrams! - row.handedGrams),
    state: row.state,
    isRecalled: row.isRecalled === 1,
    record: row.state === 'recorded' ? 'here' : record,
    reason: row.reason ?? undefined,
  };
}

function moveView(reader: Reader, { intentId, state, ...row }: MoveRow): ProduceMove {
  return {
    ...row,
    cropEs: row.cropEs ?? undefined,
    why: row.why ?? undefined,
    groMicros: row.groMicros ?? undefined,
    reason: row.reason ?? undefined,
    record: state === null || state === 'here' ? recordOf(reader, intentId) : state,
  };
}

/** What is the seat's of the harvests, and what became of the rest. */
export function produceOf(reader: Reader, seat: SeatNumber): MyProduce {
  return {
    groMicros: gro.balance(reader, seat).availableMicros,
    items: holdingsOf(reader, seat).map(({ rowId, grams }) => ({
      lot: lotView(reader, lotOfRow(reader, rowId)),
      grams,
    })),
    moves: movesOf(reader, seat, movesMax).map((row) => moveView(reader, row)),
  };
}

export function shiftView(
  reader: Reader,
  row: ShiftRow,
  memberName: string,
  viewer: SeatNumber | undefined,
): ShiftView {
  const { id, work, shifts, state } = row;
  const isOver = state === 'void' || state === 'declined';
  return {
    id,
    memberName,
    isMine: row.seat === viewer,
    work,
    shifts,
    doneOn: dateOf(row.doneDay),
    state,
    groMicros: row.groMicros ?? undefined,
    record: isOver ? 'void' : recordOf(reader, row.intentId),
    reason: row.reason ?? undefined,
  };
}
