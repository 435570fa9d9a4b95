/** What the size of one unit is measured in: UN/ECE Recommendation 20 codes, by their UCUM signs. */
export const measures = {
  H87: { ucum: '{piece}', kind: 'count', perBase: 1 },
  GRM: { ucum: 'g', kind: 'mass', perBase: 1 },
  KGM: { ucum: 'kg', kind: 'mass', perBase: 1000 },
  ONZ: { ucum: '[oz_av]', kind: 'mass', perBase: 28.349523125 },
  LBR: { ucum: '[lb_av]', kind: 'mass', perBase: 453.59237 },
  MLT: { ucum: 'mL', kind: 'volume', perBase: 1 },
  LTR: { ucum: 'L', kind: 'volume', perBase: 1000 },
  OZA: { ucum: '[foz_us]', kind: 'volume', perBase: 29.5735295625 },
  PTL: { ucum: '[pt_us]', kind: 'volume', perBase: 473.176473 },
  QTL: { ucum: '[qt_us]', kind: 'volume', perBase: 946.352946 },
  GLL: { ucum: '[gal_us]', kind: 'volume', perBase: 3785.411784 },
} as const;

export type Measure = keyof typeof measures;

export interface UnitSize {
  /** Of one unit, in `measure`. */
  readonly unitSize: number;
  readonly measure: Measure;
}

/** What goods of any size are compared by. */
export interface ComparedPrice {
  readonly per: '100g' | 'litre' | 'piece';
  readonly priceMicros: number;
}

/** The price of 100 g, of a litre or of one of several pieces; undefined for a unit that is one piece. */
export function comparedPrice(unitPriceMicros: number, { unitSize, measure }: UnitSize): ComparedPrice | undefined {
  const { kind, perBase } = measures[measure];
  const size = unitSize * perBase;
  if (kind === 'mass') return { per: '100g', priceMicros: Math.round((unitPriceMicros * 100) / size) };
  if (kind === 'volume') return { per: 'litre', priceMicros: Math.round((unitPriceMicros * 1000) / size) };
  return unitSize > 1 ? { per: 'piece', priceMicros: Math.round(unitPriceMicros / size) } : undefined;
}

const spoken: readonly (readonly [Measure, RegExp])[] = [
  ['OZA', /^(fl\.? ?oz|floz|fo)\.?$/],
  ['ONZ', /^(oz|onz|ounces?)\.?$/],
  ['LBR', /^(lbs?|lbr|#|pounds?)\.?$/],
  ['KGM', /^(kg|kgm|kgs|kilos?|kilogramm?s?)\.?$/],
  ['GRM', /^(g|gr|gm|grm|grams?|gramm)\.?$/],
  ['MLT', /^(ml|mlt)\.?$/],
  ['LTR', /^(l|lt|ltr|liters?|litres?|liter)\.?$/],
  ['PTL', /^(pt|ptl|pints?)\.?$/],
  ['QTL', /^(qt|qtl|quarts?)\.?$/],
  ['GLL', /^(gal|gll|ga|gallons?)\.?$/],
  ['H87', /^(ct|ea|each|h87|pc|pcs|pieces?|count|pk|stück|st|unidades|uds?)\.?$/],
];

/** The measure that a supplier's word means. */
export const measureOf = (word: string): Measure | undefined =>
  spoken.find(([, pattern]) => pattern.test(word.trim().toLowerCase()))?.[0];

/** A size as suppliers write it: "16 OZ", "1.5 LT", "6/12 oz" (six of twelve), "500g", "1 dozen", "EA". */
export function readUnitSize(text: string): UnitSize | undefined {
  const match = /^(?:(\d+)\s*[/x×]\s*)?(\d*[.,]?\d+)?\s*(\D+)$/i.exec(text.trim());
  if (!match) return undefined;
  const [, packs, figure, word = ''] = match;
  const isDozen = /^(dz|doz|dozen|docena)\.?$/i.test(word.trim());
  const measure = isDozen ? 'H87' : measureOf(word);
  if (!measure) return undefined;
  const unitSize = Number((figure ?? '1').replace(',', '.')) * Number(packs ?? 1) * (isDozen ? 12 : 1);
  return unitSize > 0 && unitSize <= 1_000_000 ? { unitSize: Number(unitSize.toFixed(6)), measure } : undefined;
}
