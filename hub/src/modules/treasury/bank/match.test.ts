import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createMatcher } from './match.ts';
import { depositReferenceOf, seatsNamedIn } from './reference.ts';

const seat = fc.oneof(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 10_000, max: 16_777_215 }));

describe('a deposit’s reference', () => {
  it('is found whatever stands around and between it', () => {
    const dressed = fc.record({
      seat,
      gap: fc.constantFrom('', ' ', '-', '.', ' / '),
      before: fc.constantFrom('', 'ZELLE FROM ROSA ', 'WEST STREET; ', 'inv 4711 '),
      after: fc.constantFrom('', ' thanks', ', rent'),
      isLower: fc.boolean(),
    });
    fc.assert(
      fc.property(dressed, ({ seat: of, gap, before, after, isLower }) => {
        const text = before + depositReferenceOf(of).replaceAll('-', gap) + after;
        const { seats } = seatsNamedIn(isLower ? text.toLowerCase() : text);
        // A long one without gaps may hold a shorter one: then nobody is named rather than the wrong one.
        assert.deepEqual(seats, of > 9999 && gap === '' && seats.length === 0 ? [] : [of]);
      }),
      { numRuns: 5000 },
    );
  });

  it('with one wrong figure, or two that changed places, names nobody', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(5), fc.integer({ min: 1, max: 9 }), (of, at, by) => {
        const figures = depositReferenceOf(of).replace(/\D/g, '');
        const wrong = figures.slice(0, at) + ((Number(figures[at]) + by) % 10) + figures.slice(at + 1);
        assert.deepEqual(seatsNamedIn(`ST${wrong}`), { seats: [], isSpoilt: true });
        const [a, b] = [figures[at]!, figures[at + 1] ?? figures[at]!];
        if (a === b) return;
        const turned = figures.slice(0, at) + b + a + figures.slice(at + 2);
        assert.deepEqual(seatsNamedIn(`ST${turned}`), { seats: [], isSpoilt: true });
      }),
    );
  });

  it('is read as people and scanners write it', () => {
    assert.deepEqual(seatsNamedIn('st-OOO7-77').seats, [7]);
    assert.deepEqual(seatsNamedIn('ST: 0007 77 2026').seats, [7]);
    assert.deepEqual(seatsNamedIn('STOOP 2026').seats, []);
    assert.deepEqual(seatsNamedIn('').seats, []);
  });
});

describe('whose money a line is', () => {
  const find = createMatcher([
    { seat: 7, name: 'Ana Lucía Peña' },
    { seat: 8, name: 'Ana Peña Soto' },
    { seat: 9, name: 'Cher' },
  ]);
  const line = (payee: string, memo = '', amountMicros = 5_000_000) =>
    find({ bookedOn: '2026-11-21', amountMicros, payee, memo });

  it('is decided by one whole reference alone', () => {
    assert.deepEqual(line('SOMEBODY', 'ST-0007-77'), { seat: 7, candidates: [] });
    assert.deepEqual(line('ANA PENA', 'ST-0007-77 or ST-0008-74'), { candidates: [7, 8], note: 'several_references' });
    assert.deepEqual(line('ANA PENA', 'ST-0007-78'), { candidates: [7, 8], note: 'spoilt_reference' });
    assert.deepEqual(line('X', depositReferenceOf(500)), { candidates: [], note: 'unknown_reference' });
  });

  it('is only suggested by a name', () => {
    assert.deepEqual(line('PENA LUCIA ANA'), { candidates: [7, 8], note: 'name_only' });
    assert.deepEqual(line('CHER'), { candidates: [9], note: 'name_only' });
    assert.deepEqual(line('ANA'), { candidates: [], note: 'no_reference' });
  });

  it('is nobody’s when it went out', () => {
    assert.deepEqual(line('ANA PENA', 'ST-0007-77', -1), { candidates: [] });
  });
});
