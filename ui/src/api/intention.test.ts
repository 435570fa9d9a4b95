import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIntention } from './intention.ts';

function numbered() {
  let count = 0;
  return () => `key-${++count}`;
}

test('a retry of the same request keeps its key', () => {
  const intention = createIntention(numbered());
  const first = intention.keyFor('POST', '/api/orders/1/line', { units: 2 });
  assert.equal(intention.keyFor('POST', '/api/orders/1/line', { units: 2 }), first);
});

test('another body, path or method is another intention', () => {
  const intention = createIntention(numbered());
  const keys = [
    intention.keyFor('POST', '/api/orders/1/line', { units: 2 }),
    intention.keyFor('POST', '/api/orders/1/line', { units: 3 }),
    intention.keyFor('POST', '/api/orders/2/line', { units: 3 }),
    intention.keyFor('PUT', '/api/orders/2/line', { units: 3 }),
  ];
  assert.equal(new Set(keys).size, 4);
});

test('doing the same again after it was done is a new intention', () => {
  const intention = createIntention(numbered());
  const first = intention.keyFor('POST', '/api/settlement/now', undefined);
  intention.finish();
  assert.notEqual(intention.keyFor('POST', '/api/settlement/now', undefined), first);
});
