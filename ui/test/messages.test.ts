import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkMessages,
  compareCatalogues,
  laneNames,
  looseWords,
  missingErrors,
  missingLanes,
  missingReasons,
  reasonCodes,
} from '../check-messages.ts';

const none: ReadonlySet<string> = new Set();

test('the page’s own sentences are whole', async () => {
  assert.deepEqual(await checkMessages(), []);
});

test('a missing translation is found, on either side', () => {
  assert.deepEqual(compareCatalogues({ a: 'Home', b: 'Back' }, { a: 'Inicio' }, none), ['b: no Spanish text']);
  assert.deepEqual(compareCatalogues({}, { a: 'Inicio' }, none), ['a: no English text']);
});

test('a Spanish text that equals the English is found, unless it is allowed', () => {
  assert.deepEqual(compareCatalogues({ a: 'Home' }, { a: 'Home' }, none), ['a: Spanish equals English']);
  assert.deepEqual(compareCatalogues({ a: 'kg' }, { a: 'kg' }, new Set(['a'])), []);
  const forms = { one: '{count} h', other: '{count} h' };
  assert.deepEqual(compareCatalogues({ a: forms }, { a: forms }, none), ['a: Spanish equals English']);
});

test('other parameters and empty texts are found', () => {
  assert.deepEqual(compareCatalogues({ a: 'You owe {amount}.' }, { a: 'Debe {monto}.' }, none), [
    'a: other parameters in Spanish',
  ]);
  assert.deepEqual(compareCatalogues({ a: 'Home' }, { a: ' ' }, none), ['a: an empty text']);
});

test('an error code that the page cannot put into words is found', () => {
  assert.deepEqual(missingErrors({ 'error.busy': 'Busy.', 'error.busy.todo': 'Wait.' }, ['busy', 'broken']), [
    'error.broken: an error code without text',
    'error.broken.todo: an error code without text',
  ]);
});

test('words outside the catalogue are found in text and in spoken attributes, not in code', () => {
  const found = (source: string) => looseWords(source, 'X').length;
  assert.equal(found('<p>Hello</p>'), 1);
  assert.equal(found('<img alt="A tank" src="/tank.png" />'), 1);
  assert.equal(found('<Button label="Send">{text.t("app.send")}</Button>'), 1);
  assert.equal(found('<p class="quiet" style:width="2rem">{text.t("app.home")} · 3 %</p>'), 0);
});

test('names a reason of the hub that the page cannot put into words', async () => {
  const { waits, ends } = await reasonCodes();
  for (const code of ['too_dear', 'spending_cap', 'refused', 'minted_enough', 'dwelling_full'])
    assert.ok(waits.has(code), code);
  for (const code of ['key_changed', 'above_daily_limit', 'others_failed', 'settled_before_restore'])
    assert.ok(ends.has(code), code);
  const some = { waits: new Set(['landing', 'too_dear']), ends: new Set(['expired', 'voted_out', 'gone']) };
  const words = { 'reason.expired': 'late', 'vote.reason.voted_out': 'no', 'desk.waits.landing': 'one is landing' };
  assert.deepEqual(missingReasons(words, some), [
    'desk.waits.too_dear: a reason without words',
    'reason.gone: a reason without words',
  ]);
});

test('names a lane of the hub that the treasurer’s page cannot put into words', async () => {
  const names = await laneNames();
  for (const name of ['orders', 'deposits', 'seats', 'retirements', 'gro-transfers']) assert.ok(names.has(name), name);
  assert.deepEqual(missingLanes({ 'treasurer.lane.seats': 'New seats' }, new Set(['seats', 'orders'])), [
    'treasurer.lane.orders: a lane without words',
  ]);
});
