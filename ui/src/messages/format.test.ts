import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMoney, formatReading } from './format.ts';
import { fillMessage } from './message.ts';
import { formatWhen, spanOf } from './when.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

test('money has two decimals and its sign before it', () => {
  assert.equal(formatMoney(1_900_000, 'en'), '$1.90');
  assert.equal(formatMoney(-1_900_000, 'en'), '−$1.90');
  assert.equal(formatMoney(1_900_000, 'es', true), '+$1.90');
  assert.equal(formatMoney(0, 'en', true), '$0.00');
  assert.equal(formatMoney(1_234_567_890_000, 'en'), '$1,234,567.89');
});

test('money is rounded to the cent, and nothing has no sign', () => {
  assert.equal(formatMoney(1_994_999, 'en'), '$1.99');
  assert.equal(formatMoney(1_995_000, 'en'), '$2.00');
  assert.equal(formatMoney(-4_000, 'en', true), '$0.00');
});

test('the largest amount that the hub can hold keeps its cents', () => {
  assert.equal(formatMoney(9_007_199_254_740_991, 'en'), '$9,007,199,254.74');
});

test('a reading shows as many decimals as its size deserves', () => {
  assert.equal(formatReading(1013.25, 'en'), '1,013');
  assert.equal(formatReading(21.44, 'en'), '21.4');
  assert.equal(formatReading(6.1, 'en'), '6.10');
  assert.equal(formatReading(-3.456, 'en'), '−3.46');
});

test('a moment is relative up to a day', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  assert.equal(formatWhen(now + 20_000, now, 'en'), 'now');
  assert.equal(formatWhen(now - 20_000, now, 'en'), 'just now');
  assert.equal(formatWhen(now + 3 * HOUR, now, 'en'), 'in 3 h');
  assert.equal(formatWhen(now - 5 * MINUTE, now, 'en'), '5 min ago');
  assert.equal(formatWhen(now + 3 * HOUR, now, 'es'), 'en 3 h');
  assert.equal(formatWhen(now - 5 * MINUTE, now, 'es'), 'hace 5 min');
  assert.equal(formatWhen(now + 24 * HOUR - 1, now, 'en'), 'in 23 h');
});

test('after a day it is weekday and hour, after a week the date', () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  assert.match(formatWhen(new Date(2026, 10, 23, 18, 30).getTime(), now, 'en'), /^Monday.*6:30/);
  assert.match(formatWhen(new Date(2026, 10, 23, 18, 30).getTime(), now, 'es'), /^lunes.*6:30/);
  assert.match(formatWhen(new Date(2026, 11, 24, 18).getTime(), now, 'en'), /Dec 24, 2026/);
});

test('a span is floored, so that nobody is promised time they do not have', () => {
  assert.deepEqual(spanOf(59_999), { unit: 'now' });
  assert.deepEqual(spanOf(2 * HOUR - 1), { unit: 'h', count: 1 });
  assert.deepEqual(spanOf(-49 * HOUR), { unit: 'd', count: 2 });
});

test('a sentence takes its form by number and writes numbers by the language', () => {
  const joined = { one: '{count} neighbor has joined', other: '{count} neighbors have joined' };
  assert.equal(fillMessage(joined, { count: 1 }, 'en'), '1 neighbor has joined');
  assert.equal(fillMessage(joined, { count: 0 }, 'en'), '0 neighbors have joined');
  assert.equal(fillMessage(joined, { count: 12_000 }, 'en'), '12,000 neighbors have joined');
});

test('a parameter left out is an error, never a gap in a sentence', () => {
  assert.throws(() => fillMessage('You owe {amount}.', {}, 'en'), /needs amount/);
  assert.throws(() => fillMessage({ one: 'a', other: 'b' }, {}, 'es'), /count/);
});

test('a sentence that ends with a time of day has one full stop', () => {
  assert.equal(fillMessage('La copia es de {when}.', { when: '12:33 p. m.' }, 'es'), 'La copia es de 12:33 p. m.');
  assert.equal(fillMessage('The backup is of {when}.', { when: '12:33 PM' }, 'en'), 'The backup is of 12:33 PM.');
  assert.equal(fillMessage('{when} … {when}.', { when: 'p.m.' }, 'es'), 'p.m. … p.m.');
});
