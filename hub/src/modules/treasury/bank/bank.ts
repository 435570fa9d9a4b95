import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../../platform/errors.ts';
import type { Actor, Reader, SeatNumber, Store, Tx } from '../../../platform/ports/index.ts';
import type { Workers } from '../../../platform/workers.ts';
import type { Treasury } from '../treasury.ts';
import type { Explanation, StatementFile, StatementPreview } from './bank.schema.ts';
import {
  countAdded,
  countMatched,
  findLine,
  finishStatement,
  hasLineOf,
  hasTwin,
  insertLine,
  insertStatement,
  isKnown,
  type LineRow,
  matchedLines,
  savedMapping,
  saveMapping,
  setLine,
} from './bank.store.ts';
import type { Payer } from './match.ts';
import type { StatementInput, StatementOutput } from './read-statement.ts';

export interface BankDeps {
  readonly store: Store;
  readonly treasury: Pick<Treasury, 'recordDeposit' | 'takeBack'>;
  readonly workers: Pick<Workers, 'run'>;
  readonly payers: (reader: Reader) => readonly Payer[];
  /** Whether the subject of an explanation is there and of that amount; throws when it is not. */
  readonly checkSubject: (reader: Reader, line: LineRow, explanation: Explanation) => void;
}

export interface Bank {
  preview(file: StatementFile): Promise<StatementPreview>;
  importStatement(actor: Actor, file: StatementFile): Promise<string>;
  match(actor: Actor, lineId: string, seat: SeatNumber, idempotencyKey?: string): Promise<void>;
  explain(actor: Actor, lineId: string, explanation: Explanation, idempotencyKey?: string): Promise<void>;
  undo(actor: Actor, lineId: string, idempotencyKey?: string): Promise<void>;
  /** Makes deposits of the oldest matched lines. Answers how many it made and how many are left. */
  book(actor: Actor, limit: number, idempotencyKey?: string): Promise<{ booked: number; left: number }>;
}

const readModule = new URL('./read-statement.worker.ts', import.meta.url);
/** Lines that one unit of work takes; two hundred keep the main thread some milliseconds. */
const atOnce = 200;
const shownLines = 12;
const shownProblems = 20;

export function createBank(deps: BankDeps): Bank {
  const { store, treasury } = deps;

  function read(file: StatementFile): Promise<StatementOutput> {
    const { mapping, payers } = store.read((reader) => ({
      mapping: file.mapping ?? savedMapping(reader, file.bank),
      payers: deps.payers(reader),
    }));
    const input: StatementInput = { bank: file.bank, content: file.content, mapping, payers };
    return deps.workers.run<StatementOutput>(readModule, input);
  }

  function lineIn(tx: Tx, id: string, ...states: readonly LineRow['state'][]): LineRow {
    const line = findLine(tx, id);
    if (!line) throw fail('not_found', { noun: 'bank line' });
    if (!states.includes(line.state)) throw fail('conflict', { noun: 'bank line' });
    return line;
  }

  return {
    /** How the file would be read; nothing is written. */
    async preview(file) {
      const read_ = await read(file);
      return store.read((reader) => previewOf(reader, file.bank, read_));
    },

    /**
     * Keeps the file's lines that are not known yet; doing it twice adds nothing. Throws `bad_request` when a row cannot
     * be read: half a statement would not reconcile. Answers the statement's id.
     */
    async importStatement(actor, file) {
      const { lines, problems, format, fileHash, mapping, balanceMicros, balanceOn } = await read(file);
      const [problem] = problems;
      if (problem) throw fail('bad_request', { field: `${problem.field}, row ${problem.row}`, rule: problem.rule });
      if (lines.length === 0) throw fail('bad_request', { field: 'content', rule: 'must hold at least one booking' });
      const id = uuidv7();
      const days = lines.map(({ bookedOn }) => bookedOn).sort();
      const statementId = await store.act({ name: 'bank.import', actor }, (tx) => {
        if (mapping) saveMapping(tx, file.bank, mapping);
        tx.audit({ statement: id, format, lines: lines.length });
        return insertStatement(tx, {
          id,
          bank: file.bank,
          format,
          fileName: file.fileName,
          fileHash: `0x${fileHash}`,
          lineCount: lines.length,
          firstOn: days[0] ?? null,
          lastOn: days.at(-1) ?? null,
          balanceMicros: balanceMicros ?? null,
          balanceOn: balanceOn ?? null,
        });
      });
      for (let from = 0; from < lines.length; from += atOnce) {
        await store.act({ name: 'bank.lines', actor }, (tx) => {
          let added = 0;
          for (const line of lines.slice(from, from + atOnce)) {
            const isDoubtful = hasTwin(tx, { ...line, bank: file.bank, format });
            const isMatched = line.seat !== undefined && !isDoubtful;
            const candidates = isDoubtful && line.seat !== undefined ? [line.seat] : line.candidates;
            const row = {
              id: uuidv7(),
              statementId,
              bank: file.bank,
              fingerprint: line.fingerprint,
              bookedOn: line.bookedOn,
              amountMicros: line.amountMicros,
              payee: line.payee,
              memo: [line.memo, line.reference].filter(Boolean).join(' · ').slice(0, 300),
              state: isMatched ? ('matched' as const) : ('open' as const),
              seat: isMatched ? line.seat! : null,
              candidates: JSON.stringify(candidates),
              note: isDoubtful ? 'possible_twin' : (line.note ?? null),
            };
            if (insertLine(tx, row)) added++;
          }
          countAdded(tx, statementId, added);
          tx.audit({ statement: id, added });
        });
      }
      await store.act({ name: 'bank.imported', actor }, (tx) => {
        finishStatement(tx, statementId);
        tx.changed('bank-statement', id, 1, 'role:treasurer');
        tx.audit({ statement: id });
      });
      return id;
    },

    match(actor, lineId, seat, idempotencyKey) {
      return store.act({ name: 'bank.match', actor, idempotencyKey, body: { lineId, seat } }, (tx) => {
        const line = lineIn(tx, lineId, 'open', 'matched');
        if (line.amountMicros < 0) throw fail('bad_request', { field: 'line', rule: 'must be money that came in' });
        if (!deps.payers(tx).some((payer) => payer.seat === seat)) throw fail('not_found', { noun: 'seat' });
        setLine(tx, line, { state: 'matched', seat, note: 'chosen' });
        tx.audit({ line: lineId, toSeat: seat });
      });
    },

    explain(actor, lineId, explanation, idempotencyKey) {
      return store.act({ name: 'bank.explain', actor, idempotencyKey, body: { lineId, ...explanation } }, (tx) => {
        const line = lineIn(tx, lineId, 'open', 'matched');
        const { cause, subjectId } = explanation;
        if (subjectId !== undefined && hasLineOf(tx, subjectId)) throw fail('already_exists', { field: 'subjectId' });
        deps.checkSubject(tx, line, explanation);
        setLine(tx, line, { state: 'explained', cause, subjectId });
        tx.audit({ line: lineId, cause });
      });
    },

    /** Back to the open ones. Throws `already_sent` once the deposit's mint has left, `not_enough_money` when it is spent. */
    undo(actor, lineId, idempotencyKey) {
      return store.act({ name: 'bank.undo', actor, idempotencyKey, body: { lineId } }, (tx) => {
        const line = lineIn(tx, lineId, 'matched', 'booked', 'explained');
        if (line.state === 'booked') treasury.takeBack(tx, line.subjectId!, 'match_undone');
        setLine(tx, line, { state: 'open', note: 'undone' });
        tx.audit({ line: lineId });
      });
    },

    book(actor, limit, idempotencyKey) {
      return store.act({ name: 'bank.book', actor, idempotencyKey, body: { limit } }, (tx) => {
        const lines = matchedLines(tx, limit);
        for (const line of lines) {
          const bookings = line.bookings + 1;
          const subjectId = treasury.recordDeposit(tx, {
            seat: line.seat!,
            amountMicros: line.amountMicros,
            reference: referenceOf(line, bookings),
          });
          setLine(tx, line, { state: 'booked', seat: line.seat, subjectId, bookings });
        }
        tx.audit({ booked: lines.length });
        return { booked: lines.length, left: countMatched(tx) };
      });
    },
  };
}

/** Unique for the line and each time that it is booked anew after an undo. */
const referenceOf = (line: LineRow, booking: number) =>
  `${line.bank.slice(0, 30)} ${line.bookedOn} ${line.fingerprint.slice(0, 10)}${booking > 1 ? `/${booking}` : ''}`;

function previewOf(reader: Reader, bank: string, read: StatementOutput): StatementPreview {
  const { lines, problems, ...rest } = read;
  const sum = (sign: number) =>
    lines.reduce((total, line) => (Math.sign(line.amountMicros) === sign ? total + line.amountMicros : total), 0);
  return {
    format: rest.format,
    rows: rest.rows,
    mapping: rest.mapping,
    isMappingSaved: savedMapping(reader, bank) !== undefined,
    balanceMicros: rest.balanceMicros,
    balanceOn: rest.balanceOn,
    sample: lines.slice(0, shownLines).map(({ bookedOn, amountMicros, payee, memo, reference }) => ({
      bookedOn,
      amountMicros,
      payee,
      memo,
      reference,
    })),
    lineCount: lines.length,
    knownCount: lines.filter(({ fingerprint }) => isKnown(reader, fingerprint)).length,
    incomingMicros: sum(1),
    outgoingMicros: sum(-1),
    problems: problems.slice(0, shownProblems),
    problemCount: problems.length,
  };
}
