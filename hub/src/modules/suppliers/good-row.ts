import type { Good, GoodFacts } from './goods.schema.ts';
import { comparedPrice } from './measures.ts';

/** Goods as a row of `good_editions` holds them; what is rarely asked for lies together in `details`. */
export interface GoodRow {
  readonly title: string;
  readonly titleEs: string | null;
  readonly sku: string | null;
  readonly gtin: string | null;
  readonly category: string | null;
  readonly picture: string | null;
  readonly unit: string;
  readonly unitPriceMicros: number;
  readonly unitsPerCase: number;
  readonly origin: string | null;
  readonly allergens: string | null;
  readonly diets: string | null;
  readonly status: Good['status'];
  readonly details: string;
  readonly foundBy: string;
}

export interface StoredGoodRow extends GoodRow {
  readonly rowId: number;
  readonly id: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly revision: number;
}

export const goodColumns = `g.id AS rowId, g.public_id AS id, s.public_id AS supplierId, s.name AS supplierName, g.revision,
  g.title, g.title_es AS titleEs, g.sku, g.gtin, g.category, g.picture, g.unit, g.unit_price_micros AS unitPriceMicros,
  g.units_per_case AS unitsPerCase, g.origin, g.allergens, g.diets, g.status, g.details, g.found_by AS foundBy`;

/** Words as they are compared in a search: small, without accents. */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const listed = (values: readonly string[] | undefined) => (values?.length ? JSON.stringify(values) : null);

/** Marks as the search finds them, so that it need not look beside the index. */
export const dietMark = (diet: string) => `#${diet};`;
export const allergenMark = (allergen: string) => `!${allergen};`;
const marksOf = ({ diets = [], allergens = [] }: GoodFacts) => [...diets.map(dietMark), ...allergens.map(allergenMark)];

/** The row of these facts; equal facts give equal rows. */
export function rowOf(facts: GoodFacts): GoodRow {
  const { title, titleEs, sku, gtin, category, brand, picture, unit, unitPriceMicros, unitsPerCase, origin } = facts;
  const { unitSize, measure, soldBy, tiers, minCases, depositMicros, taxPpm, shelfPriceMicros } = facts;
  return {
    title,
    titleEs: titleEs ?? null,
    sku: sku ?? null,
    gtin: gtin ?? null,
    category: category ?? null,
    picture: picture ?? null,
    unit,
    unitPriceMicros,
    unitsPerCase,
    origin: origin ?? null,
    allergens: listed(facts.allergens),
    diets: listed(facts.diets),
    status: facts.status ?? 'on-sale',
    details: JSON.stringify({
      brand,
      unitSize,
      measure,
      soldBy,
      tiers: tiers?.length ? tiers : undefined,
      minCases,
      depositMicros,
      taxPpm,
      shelfPriceMicros,
    }),
    foundBy: [folded([title, titleEs, sku, gtin, brand, category].filter(Boolean).join(' ')), ...marksOf(facts)].join(
      ' ',
    ),
  };
}

/** The facts of a row. */
export function factsOf(row: GoodRow): GoodFacts & Pick<Good, 'status'> {
  const optional = { titleEs: row.titleEs, sku: row.sku, gtin: row.gtin, category: row.category };
  const further = { picture: row.picture, origin: row.origin };
  const lists = {
    allergens: row.allergens && (JSON.parse(row.allergens) as GoodFacts['allergens']),
    diets: row.diets && (JSON.parse(row.diets) as GoodFacts['diets']),
  };
  const given = Object.entries({ ...optional, ...further, ...lists }).filter(([, value]) => value !== null);
  return {
    title: row.title,
    unit: row.unit,
    unitPriceMicros: row.unitPriceMicros,
    unitsPerCase: row.unitsPerCase,
    status: row.status,
    ...(Object.fromEntries(given) as Partial<GoodFacts>),
    ...(JSON.parse(row.details) as Partial<GoodFacts>),
  };
}

export function goodOf(row: StoredGoodRow): Good {
  const facts = factsOf(row);
  const { unitSize, measure } = facts;
  return {
    id: row.id,
    supplierId: row.supplierId,
    supplierName: row.supplierName,
    revision: row.revision,
    ...facts,
    compared: unitSize && measure ? comparedPrice(facts.unitPriceMicros, { unitSize, measure }) : undefined,
  };
}
