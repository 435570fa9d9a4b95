import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letterOf, lettersOf, sortTiles } from './tile-letters.ts';

const tiles = (...labels: string[]) => labels.map((label) => ({ label }));

test('a tile is found under its first letter, without accent', () => {
  assert.deepEqual(tiles('Ángela', 'álvaro', ' bea', 'Ñandú', '3B', '27').map(letterOf), [
    'A',
    'A',
    'B',
    'N',
    '#',
    '#',
  ]);
});

test('the rail shows each letter once, numbers last', () => {
  assert.deepEqual(lettersOf(tiles('Zoe', '3B', 'Ana', 'Álvaro', 'Bea')), ['A', 'B', 'Z', '#']);
  assert.deepEqual(lettersOf([]), []);
});

test('labels are sorted as people sort names, numbers by size', () => {
  assert.deepEqual(
    sortTiles(tiles('Zoe', 'álvaro', 'Ana', '10A', '9B'), 'es-US').map((tile) => tile.label),
    ['9B', '10A', 'álvaro', 'Ana', 'Zoe'],
  );
});
