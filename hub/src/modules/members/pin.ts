import { randomInt } from 'node:crypto';
import { fail } from '../../platform/errors.ts';

/** Throws `bad_request` for a PIN that is no 4 to 8 digits or among the first anybody would try. */
export function assertGoodPin(pin: string, field: 'pin' | 'newPin' = 'pin'): void {
  if (!/^[0-9]{4,8}$/.test(pin)) throw fail('bad_request', { field, rule: 'must be 4 to 8 digits' });
  if (isTrivial(pin)) throw fail('bad_request', { field, rule: 'is too easy to guess' });
}

/** Steps that never change (1111, 123456, 97531, 8901) or a pattern of up to half the length again and again (1212, 123123). */
function isTrivial(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = new Set(digits.slice(1).map((digit, i) => (digit - digits[i]! + 10) % 10));
  const repeats = (period: number) => digits.every((digit, i) => digit === digits[i % period]);
  return steps.size === 1 || [1, 2, 3, 4].some((period) => period * 2 <= pin.length && repeats(period));
}

/** A random PIN of six digits that is not among the easy ones. */
export function createPin(): string {
  for (;;) {
    const pin = String(randomInt(1_000_000)).padStart(6, '0');
    if (!isTrivial(pin)) return pin;
  }
}

const freeTries = 3;
const lockSeconds = [5, 30, 120, 300, 900] as const;

/** After the third wrong PIN in a row the pad rests: 5 s, 30 s, 2 min, 5 min, then always 15 min. Milliseconds. */
export function lockMs(failures: number): number {
  if (failures < freeTries) return 0;
  return lockSeconds[Math.min(failures - freeTries, lockSeconds.length - 1)]! * 1000;
}

/** Tries that remain before the pad rests. */
export const triesLeft = (failures: number): number => Math.max(0, freeTries - failures);
