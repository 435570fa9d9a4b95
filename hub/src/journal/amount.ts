import { fail } from '../platform/errors.ts';
import type { Micros } from '../platform/ports/index.ts';

/** Checks an amount at the edge: a whole, positive number of micro-units that JSON keeps exactly. */
export function positiveMicros(value: number, field: string): Micros {
  if (!Number.isSafeInteger(value) || value <= 0) throw fail('amount_invalid', { field });
  return value as Micros;
}

/** `units × unitPriceMicros`, multiplied without loss. Throws `amount_invalid` when the product is too large. */
export function timesUnits(unitPriceMicros: number, units: number, field: string): Micros {
  const product = BigInt(unitPriceMicros) * BigInt(units);
  if (product > BigInt(Number.MAX_SAFE_INTEGER)) throw fail('amount_invalid', { field });
  return positiveMicros(Number(product), field);
}
