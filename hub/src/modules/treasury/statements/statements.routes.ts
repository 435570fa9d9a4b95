import { Type } from '@sinclair/typebox';
import { fail } from '../../../platform/errors.ts';
import {
  type Reader,
  type Route,
  type RouteReply,
  route,
  type SeatNumber,
  type Store,
} from '../../../platform/ports/index.ts';
import type { Workers } from '../../../platform/workers.ts';
import { depositReferenceOf } from '../bank/reference.ts';
import { csvText, plainAmount } from './csv-text.ts';
import type { StatementPaper } from './paper.ts';
import { statementOf } from './statement.store.ts';
import { kindWord, type Language } from './words.ts';

const treasurer = { roles: ['treasurer'] } as const;
const day = Type.String({ format: 'date' });
const Period = Type.Object(
  { from: day, to: day, format: Type.Union([Type.Literal('pdf'), Type.Literal('csv')]) },
  { additionalProperties: false },
);
const SeatPath = Type.Object({ seat: Type.String({ pattern: '^[1-9][0-9]{0,7}$' }) }, { additionalProperties: false });
const dayMs = 86_400_000;

export interface StatementDeps {
  readonly store: Store;
  readonly workers: Pick<Workers, 'run'>;
  readonly nowMs: () => number;
  readonly buildingName: (reader: Reader) => string | undefined;
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
  /** What a movement was for, in the words of the room of its noun. */
  readonly titleOf: (reader: Reader, noun: string, id: string, seat: SeatNumber) => string | undefined;
}

export const printModule = new URL('./print.worker.ts', import.meta.url);

/** A period of whole days (UTC) as moments. Throws `bad_request` when it ends before it begins. */
export function periodOf(from: string, to: string): { fromMs: number; toMs: number } {
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to) + dayMs;
  if (fromMs >= toMs) throw fail('bad_request', { field: 'to', rule: 'must not be before from' });
  return { fromMs, toMs };
}

/** Statements of one seat: its member's own, and anybody's for the treasurer. */
export function statementRoutes(deps: StatementDeps): Route[] {
  const { store, workers } = deps;

  async function answer(
    seat: SeatNumber,
    { from, to, format }: { from: string; to: string; format: 'pdf' | 'csv' },
    language: Language,
  ): Promise<RouteReply<unknown>> {
    const { fromMs, toMs } = periodOf(from, to);
    const paper = store.read((reader): StatementPaper => {
      const member = deps.nameOf(reader, seat);
      if (member === undefined) throw fail('not_found', { noun: 'seat' });
      const { openingMicros, rows } = statementOf(reader, seat, fromMs, toMs);
      return {
        what: 'statement',
        building: deps.buildingName(reader) ?? '',
        member,
        seat,
        reference: depositReferenceOf(seat),
        fromMs,
        toMs: toMs - 1,
        madeAtMs: deps.nowMs(),
        openingMicros,
        language,
        rows: rows.map(({ atMs, kind, amountMicros, noun, subjectId }) => ({
          atMs,
          kind,
          amountMicros,
          title: (noun && subjectId && deps.titleOf(reader, noun, subjectId, seat)) || '',
        })),
      };
    });
    const name = `statement-${seat}-${from}-${to}.${format}`;
    if (format === 'csv') return { file: { type: 'text/csv; charset=utf-8', name, bytes: statementCsv(paper) } };
    return { file: { type: 'application/pdf', name, bytes: await workers.run<Uint8Array>(printModule, paper) } };
  }

  return [
    route({
      method: 'GET',
      path: '/api/money/statement',
      summary: 'My statement as PDF or CSV',
      permission: 'signed-in',
      query: Period,
      handle: ({ actor, query, language }) => answer(actor.seat!, query, language),
    }),
    route({
      method: 'GET',
      path: '/api/statements/:seat',
      summary: 'A member’s statement as PDF or CSV',
      permission: treasurer,
      params: SeatPath,
      query: Period,
      handle: ({ params, query, language }) => answer(Number(params.seat), query, language),
    }),
  ];
}

function statementCsv({ rows, openingMicros, language }: StatementPaper): string {
  let balance = openingMicros;
  const lines = rows.map(({ atMs, kind, title, amountMicros }) => {
    balance += amountMicros;
    return [
      new Date(atMs).toISOString(),
      kindWord(kind, language),
      title,
      plainAmount(amountMicros),
      plainAmount(balance),
    ];
  });
  const head =
    language === 'es'
      ? ['Cuándo', 'Qué', 'Para', 'Cantidad', 'Disponible']
      : ['When', 'What', 'For', 'Amount', 'Free to use'];
  return csvText([head, ['', '', '', '', plainAmount(openingMicros)], ...lines]);
}
