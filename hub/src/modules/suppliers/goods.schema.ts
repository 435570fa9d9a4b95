import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';
import type { ComparedPrice, Measure } from './measures.ts';
import { measures } from './measures.ts';

/** The fourteen that the law of most countries asks to name; the page has a word and a picture for each. */
export const allergens = [
  'gluten',
  'crustaceans',
  'eggs',
  'fish',
  'peanuts',
  'soy',
  'milk',
  'nuts',
  'celery',
  'mustard',
  'sesame',
  'sulphites',
  'lupin',
  'molluscs',
] as const;
export const diets = [
  'vegan',
  'vegetarian',
  'gluten-free',
  'lactose-free',
  'organic',
  'fair-trade',
  'halal',
  'kosher',
] as const;
export type Allergen = (typeof allergens)[number];
export type Diet = (typeof diets)[number];

const oneOf = <T extends string>(values: readonly T[]) => Type.Unsafe<T>(Type.String({ enum: [...values] }));
const someOf = <T extends string>(values: readonly T[]) =>
  Type.Array(oneOf(values), { uniqueItems: true, maxItems: values.length });
const Price = Type.Integer({ minimum: 1, maximum: 10_000_000_000 });

export const GoodStatus = oneOf(['on-sale', 'out', 'retired']);
export type GoodStatus = Static<typeof GoodStatus>;

/** From so many units of everybody together on, each costs this. */
export const GoodTier = Type.Object(
  { fromUnits: Type.Integer({ minimum: 2, maximum: 1_000_000 }), unitPriceMicros: Price },
  { additionalProperties: false },
);

/** What may be said of goods besides their supplier, in the words of both the page and a price file. */
export const goodFields = {
  title: plainText(80),
  titleEs: Type.Optional(plainText(80)),
  /** The name of a picture that the page ships. */
  picture: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,40}$' })),
  /** What a member takes one of: bag, jar, bunch … */
  unit: plainText(20),
  unitPriceMicros: Price,
  unitsPerCase: Type.Integer({ minimum: 1, maximum: 1000 }),
  origin: Type.Optional(plainText(80)),
  allergens: Type.Optional(someOf(allergens)),
  diets: Type.Optional(someOf(diets)),
  /** The supplier's own number of it. */
  sku: Type.Optional(plainText(40)),
  /** 14 digits, the last checks the others. */
  gtin: Type.Optional(Type.String({ pattern: '^[0-9]{14}$' })),
  brand: Type.Optional(plainText(60)),
  category: Type.Optional(plainText(60)),
  /** How much is in one unit, in `measure`. */
  unitSize: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
  measure: Type.Optional(oneOf(Object.keys(measures) as Measure[])),
  /** By weight: pieces are ordered, the true weight is paid. */
  soldBy: Type.Optional(oneOf(['piece', 'weight'] as const)),
  /** By rising units and falling price, beyond the price of one. */
  tiers: Type.Optional(Type.Array(GoodTier, { maxItems: 8 })),
  minCases: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** For the container of one unit; comes back with it. */
  depositMicros: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  /** Parts of a million on the price: 8.875 % is 88 750. */
  taxPpm: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  /** What one costs in a shop nearby. */
  shelfPriceMicros: Type.Optional(Price),
  status: Type.Optional(GoodStatus),
};

export const NewGood = Type.Object(
  { supplierId: Type.String({ format: 'uuid' }), ...goodFields },
  { additionalProperties: false },
);
export type NewGood = Static<typeof NewGood>;

/** All that is said of it from now on, and the revision that it was read at. */
export const GoodEdit = Type.Object(
  { revision: Type.Integer({ minimum: 1 }), ...goodFields },
  { additionalProperties: false },
);
export type GoodEdit = Static<typeof GoodEdit>;
export type GoodFacts = Omit<NewGood, 'supplierId'>;

export const GoodsQuery = Type.Object(
  {
    supplier: Type.Optional(Type.String({ format: 'uuid' })),
    find: Type.Optional(Type.String({ maxLength: 80 })),
    category: Type.Optional(Type.String({ maxLength: 60 })),
    status: Type.Optional(oneOf(['on-sale', 'out', 'retired', 'any'])),
    diet: Type.Optional(oneOf(diets)),
    /** Leaves out goods that contain it. */
    without: Type.Optional(oneOf(allergens)),
    gtin: Type.Optional(Type.String({ maxLength: 20 })),
    after: Type.Optional(Type.String({ maxLength: 400 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  { additionalProperties: false },
);
export type GoodsQuery = Static<typeof GoodsQuery>;

export interface Good extends NewGood {
  readonly id: string;
  readonly revision: number;
  readonly supplierName: string;
  readonly status: GoodStatus;
  /** By the hundred grams, the litre or the piece, where its size is known. */
  readonly compared?: ComparedPrice;
}
