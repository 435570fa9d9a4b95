import { hkdfSync, randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U, so that print and handwriting read one way only. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const dataLength = 26;
const groups = /.{4}/g;

/** 128 random bits for a recovery code. */
export function createRecoverySecret(): Uint8Array {
  return randomBytes(16);
}

/** 28 signs in 7 groups of four: 128 bits, two zero bits, two check signs. */
export function printRecoveryCode(secret: Uint8Array): string {
  let bits = BigInt(`0x${Buffer.from(secret).toString('hex')}`) << 2n;
  const symbols: number[] = [];
  for (let i = 0; i < dataLength; i++, bits >>= 5n) symbols.unshift(Number(bits & 31n));
  const code = [...symbols, ...checkSymbols(symbols)].map((symbol) => alphabet[symbol]).join('');
  return code.match(groups)!.join('-');
}

/** The 16 bytes of a typed code, or undefined when it is mistyped. Case, spaces, hyphens, O for 0, I and L for 1 are forgiven. */
export function parseRecoveryCode(typed: string): Uint8Array | undefined {
  const symbols = [...plainCode(typed)].map((sign) => alphabet.indexOf(sign));
  if (symbols.length !== dataLength + 2 || symbols.includes(-1)) return undefined;
  const data = symbols.slice(0, dataLength);
  const [first, second] = checkSymbols(data);
  if (first !== symbols[dataLength] || second !== symbols[dataLength + 1]) return undefined;
  const bits = data.reduce((sum, symbol) => (sum << 5n) | BigInt(symbol), 0n);
  if (bits & 3n) return undefined;
  return new Uint8Array(Buffer.from((bits >> 2n).toString(16).padStart(32, '0'), 'hex'));
}

/** By what the hub finds a member's wrap from the code alone; says nothing about the code. */
export function recoveryLookup(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), 'stoop recovery lookup v1', 16));
}

/** As typed → the alphabet's signs; also for the short codes of kiosks and claims. */
export function plainCode(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[\s\-‐–—]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
}

/** `length` random signs of the alphabet in groups of four; 5 bits each. */
export function createShortCode(length: number): string {
  const signs = [...randomBytes(length)].map((byte) => alphabet[byte & 31]).join('');
  return signs.match(groups)!.join('-');
}

/**
 * Reed–Solomon over GF(32) (x⁵+x²+1) with the roots 1 and α: any one or two wrong signs, and any two exchanged ones, are
 * seen. The remainder of the division by (x+1)(x+α) = x² + (1+α)x + α.
 */
function checkSymbols(symbols: readonly number[]): [number, number] {
  let high = 0;
  let low = 0;
  for (const symbol of symbols) {
    const lead = symbol ^ high;
    const leadAlpha = timesAlpha(lead);
    high = low ^ lead ^ leadAlpha;
    low = leadAlpha;
  }
  return [high, low];
}

const timesAlpha = (symbol: number): number => ((symbol << 1) & 31) ^ (symbol & 16 ? 0b00101 : 0);
