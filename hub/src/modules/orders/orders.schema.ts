import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';

/** Units of one line; more than anybody carries home, few enough to multiply safely. */
export const Units = Type.Integer({ minimum: 1, maximum: 10_000 });

export const NewOrder = Type.Object(
  {
    title: plainText(80),
    titleEs: Type.Optional(plainText(80)),
    supplierId: Type.String({ format: 'uuid' }),
    goodId: Type.Optional(Type.String({ format: 'uuid' })),
    unit: plainText(20),
    unitPriceMicros: Type.Integer({ minimum: 1, maximum: 10_000_000_000 }),
    unitsPerCase: Type.Integer({ minimum: 1, maximum: 1000 }),
    targetMicros: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
    deadlineAtMs: Type.Integer({ minimum: 0 }),
    executes: Type.Union([Type.Literal('at-target'), Type.Literal('at-last-call')]),
  },
  { additionalProperties: false },
);
export type NewOrder = Static<typeof NewOrder>;

export const Line = Type.Object({ units: Units }, { additionalProperties: false });

export const OrderId = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

export const OrdersQuery = Type.Object(
  {
    state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('mine'), Type.Literal('past')])),
    after: Type.Optional(Type.String({ format: 'uuid' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  { additionalProperties: false },
);

export type OrderState = 'open' | 'executing' | 'awaiting-closing' | 'settled' | 'failed' | 'cancelled';
/** `promised`: signed, the money is set aside at last call. Simple orders know it not. */
export type LineState = 'promised' | 'set-aside' | 'left' | 'charged' | 'recorded' | 'void';

/** How far something is on its way to the chain, as people are told. */
export type RecordState = 'here' | 'recording' | 'recorded' | 'void';

export interface MyLine {
  readonly units: number;
  readonly amountMicros: number;
  readonly state: LineState;
  readonly record: RecordState;
  readonly reason?: string;
}

/** An order as a session sees it: never who joined, only how many. */
export interface Order {
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly titleEs?: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly goodId?: string;
  readonly picture?: string;
  readonly unit: string;
  readonly unitPriceMicros: number;
  readonly unitsPerCase: number;
  readonly targetMicros: number;
  readonly committedMicros: number;
  readonly committedUnits: number;
  readonly unitsToTarget: number;
  readonly joinedCount: number;
  readonly executes: 'at-target' | 'at-last-call';
  readonly deadlineAtMs: number;
  readonly state: OrderState;
  readonly reason?: string;
  readonly record: RecordState;
  readonly createdAtMs: number;
  readonly isMine?: boolean;
  readonly myLine?: MyLine;
  readonly txHash?: string;
}
