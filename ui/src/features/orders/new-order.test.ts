import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadlineOf, emptyForm, orderOf } from './new-order.ts';

const nowMs = new Date(2026, 10, 21, 20, 15).getTime();
const good = {
  id: 'g1',
  supplierId: 's1',
  title: 'Oranges',
  titleEs: 'Naranjas',
  unit: 'bag',
  unitPriceMicros: 2_100_000,
  unitsPerCase: 12,
  revision: 1,
  supplierName: 'Hunts Point',
  status: 'on-sale' as const,
};

test('a listed good needs only cases and a deadline', () => {
  assert.deepEqual(orderOf({ ...emptyForm(), cases: 2 }, good, nowMs), {
    title: 'Oranges',
    titleEs: 'Naranjas',
    supplierId: 's1',
    goodId: 'g1',
    unit: 'bag',
    unitPriceMicros: 2_100_000,
    unitsPerCase: 12,
    targetMicros: 50_400_000,
    deadlineAtMs: new Date(2026, 10, 24, 18).getTime(),
    executes: 'at-target',
  });
});

test('something else needs every field', () => {
  const whole = { ...emptyForm(), supplierId: 's1', title: ' Figs ', unit: 'box', price: '7.25', perCase: '8' };
  assert.equal(orderOf(whole, 'other', nowMs)?.targetMicros, 58_000_000);
  assert.equal(orderOf(whole, 'other', nowMs)?.title, 'Figs');
  for (const missing of [
    { title: ' ' },
    { unit: '' },
    { price: '0' },
    { perCase: '0' },
    { perCase: '1.5' },
    { supplierId: '' },
  ]) {
    assert.equal(orderOf({ ...whole, ...missing }, 'other', nowMs), undefined, JSON.stringify(missing));
  }
});

test('last call is at six in the evening after so many days', () => {
  assert.equal(deadlineOf({ deadline: '1', ownDeadline: '' }, nowMs), new Date(2026, 10, 22, 18).getTime());
  assert.equal(deadlineOf({ deadline: '7', ownDeadline: '' }, nowMs), new Date(2026, 10, 28, 18).getTime());
});

test('an own time must lie ahead', () => {
  assert.equal(
    deadlineOf({ deadline: 'own', ownDeadline: '2026-11-21T21:00' }, nowMs),
    new Date(2026, 10, 21, 21).getTime(),
  );
  assert.equal(deadlineOf({ deadline: 'own', ownDeadline: '2026-11-21T20:00' }, nowMs), undefined);
  assert.equal(deadlineOf({ deadline: 'own', ownDeadline: '' }, nowMs), undefined);
});
