import { outbox } from '../../outbox/index.ts';
import { type Actor, type Reader, type Route, route, type SeatNumber, type Store } from '../../platform/ports/index.ts';
import {
  type Correction,
  CorrectionId,
  type CorrectionRules,
  CorrectionsQuery,
  NewCorrection,
} from './corrections.schema.ts';
import { type CorrectionRow, findCorrection, listCorrections } from './corrections.store.ts';
import type { Corrections } from './corrections.ts';

type NameOf = (reader: Reader, seat: SeatNumber) => string | undefined;

const treasurer = { roles: ['treasurer'] } as const;
const approvers = { roles: ['treasurer', 'board'] } as const;
const defaultLimit = 50;

/** How far a correction is, in the words of the page. */
export function recordOfCorrection(reader: Reader, { state, intentId }: CorrectionRow): Correction['record'] {
  if (state === 'recorded') return 'recorded';
  if (state === 'void' || state === 'refused') return 'void';
  const intent = intentId === null ? undefined : outbox.find(reader, intentId)?.state;
  return intent === 'sent' || intent === 'landed' ? 'recording' : 'here';
}

export function correctionView(reader: Reader, row: CorrectionRow, nameOf: NameOf): Correction {
  const waitsFor =
    row.intentId === null || row.state !== 'waiting' ? undefined : outbox.find(reader, row.intentId)?.reason;
  return {
    id: row.id,
    revision: row.revision,
    toSeat: row.toSeat,
    memberName: nameOf(reader, row.toSeat) ?? '',
    amountMicros: row.amountMicros,
    note: row.note,
    orderId: row.orderId ?? undefined,
    atMs: row.atMs,
    state: row.state,
    record: recordOfCorrection(reader, row),
    reason: row.reason ?? waitsFor,
    askedBy: row.askedBy,
    approvedBy: row.approvedBy ?? undefined,
  };
}

export function correctionRoutes(
  store: Store,
  corrections: Corrections,
  rules: CorrectionRules,
  nameOf: NameOf,
): Route[] {
  const view = (id: string) =>
    store.read((reader) => ({ body: correctionView(reader, findCorrection(reader, id)!, nameOf) }));
  const seated = (actor: Actor) => actor as Actor & { seat: SeatNumber };

  return [
    route({
      method: 'GET',
      path: '/api/corrections',
      summary: 'What the co-op gave back to members, newest first, and what it may',
      permission: approvers,
      query: CorrectionsQuery,
      handle({ query: { after, limit = defaultLimit } }) {
        const before = after ? Number(after) : Number.MAX_SAFE_INTEGER;
        return store.read((reader) => {
          const rows = listCorrections(reader, before, limit);
          const next = rows.length === limit ? String(rows.at(-1)!.cursor) : undefined;
          return { body: { items: rows.map((row) => correctionView(reader, row, nameOf)), next, rules } };
        });
      },
    }),
    route({
      method: 'POST',
      path: '/api/corrections',
      summary: 'Give a member back what came short, spoiled or weighed less',
      permission: treasurer,
      movesMoney: true,
      body: NewCorrection,
      async handle({ actor, body, idempotencyKey }) {
        return { status: 201, ...view(await corrections.ask(seated(actor), body, idempotencyKey)) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/corrections/:id/approve',
      summary: 'Agree as a second person',
      permission: approvers,
      movesMoney: true,
      params: CorrectionId,
      async handle({ actor, params, idempotencyKey }) {
        await corrections.approve(seated(actor), params.id, idempotencyKey);
        return view(params.id);
      },
    }),
    route({
      method: 'POST',
      path: '/api/corrections/:id/refuse',
      summary: 'Do not agree',
      permission: approvers,
      movesMoney: true,
      params: CorrectionId,
      async handle({ actor, params, idempotencyKey }) {
        await corrections.refuse(seated(actor), params.id, idempotencyKey);
        return view(params.id);
      },
    }),
  ];
}
