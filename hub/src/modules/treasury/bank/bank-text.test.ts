import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decode, oneLine, parseAmount, parseDay } from './bank-text.ts';

describe('a bank’s words', () => {
  it('are amounts to the cent, as banks write them', () => {
    const us: [string, number | undefined][] = [
      ['1,234.50', 1_234_500_000],
      ['$25', 25_000_000],
      ['-12.00', -12_000_000],
      ['(12.00)', -12_000_000],
      ['12.00-', -12_000_000],
      ['\u221212.00', -12_000_000],
      ['12.00 DR', -12_000_000],
      ['12.00 CR', 12_000_000],
      ['.5', 500_000],
      ['0.000001', 1],
      ['+1,000,000.01', 1_000_000_010_000],
      ['1.234,50', undefined],
      ['1,23.50', undefined],
      ['--1', undefined],
      ['(1', undefined],
      ['1.0000001', undefined],
      ['9,007,199,255.00', undefined],
      ['', undefined],
      ['n/a', undefined],
      ['1e3', undefined],
    ];
    for (const [text, micros] of us) assert.equal(parseAmount(text, '.'), micros, text);
    assert.equal(parseAmount('1.234,50', ','), 1_234_500_000);
    assert.equal(parseAmount('1 234,5 €', ','), 1_234_500_000);
    assert.equal(parseAmount('1,234.50', ','), undefined);
  });

  it('lose nothing of any amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e14, max: 1e14 }), (cents) => {
        const size = String(Math.abs(cents)).padStart(3, '0');
        const text = `${cents < 0 ? '-' : ''}${size.slice(0, -2)}.${size.slice(-2)}`;
        const micros = BigInt(cents) * 10_000n;
        const fits = (micros < 0n ? -micros : micros) <= BigInt(Number.MAX_SAFE_INTEGER);
        assert.equal(parseAmount(text, '.'), fits ? Number(micros) : undefined);
      }),
    );
  });

  it('are days that exist', () => {
    assert.equal(parseDay('11/21/2026', 'mdy'), '2026-11-21');
    assert.equal(parseDay('1/2/26', 'mdy'), '2026-01-02');
    assert.equal(parseDay('21.11.2026', 'dmy'), '2026-11-21');
    assert.equal(parseDay('2026-11-21T10:00:00', 'ymd'), '2026-11-21');
    assert.equal(parseDay('20261121', 'ymd'), '2026-11-21');
    for (const wrong of ['2026-02-29', '2026-13-01', '21/11/2026', 'today', '', '2026-11'])
      assert.equal(parseDay(wrong, wrong.startsWith('21') ? 'mdy' : 'ymd'), undefined, wrong);
    assert.equal(parseDay('2028-02-29', 'ymd'), '2028-02-29');
  });

  it('are read in the letters they were written in, without what hides in them', () => {
    assert.equal(decode(Buffer.from('Peña', 'utf8')), 'Peña');
    assert.equal(decode(Buffer.from([0x50, 0x65, 0xf1, 0x61])), 'Peña');
    assert.equal(decode(Buffer.from('\uFEFFPeña', 'utf16le')), 'Peña');
    assert.equal(oneLine(' A\u0000\u202eB\r\n  C '), 'A B C');
    assert.equal(oneLine('A\u007fB\u0085C'), 'A B C');
  });
});
