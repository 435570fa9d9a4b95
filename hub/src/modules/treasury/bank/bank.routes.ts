import { type Reader, type Route, route, type SeatNumber, type Store } from '../../../platform/ports/index.ts';
import { recordOfDeposit } from '../money.ts';
import { pageOf } from '../page.ts';
import { Page } from '../treasury.schema.ts';
import { findDeposit } from '../treasury.store.ts';
import {
  type BankLine,
  type BankSummary,
  Booking,
  Explanation,
  LineId,
  LinesQuery,
  Match,
  StatementFile,
} from './bank.schema.ts';
import {
  findLine,
  findStatement,
  type LineRow,
  lineStates,
  listLines,
  listMappings,
  listStatements,
} from './bank.store.ts';
import type { Bank } from './bank.ts';
import type { Payer } from './match.ts';
import { depositReferenceOf } from './reference.ts';

export interface BankRouteDeps {
  readonly store: Store;
  readonly bank: Bank;
  readonly payers: (reader: Reader) => readonly Payer[];
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
}

const treasurer = { roles: ['treasurer'] } as const;
/** A file of 3 MB in base64 and what stands around it. */
const fileLimitBytes = 4_300_000;
const bookedAtOnce = 20;

export function bankRoutes({ store, bank, payers, nameOf }: BankRouteDeps): Route[] {
  const named = (reader: Reader, seat: SeatNumber) => ({ seat, name: nameOf(reader, seat) ?? '' });

  function lineView(reader: Reader, line: LineRow): BankLine {
    const deposit = line.state === 'booked' && line.subjectId ? findDeposit(reader, line.subjectId) : undefined;
    return {
      id: line.id,
      bank: line.bank,
      bookedOn: line.bookedOn,
      amountMicros: line.amountMicros,
      payee: line.payee,
      memo: line.memo,
      state: line.state,
      seat: line.seat ?? undefined,
      memberName: line.seat === null ? undefined : named(reader, line.seat).name,
      candidates: (JSON.parse(line.candidates) as SeatNumber[]).map((seat) => named(reader, seat)),
      note: line.note ?? undefined,
      cause: line.cause ?? undefined,
      subjectId: line.subjectId ?? undefined,
      record: deposit && recordOfDeposit(reader, deposit),
    };
  }
  const lineNow = (id: string) => store.read((reader) => lineView(reader, findLine(reader, id)!));

  return [
    route({
      method: 'GET',
      path: '/api/payers',
      summary: 'Whose money may come in, with the reference of each',
      permission: treasurer,
      handle: () => {
        const items = store.read(payers).map(({ seat, name }) => ({ seat, name, reference: depositReferenceOf(seat) }));
        return { body: { items } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/bank/previews',
      summary: 'How a bank’s file would be read; nothing is kept',
      permission: treasurer,
      body: StatementFile,
      bodyLimitBytes: fileLimitBytes,
      handle: async ({ body }) => ({ body: await bank.preview(body) }),
    }),
    route({
      method: 'POST',
      path: '/api/bank/statements',
      summary: 'Import a bank’s file; lines that are known already are left as they are',
      permission: treasurer,
      body: StatementFile,
      bodyLimitBytes: fileLimitBytes,
      async handle({ actor, body }) {
        const id = await bank.importStatement(actor, body);
        return { status: 201, body: store.read((reader) => findStatement(reader, id)!) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/bank/statements',
      summary: 'Files that were imported, newest first',
      permission: treasurer,
      query: Page,
      handle: ({ query }) => {
        const { before, limit } = pageOf(query);
        const items = store.read((reader) => listStatements(reader, before, limit));
        return { body: { items, next: items.length === limit ? String(items.at(-1)!.cursor) : undefined } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/bank/mappings',
      summary: 'Banks whose files are known, and how they are read',
      permission: treasurer,
      handle: () => ({ body: { items: store.read(listMappings) } }),
    }),
    route({
      method: 'GET',
      path: '/api/bank/lines',
      summary: 'What the bank booked, newest first',
      permission: treasurer,
      query: LinesQuery,
      handle: ({ query }) =>
        store.read((reader) => {
          const { before, limit } = pageOf(query);
          const rows = listLines(reader, {
            before,
            limit,
            state: query.state ?? null,
            sign: query.direction === undefined ? 0 : query.direction === 'in' ? 1 : -1,
            find: query.find?.trim().toLowerCase() || null,
          });
          const next = rows.length === limit ? String(rows.at(-1)!.rowId) : undefined;
          return { body: { items: rows.map((row) => lineView(reader, row)), next } };
        }),
    }),
    route({
      method: 'GET',
      path: '/api/bank/summary',
      summary: 'How many of the bank’s lines are open, matched, booked and explained',
      permission: treasurer,
      handle: () => ({ body: { states: store.read(lineStates) } satisfies BankSummary }),
    }),
    route({
      method: 'POST',
      path: '/api/bank/bookings',
      summary: 'Make deposits of matched lines, the oldest first',
      permission: treasurer,
      movesMoney: true,
      body: Booking,
      async handle({ actor, body, idempotencyKey }) {
        return { body: await bank.book(actor, body.limit ?? bookedAtOnce, idempotencyKey) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/bank/lines/:id/match',
      summary: 'Say whose money a line is',
      permission: treasurer,
      params: LineId,
      body: Match,
      async handle({ actor, params, body, idempotencyKey }) {
        await bank.match(actor, params.id, body.seat, idempotencyKey);
        return { body: lineNow(params.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/bank/lines/:id/explain',
      summary: 'Say what a line is when it is no deposit',
      permission: treasurer,
      params: LineId,
      body: Explanation,
      async handle({ actor, params, body, idempotencyKey }) {
        await bank.explain(actor, params.id, body, idempotencyKey);
        return { body: lineNow(params.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/bank/lines/:id/undo',
      summary: 'Take back what was said of a line, and its deposit while its mint has not left',
      permission: treasurer,
      movesMoney: true,
      params: LineId,
      async handle({ actor, params, idempotencyKey }) {
        await bank.undo(actor, params.id, idempotencyKey);
        return { body: lineNow(params.id) };
      },
    }),
  ];
}
