import type { Hex } from '../platform/ports/index.ts';
import { concat, keccak, toHex, uintBytes, uuidBytes } from './bytes.ts';
import { compactSignature } from './keys.ts';
import { spendMode } from './messages.ts';

/** One signed spend as the token reads it. `amount` is what is taken, at most `maxAmount`. */
export interface SpendItem {
  readonly seat: number;
  readonly amount: number;
  readonly maxAmount: number;
  readonly revision: number;
  readonly validUntil: number;
  readonly signature: Hex;
}

const bySeat = (a: SpendItem, b: SpendItem): number => a.seat - b.seat;

/**
 * The token's packed list, strictly ascending by seat: 84 bytes an item in *exact* mode
 * (seat u24 | amount u64 | revision u32 | validUntil u40 | r | yParityAndS), 92 in *at most* (maxAmount u64 after amount).
 */
export function packSpendItems(items: readonly SpendItem[], mode: number): Hex {
  return toHex(
    concat(
      ...[...items]
        .sort(bySeat)
        .map((item) =>
          concat(
            uintBytes(item.seat, 3),
            uintBytes(item.amount, 8),
            mode === spendMode.atMost ? uintBytes(item.maxAmount, 8) : new Uint8Array(0),
            uintBytes(item.revision, 4),
            uintBytes(item.validUntil, 5),
            compactSignature(item.signature),
          ),
        ),
    ),
  );
}

/** What a `Closing` fixes: `keccak256(seat u24 | amount u64 …)`, ascending by seat. */
export function itemsHash(items: readonly Pick<SpendItem, 'seat' | 'amount'>[]): Hex {
  const sorted = [...items].sort((a, b) => a.seat - b.seat);
  return toHex(keccak(concat(...sorted.map((item) => concat(uintBytes(item.seat, 3), uintBytes(item.amount, 8))))));
}

/** The chain's name of a thing of this building: `keccak256(hubId ‖ keccak256(noun) ‖ id)`. */
export function subjectOf(hubId: Hex, noun: string, id: string): Hex {
  return toHex(keccak(uintBytes(hubId, 32), keccak(noun), uuidBytes(id)));
}
