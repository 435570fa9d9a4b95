import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { hashToken, isTokenOf, makeToken, sensorIdFrom } from './credentials.ts';

it('makes tokens of 256 bits that only their own request gives again', () => {
  const secret = randomBytes(32);
  const token = makeToken(secret, 'k1');
  assert.equal(Buffer.from(token, 'base64url').length, 32);
  assert.equal(makeToken(secret, 'k1'), token);
  assert.notEqual(makeToken(secret, 'k2'), token);
  assert.notEqual(makeToken(randomBytes(32), 'k1'), token);
  assert.ok(isTokenOf(hashToken(token), token));
  assert.ok(!isTokenOf(hashToken(token), `${token}x`));
});

it('turns names into what can stand in a topic', () => {
  const taken = new Set(['tower-1', 'tower-1-2']);
  const idFrom = (name: string) => sensorIdFrom(name, (id) => taken.has(id));
  assert.equal(idFrom('Tower 1'), 'tower-1-3');
  assert.equal(idFrom('  Jardín Nº 3 / +#  '), 'jardin-no-3');
  assert.equal(idFrom('花园'), 'sensor');
  assert.equal(idFrom('x'.repeat(60)), 'x'.repeat(32));
});
