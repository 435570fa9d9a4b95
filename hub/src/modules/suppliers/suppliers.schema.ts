import { type Static, Type } from '@sinclair/typebox';
import { plainLines, plainText } from '../../platform/plain-text.ts';

const optional = (maxLength: number) => Type.Optional(plainText(maxLength));
const literal = <T extends string>(...values: T[]) => Type.Unsafe<T>(Type.String({ enum: values }));

/** How an order's lines are written for the supplier. */
export const OrderFormat = literal('pdf-csv', 'unfi');

/** What only those read who order and pay. */
export const terms = {
  email: Type.Optional(Type.String({ format: 'email', maxLength: 120 })),
  phone: optional(40),
  address: Type.Optional(plainLines(300)),
  customerNumber: optional(40),
  paymentTerms: optional(120),
  orderFormat: Type.Optional(OrderFormat),
  minimumMicros: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 })),
  /** ISO 8601 weekdays, Monday is 1. */
  deliveryDays: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { maxItems: 7, uniqueItems: true })),
  /** A price in a file that moves by more waits for a person, in thousandths. */
  priceStopPermille: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
};
const Terms = Type.Object(terms);
export type SupplierTerms = Static<typeof Terms>;

const facts = {
  name: plainText(80),
  nameEs: optional(80),
  /** Who makes it, when it is made in the building. */
  makerSeat: Type.Optional(Type.Integer({ minimum: 1, maximum: 16_777_215 })),
};

export const NewSupplier = Type.Object({ ...facts, ...terms }, { additionalProperties: false });
export type NewSupplier = Static<typeof NewSupplier>;

export const SupplierEdit = Type.Object(
  {
    revision: Type.Integer({ minimum: 1 }),
    state: literal('active', 'retired'),
    ...facts,
    ...terms,
  },
  { additionalProperties: false },
);
export type SupplierEdit = Static<typeof SupplierEdit>;

export const SupplierId = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });
export const SuppliersQuery = Type.Object(
  { state: Type.Optional(literal('active', 'retired')) },
  { additionalProperties: false },
);

/** A supplier as everybody sees it. */
export interface Supplier {
  readonly id: string;
  readonly name: string;
  readonly nameEs?: string;
  readonly state: 'active' | 'retired';
  /** It is made in the building. */
  readonly isMaker: boolean;
  readonly goodsCount: number;
}

/** A supplier as those see it who order and pay. */
export interface SupplierDetails extends Supplier, SupplierTerms {
  readonly revision: number;
  readonly makerSeat?: number;
}
