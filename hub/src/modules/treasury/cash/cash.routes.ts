import { fail } from '../../../platform/errors.ts';
import { type Reader, type Route, route, type SeatNumber, type Store } from '../../../platform/ports/index.ts';
import { recordOfDeposit } from '../money.ts';
import { pageOf } from '../page.ts';
import { Page } from '../treasury.schema.ts';
import { findDeposit } from '../treasury.store.ts';
import {
  type CashView,
  CloseTill,
  NewCarry,
  NewReceipt,
  OpenTill,
  type Receipt,
  ReceiptNumber,
  type Till,
} from './cash.schema.ts';
import {
  carriesOnTheWay,
  expectedIn,
  findReceipt,
  lastTill,
  listReceipts,
  listTills,
  moneyOrdersOnHand,
  openTill,
  type ReceiptRow,
  type TillRow,
} from './cash.store.ts';
import type { Cash } from './cash.ts';

export interface CashRouteDeps {
  readonly store: Store;
  readonly cash: Cash;
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
  /** The receipt on paper, as PDF. */
  readonly print: (receipt: Receipt, language: 'en' | 'es') => Promise<Uint8Array>;
}

const treasurer = { roles: ['treasurer'] } as const;

export function cashRoutes({ store, cash, nameOf, print }: CashRouteDeps): Route[] {
  const nameIn = (reader: Reader, seat: SeatNumber) => nameOf(reader, seat) ?? '';

  const receiptView = (reader: Reader, { depositId, ...row }: ReceiptRow): Receipt => ({
    ...row,
    document: row.document ?? undefined,
    memberName: nameIn(reader, row.seat),
    byName: nameIn(reader, row.bySeat),
    record: recordOfDeposit(reader, findDeposit(reader, depositId)!),
  });
  const receiptNow = (number: number) =>
    store.read((reader) => {
      const row = findReceipt(reader, number);
      if (!row) throw fail('not_found', { noun: 'receipt' });
      return receiptView(reader, row);
    });
  const tillView = (reader: Reader, row: TillRow): Till => ({
    id: row.id,
    openedAtMs: row.openedAtMs,
    openedByName: nameIn(reader, row.openedBySeat),
    floatMicros: row.floatMicros,
    closedAtMs: row.closedAtMs ?? undefined,
    closedByName: row.closedBySeat === null ? undefined : nameIn(reader, row.closedBySeat),
    expectedMicros: expectedIn(reader, row),
    countedMicros: row.countedMicros ?? undefined,
    reason: row.reason ?? undefined,
  });
  const cashNow = () =>
    store.read((reader): CashView => {
      const till = openTill(reader);
      return {
        till: till && tillView(reader, till),
        lastCountedMicros: lastTill(reader)?.countedMicros ?? undefined,
        moneyOrdersMicros: moneyOrdersOnHand(reader),
        onTheWayMicros: carriesOnTheWay(reader).reduce((sum, carry) => sum + carry.amountMicros, 0),
      };
    });

  return [
    route({
      method: 'GET',
      path: '/api/cash',
      summary: 'What is in the till, in money orders, and on its way to the bank',
      permission: treasurer,
      handle: () => ({ body: cashNow() }),
    }),
    route({
      method: 'GET',
      path: '/api/tills',
      summary: 'Tills and their counts, newest first',
      permission: treasurer,
      query: Page,
      handle: ({ query }) =>
        store.read((reader) => {
          const { before, limit } = pageOf(query);
          const rows = listTills(reader, before, limit);
          const next = rows.length === limit ? String(rows.at(-1)!.rowId) : undefined;
          return { body: { items: rows.map((row) => tillView(reader, row)), next } };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/tills',
      summary: 'Open the till with what is in it',
      permission: treasurer,
      body: OpenTill,
      async handle({ actor, body, idempotencyKey }) {
        await cash.open(actor, body.floatMicros, idempotencyKey);
        return { status: 201, body: cashNow() };
      },
    }),
    route({
      method: 'POST',
      path: '/api/tills/count',
      summary: 'Count the till and close it',
      permission: treasurer,
      body: CloseTill,
      async handle({ actor, body, idempotencyKey }) {
        await cash.close(actor, body, idempotencyKey);
        return { body: cashNow() };
      },
    }),
    route({
      method: 'GET',
      path: '/api/carries',
      summary: 'What was carried to the bank and is not on its statement yet',
      permission: treasurer,
      handle: () => ({ body: { items: store.read(carriesOnTheWay) } }),
    }),
    route({
      method: 'POST',
      path: '/api/carries',
      summary: 'Take cash or money orders to the bank',
      permission: treasurer,
      body: NewCarry,
      async handle({ actor, body, idempotencyKey }) {
        await cash.carry(actor, body, idempotencyKey);
        return { status: 201, body: cashNow() };
      },
    }),
    route({
      method: 'GET',
      path: '/api/receipts',
      summary: 'Receipts, newest first',
      permission: treasurer,
      query: Page,
      handle: ({ query }) =>
        store.read((reader) => {
          const { before, limit } = pageOf(query);
          const rows = listReceipts(reader, before, limit);
          const next = rows.length === limit ? String(rows.at(-1)!.number) : undefined;
          return { body: { items: rows.map((row) => receiptView(reader, row)), next } };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/receipts',
      summary: 'Take cash or a money order as a deposit',
      permission: treasurer,
      movesMoney: true,
      body: NewReceipt,
      async handle({ actor, body, idempotencyKey }) {
        const number = await cash.take(actor, body, idempotencyKey);
        return { status: 201, body: receiptNow(number) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/receipts/:number/pdf',
      summary: 'A receipt to print',
      permission: treasurer,
      params: ReceiptNumber,
      async handle({ params, language }) {
        const receipt = receiptNow(Number(params.number));
        const name = `receipt-${receipt.number}.pdf`;
        return { file: { type: 'application/pdf', name, bytes: await print(receipt, language) } };
      },
    }),
  ];
}
