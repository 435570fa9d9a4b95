import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createFrameMeter } from './frame-meter.ts';

/** Remaining length as the standard writes it (MQTT 3.1.1, table 2.4). */
function frame(length: number): Uint8Array {
  const head = [0x30];
  let rest = length;
  do {
    head.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Uint8Array.from([...head, ...new Uint8Array(length).fill(0xff)]);
}

describe('frame meter', () => {
  it('gives the same verdict however the bytes are cut', () => {
    const limit = 300;
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 320 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        (lengths, cuts) => {
          const bytes = Buffer.concat(lengths.map(frame));
          const accepts = createFrameMeter(limit);
          let isAccepted = true;
          for (let at = 0, index = 0; at < bytes.length && isAccepted; index++) {
            const size = cuts[index % cuts.length]!;
            isAccepted = accepts(bytes.subarray(at, at + size));
            at += size;
          }
          assert.equal(
            isAccepted,
            lengths.every((length) => length <= limit),
          );
        },
      ),
    );
  });

  it('refuses a length of five bytes, which the standard does not have', () => {
    const accepts = createFrameMeter(300_000_000);
    assert.equal(accepts(Uint8Array.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80])), false);
  });
});
