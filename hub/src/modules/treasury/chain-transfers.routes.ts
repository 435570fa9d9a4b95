import { type Hex, type Reader, type Route, route, type SeatNumber, type Store } from '../../platform/ports/index.ts';
import { Page } from './treasury.schema.ts';

/** A movement of any of the building's tokens, as the finalized chain's events tell it. */
export interface ChainTransfer {
  readonly cursor: number;
  /** `FUSD`, `GRO`, or a lot's number. */
  readonly token: string;
  readonly from: Hex;
  readonly to: Hex;
  readonly amount: string;
  readonly kind: string;
  readonly about: string | null;
  readonly txHash?: Hex;
  readonly blockNumber: number;
  readonly atMs: number;
}

export interface ChainTransfersDeps {
  readonly store: Store;
  readonly transfers: (reader: Reader, before: number, limit: number) => readonly ChainTransfer[];
  readonly seatOf: (reader: Reader, address: Hex) => SeatNumber | undefined;
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
}

const defaultLimit = 50;

/** Who moved what to whom on chain, and why, for who keeps the books. */
export function chainTransferRoutes({ store, transfers, seatOf, nameOf }: ChainTransfersDeps): Route[] {
  const side = (reader: Reader, address: Hex) => {
    const seat = seatOf(reader, address);
    return { address, seat, name: seat === undefined ? undefined : nameOf(reader, seat) };
  };
  return [
    route({
      method: 'GET',
      path: '/api/chain-transfers',
      summary: 'Every movement on chain, newest first, with its counterpart and its reason',
      permission: { roles: ['treasurer', 'board'] },
      query: Page,
      handle: ({ query: { after, limit = defaultLimit } }) => ({
        body: store.read((reader) => {
          const rows = transfers(reader, after ? Number(after) : Number.MAX_SAFE_INTEGER, limit);
          const items = rows.map(({ cursor, from, to, ...row }) => ({
            id: String(cursor),
            ...row,
            from: side(reader, from),
            to: side(reader, to),
          }));
          return { items, next: rows.length === limit ? String(rows.at(-1)!.cursor) : undefined };
        }),
      }),
    }),
  ];
}
