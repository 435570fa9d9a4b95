import { Transaction } from 'ethers';
import { NodeError } from '../../../test/support/rpc-endpoint.ts';

/** A transaction that a node has taken and no block holds yet. */
export interface Waiting {
  readonly raw: string;
  readonly hash: string;
  readonly from: string;
  readonly nonce: number;
  readonly to: string;
  readonly data: string;
  readonly maxFeeWei: bigint;
  readonly tipWei: bigint;
  /** No block below this height takes it. */
  fromHeight: number;
}

/** What waits to be mined, by sender and nonce, with the rules of common nodes. */
export interface Pool {
  /** Takes it. Throws `NodeError` as nodes word it: nonce too low, already known, underpriced. */
  add(raw: string, usedNonces: number, fromHeight: number): Waiting;
  /** Back from a block that is no more. */
  putBack(one: Waiting, fromHeight: number): void;
  drop(hash: string): void;
  find(hash: string): Waiting | undefined;
  all(): readonly Waiting[];
  of(from: string): readonly Waiting[];
}

/** Nodes ask for so much more before they replace a transaction: a tenth. */
const isBump = (before: bigint, after: bigint): boolean => after * 10n >= before * 11n;

export const readTransaction = (raw: string, fromHeight = 0): Waiting => {
  const { hash, from, nonce, to, data, maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(raw);
  return {
    raw,
    hash: hash!,
    from: from!.toLowerCase(),
    nonce,
    to: to?.toLowerCase() ?? '',
    data,
    maxFeeWei: maxFeePerGas ?? 0n,
    tipWei: maxPriorityFeePerGas ?? 0n,
    fromHeight,
  };
};

export function createPool(): Pool {
  const waiting = new Map<string, Waiting>();
  const keyOf = ({ from, nonce }: Waiting) => `${from}/${nonce}`;
  const byNonce = (one: Waiting, other: Waiting) => one.nonce - other.nonce;

  return {
    add(raw, usedNonces, fromHeight) {
      const one = readTransaction(raw, fromHeight);
      if (one.nonce < usedNonces)
        throw new NodeError(-32000, `nonce too low: next nonce ${usedNonces}, tx nonce ${one.nonce}`);
      const before = waiting.get(keyOf(one));
      if (before?.hash === one.hash) throw new NodeError(-32000, 'already known');
      if (before && !(isBump(before.maxFeeWei, one.maxFeeWei) && isBump(before.tipWei, one.tipWei)))
        throw new NodeError(-32000, 'replacement transaction underpriced');
      waiting.set(keyOf(one), one);
      return one;
    },
    putBack(one, fromHeight) {
      if (!waiting.has(keyOf(one))) waiting.set(keyOf(one), { ...one, fromHeight });
    },
    drop(hash) {
      for (const [key, one] of waiting) if (one.hash === hash) waiting.delete(key);
    },
    find: (hash) => [...waiting.values()].find((one) => one.hash === hash),
    all: () => [...waiting.values()].sort(byNonce),
    of: (from) => [...waiting.values()].filter((one) => one.from === from).sort(byNonce),
  };
}
