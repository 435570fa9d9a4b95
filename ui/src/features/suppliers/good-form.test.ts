import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf, formOf, type GoodFacts } from './good-form.ts';

const rice: GoodFacts = {
  title: 'Rice',
  unit: 'bag',
  // As a case's price leaves it, shared among twelve.
  unitPriceMicros: 2_595_833,
  unitsPerCase: 12,
  unitSize: 5,
  measure: 'LBR',
  taxPpm: 88_750,
  depositMicros: 0,
  tiers: [{ fromUnits: 24, unitPriceMicros: 2_400_000 }],
  allergens: ['nuts'],
  status: 'on-sale',
};
const defined = (facts: object) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));

test('what was not touched is sent as it was, to the micro-unit', () => {
  const read = factsOf(formOf(rice), rice);
  assert.ok('facts' in read);
  assert.deepEqual(defined(read.facts), rice);
});

test('what was typed is read as people write it', () => {
  const form = {
    ...formOf(rice),
    price: '2,75',
    gtin: '0-36000-29145-2',
    tax: '4.5',
    tiers: '24 2.50\n 48: 2.25',
    brand: ' Field ',
  };
  const read = factsOf(form, rice);
  assert.ok('facts' in read);
  const { unitPriceMicros, gtin, taxPpm, tiers, brand } = read.facts;
  assert.deepEqual([unitPriceMicros, gtin, taxPpm, brand], [2_750_000, '00036000291452', 45_000, 'Field']);
  assert.deepEqual(tiers, [
    { fromUnits: 24, unitPriceMicros: 2_500_000 },
    { fromUnits: 48, unitPriceMicros: 2_250_000 },
  ]);
});

test('what is missing or no figure is named', () => {
  const wrong = { ...formOf(undefined), price: 'free', unitsPerCase: '0', tiers: '24', minCases: '1.5' };
  assert.deepEqual(factsOf(wrong), { wrong: ['title', 'unit', 'price', 'unitsPerCase', 'minCases', 'tiers'] });
  const unmeasured = { ...formOf(rice), measure: '' };
  assert.deepEqual(factsOf(unmeasured, rice), { wrong: ['measure'] });
});
