import type { Journal } from '../../journal/index.ts';
import { fail } from '../../platform/errors.ts';
import {
  type Hex,
  type OfficerMessages,
  type Reader,
  type Route,
  route,
  type SeatNumber,
  type Store,
} from '../../platform/ports/index.ts';
import { type Describe, moneyOf, recordOfDeposit } from './money.ts';
import { pageOf } from './page.ts';
import { type SettlementDeps, settlementView } from './settlement.ts';
import { type Deposit, IntentId, NewDeposit, NewReserve, OfficerSignature, Page } from './treasury.schema.ts';
import { type DepositRow, findDeposit, listDeposits } from './treasury.store.ts';
import type { Treasury } from './treasury.ts';

export interface TreasuryRouteDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly treasury: Treasury;
  readonly describe: Describe;
  readonly settlement: SettlementDeps;
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
  /** Of every module that has some. */
  readonly officerMessages: () => readonly OfficerMessages[];
}

export function treasuryRoutes(deps: TreasuryRouteDeps): Route[] {
  const { store, journal, treasury } = deps;
  const treasurer = { roles: ['treasurer'] } as const;
  const officers = { roles: ['treasurer', 'board', 'certifier', 'coordinator'] } as const;

  const depositView = (reader: Reader, row: DepositRow): Deposit => ({
    id: row.id,
    movementId: row.movementId,
    seat: row.seat,
    memberName: deps.nameOf(reader, row.seat) ?? '',
    amountMicros: row.amountMicros,
    reference: row.reference,
    atMs: row.atMs,
    record: recordOfDeposit(reader, row),
  });

  return [
    route({
      method: 'GET',
      path: '/api/money',
      summary: 'What is mine: free, set aside, and every movement',
      permission: 'signed-in',
      query: Page,
      handle: ({ actor, query }) => {
        const { before, limit } = pageOf(query);
        return { body: store.read((reader) => moneyOf(reader, journal, deps.describe, actor.seat!, before, limit)) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/deposits',
      summary: 'Deposits, newest first',
      permission: treasurer,
      query: Page,
      handle: ({ query }) => {
        const { before, limit } = pageOf(query);
        return store.read((reader) => {
          const rows = listDeposits(reader, before, limit);
          const next = rows.length === limit ? String(rows.at(-1)!.cursor) : undefined;
          return { body: { items: rows.map((row) => depositView(reader, row)), next } };
        });
      },
    }),
    route({
      method: 'POST',
      path: '/api/deposits',
      summary: 'Record money that came in',
      permission: treasurer,
      movesMoney: true,
      body: NewDeposit,
      async handle({ actor, body, idempotencyKey }) {
        const id = await treasury.deposit(actor, body, idempotencyKey);
        return { status: 201, body: store.read((reader) => depositView(reader, findDeposit(reader, id)!)) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/reserves',
      summary: 'Attest what the bank account holds',
      permission: treasurer,
      movesMoney: true,
      body: NewReserve,
      async handle({ actor, body, idempotencyKey }) {
        return { status: 201, body: { sequence: await treasury.attestReserve(actor, body, idempotencyKey) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/officer-messages',
      summary: 'What waits for an officer’s own wallet to sign',
      permission: officers,
      handle: () => ({
        body: {
          items: store.read((reader) => deps.officerMessages().flatMap((room) => room.unsigned(reader))),
        },
      }),
    }),
    route({
      method: 'POST',
      path: '/api/officer-messages/:id',
      summary: 'Hand in an officer’s signature',
      permission: officers,
      movesMoney: true,
      params: IntentId,
      body: OfficerSignature,
      async handle({ actor, params, body, idempotencyKey }) {
        const room = store.read((reader) => deps.officerMessages().find((one) => one.isUnsigned(reader, params.id)));
        if (!room) throw fail('not_found', { noun: 'message' });
        await room.authorise(actor, params.id, body.signature as Hex, idempotencyKey);
        return { status: 204 };
      },
    }),
    route({
      method: 'GET',
      path: '/api/settlement',
      summary: 'What waits, what was sent, and whether journal and chain agree',
      permission: { roles: ['treasurer', 'maintainer'] },
      handle: async () => ({ body: await settlementView(deps.settlement) }),
    }),
    route({
      method: 'POST',
      path: '/api/settlement/release',
      summary: 'After a restore: let people act although the chain could not be read yet',
      permission: treasurer,
      async handle({ actor, idempotencyKey }) {
        await deps.settlement.release(actor, idempotencyKey);
        return { status: 204 };
      },
    }),
  ];
}
