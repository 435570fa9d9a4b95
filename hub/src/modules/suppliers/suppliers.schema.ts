import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';

export const NewSupplier = Type.Object(
  { name: plainText(80), nameEs: Type.Optional(plainText(80)) },
  { additionalProperties: false },
);
export type NewSupplier = Static<typeof NewSupplier>;

export const NewGood = Type.Object(
  {
    supplierId: Type.String({ format: 'uuid' }),
    title: plainText(80),
    titleEs: Type.Optional(plainText(80)),
    picture: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,40}$' })),
    unit: plainText(20),
    unitPriceMicros: Type.Integer({ minimum: 1, maximum: 10_000_000_000 }),
    unitsPerCase: Type.Integer({ minimum: 1, maximum: 1000 }),
    origin: Type.Optional(plainText(80)),
    allergens: Type.Optional(Type.Array(plainText(30), { maxItems: 20 })),
  },
  { additionalProperties: false },
);
export type NewGood = Static<typeof NewGood>;

export const GoodsQuery = Type.Object(
  { supplier: Type.Optional(Type.String({ format: 'uuid' })) },
  { additionalProperties: false },
);

export interface Supplier {
  readonly id: string;
  readonly name: string;
  readonly nameEs?: string;
}

export interface Good extends Omit<NewGood, 'picture'> {
  readonly id: string;
  /** The name of a picture that the page ships. */
  readonly picture?: string;
}
