import type { Good } from '../../api/types.ts';
import { parseMoney, parseMoneyOrNone } from '../../messages/parse-money.ts';

/** The fields of goods as they are typed. */
export interface GoodForm {
  title: string;
  titleEs: string;
  unit: string;
  price: string;
  unitsPerCase: string;
  unitSize: string;
  measure: string;
  sku: string;
  gtin: string;
  brand: string;
  category: string;
  origin: string;
  minCases: string;
  deposit: string;
  tax: string;
  shelf: string;
  tiers: string;
  picture: string;
  soldBy: 'piece' | 'weight';
  status: Good['status'];
  allergens: NonNullable<Good['allergens']>;
  diets: NonNullable<Good['diets']>;
}

export type GoodFacts = Omit<Good, 'id' | 'revision' | 'supplierId' | 'supplierName' | 'compared'>;

const dollars = (micros: number | undefined) =>
  micros === undefined ? '' : String(Number((micros / 1_000_000).toFixed(6)));
const figure = (value: number | undefined) => (value === undefined ? '' : String(value));

export function formOf(good: GoodFacts | undefined): GoodForm {
  return {
    title: good?.title ?? '',
    titleEs: good?.titleEs ?? '',
    unit: good?.unit ?? '',
    price: dollars(good?.unitPriceMicros),
    unitsPerCase: figure(good?.unitsPerCase),
    unitSize: figure(good?.unitSize),
    measure: good?.measure ?? '',
    sku: good?.sku ?? '',
    gtin: good?.gtin ?? '',
    brand: good?.brand ?? '',
    category: good?.category ?? '',
    origin: good?.origin ?? '',
    minCases: figure(good?.minCases),
    deposit: dollars(good?.depositMicros),
    tax: good?.taxPpm === undefined ? '' : String(good.taxPpm / 10_000),
    shelf: dollars(good?.shelfPriceMicros),
    tiers: (good?.tiers ?? []).map((tier) => `${tier.fromUnits} ${dollars(tier.unitPriceMicros)}`).join('\n'),
    picture: good?.picture ?? '',
    soldBy: good?.soldBy ?? 'piece',
    status: good?.status ?? 'on-sale',
    allergens: [...(good?.allergens ?? [])],
    diets: [...(good?.diets ?? [])],
  };
}

export type FormField = keyof GoodForm;

/** What was typed, as the hub takes it; or the fields that are not right yet. Prices from a file keep their micro-units. */
export function factsOf(form: GoodForm, before?: GoodFacts): { facts: GoodFacts } | { wrong: FormField[] } {
  const wrong: FormField[] = [];
  const typed = formOf(before);
  function read<T>(field: FormField, parse: (written: string) => T | undefined, isNeeded = false): T | undefined {
    const written = String(form[field]).trim();
    if (written === '' && !isNeeded) return undefined;
    const value = parse(written);
    if (value === undefined) wrong.push(field);
    return value;
  }
  const words = (written: string) => written || undefined;
  const whole = (written: string) => (/^[1-9]\d{0,5}$/.test(written) ? Number(written) : undefined);
  const decimal = (written: string) => {
    const value = Number(written.replace(',', '.'));
    return /^\d*[.,]?\d+$/.test(written) ? value : undefined;
  };
  const money =
    (field: FormField, micros: number | undefined, parse = parseMoney) =>
    (written: string) =>
      written === typed[field] && micros !== undefined ? micros : parse(written);
  const facts: GoodFacts = {
    title: read('title', words, true) ?? '',
    titleEs: read('titleEs', words),
    unit: read('unit', words, true) ?? '',
    unitPriceMicros: read('price', money('price', before?.unitPriceMicros), true) ?? 0,
    unitsPerCase: read('unitsPerCase', whole, true) ?? 0,
    unitSize: read('unitSize', decimal),
    measure: read('measure', (code) => code as GoodFacts['measure']),
    sku: read('sku', words),
    gtin: read('gtin', (digits) =>
      /^[\d\s-]{8,20}$/.test(digits) ? digits.replace(/\D/g, '').padStart(14, '0') : undefined,
    ),
    brand: read('brand', words),
    category: read('category', words),
    origin: read('origin', words),
    minCases: read('minCases', whole),
    depositMicros: read('deposit', money('deposit', before?.depositMicros, parseMoneyOrNone)),
    taxPpm: read('tax', (written) => {
      const percent = decimal(written);
      return percent !== undefined && percent <= 100 ? Math.round(percent * 10_000) : undefined;
    }),
    shelfPriceMicros: read('shelf', money('shelf', before?.shelfPriceMicros)),
    tiers: read('tiers', readTiers),
    picture: read('picture', words),
    soldBy: form.soldBy === 'weight' ? 'weight' : undefined,
    status: form.status,
    allergens: form.allergens.length > 0 ? form.allergens : undefined,
    diets: form.diets.length > 0 ? form.diets : undefined,
  };
  if ((facts.unitSize === undefined) !== (facts.measure === undefined) && wrong.length === 0) {
    wrong.push(facts.measure === undefined ? 'measure' : 'unitSize');
  }
  return wrong.length > 0 ? { wrong } : { facts };
}

/** "24 1.90" on each line: units, then the price of one. */
function readTiers(written: string): GoodFacts['tiers'] {
  const tiers = written
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => /^(\d{1,6})[\s:;]+(\S+)$/.exec(line))
    .map((match) => match && { fromUnits: Number(match[1]), unitPriceMicros: parseMoney(match[2] ?? '') });
  return tiers.every((tier) => tier?.unitPriceMicros !== undefined)
    ? (tiers as NonNullable<GoodFacts['tiers']>)
    : undefined;
}
