import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  createRecoverySecret,
  createShortCode,
  parseRecoveryCode,
  plainCode,
  printRecoveryCode,
  recoveryLookup,
} from './recovery-code.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const secrets = fc.uint8Array({ minLength: 16, maxLength: 16 });
const signs = fc.nat({ max: 27 });
const put = (code: string, at: number, sign: string): string => code.slice(0, at) + sign + code.slice(at + 1);

describe('recovery code', () => {
  it('reads back what it printed, however it is typed', () => {
    fc.assert(
      fc.property(secrets, fc.boolean(), fc.constantFrom('', ' ', '-', ' - '), (secret, isLower, gap) => {
        const printed = printRecoveryCode(secret);
        assert.match(printed, /^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
        const spoken = printed.replaceAll('-', gap).replaceAll('0', 'O').replaceAll('1', 'l');
        assert.deepEqual(parseRecoveryCode(isLower ? spoken.toLowerCase() : spoken), secret);
      }),
    );
  });

  it('prints the known code of a known secret', () => {
    // Worked out by hand over GF(32): only the last data sign is 4 (1 << 2), so the check is 4·x² mod (x²+3x+2): 4·3, 4·2.
    const one = new Uint8Array(16);
    one[15] = 1;
    assert.equal(printRecoveryCode(one), '0000-0000-0000-0000-0000-0000-04C8');
    assert.equal(printRecoveryCode(new Uint8Array(16)), '0000-0000-0000-0000-0000-0000-0000');
  });

  it('refuses every single wrong sign, in every place', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const code = plainCode(printRecoveryCode(secret));
        for (let at = 0; at < code.length; at++) {
          for (const sign of alphabet) {
            if (sign !== code[at]) assert.equal(parseRecoveryCode(put(code, at, sign)), undefined);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('refuses two wrong signs, and two exchanged ones', () => {
    fc.assert(
      fc.property(secrets, signs, signs, fc.nat({ max: 30 }), fc.nat({ max: 30 }), (secret, a, b, first, second) => {
        fc.pre(a !== b);
        const code = plainCode(printRecoveryCode(secret));
        const other = (at: number, step: number) => alphabet[(alphabet.indexOf(code[at]!) + 1 + step) % 32]!;
        const twoWrong = put(put(code, a, other(a, first)), b, other(b, second));
        assert.equal(parseRecoveryCode(twoWrong), undefined);
        const exchanged = put(put(code, a, code[b]!), b, code[a]!);
        if (exchanged !== code) assert.equal(parseRecoveryCode(exchanged), undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses other lengths and signs outside the alphabet', () => {
    const code = printRecoveryCode(createRecoverySecret());
    for (const typed of ['', code.slice(1), `${code}0`, put(code, 0, 'U'), put(code, 0, '*')]) {
      assert.equal(parseRecoveryCode(typed), undefined);
    }
  });

  it('is looked up by something that is the same for the same code only', () => {
    const secret = createRecoverySecret();
    assert.deepEqual(recoveryLookup(secret), recoveryLookup(Uint8Array.from(secret)));
    assert.notDeepEqual(recoveryLookup(secret), recoveryLookup(createRecoverySecret()));
    assert.notDeepEqual(recoveryLookup(secret), secret);
  });

  it('makes short codes in groups of four', () => {
    assert.match(createShortCode(8), /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.notEqual(createShortCode(12), createShortCode(12));
  });
});
