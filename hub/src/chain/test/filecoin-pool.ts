import { Transaction } from 'ethers/transaction';
import { NodeError } from '../../../test/support/rpc-endpoint.ts';
import type { Hex } from '../../platform/ports/index.ts';

/** A message that waits for its epoch. */
export interface Waiting {
  readonly raw: Hex;
  readonly hash: Hex;
  readonly from: Hex;
  readonly nonce: number;
  readonly feeCapWei: bigint;
  readonly premiumWei: bigint;
}

/** The rules by which a Filecoin node takes messages (messagepool of Lotus). */
export const poolRules = {
  messageMaxBytes: 64 * 1024,
  nonceGapMax: 4,
  pendingMax: 10,
  /** A replacement pays this much more premium, in hundredths. */
  replacementPercent: 125n,
};

/** What waits, by sender and nonce. `NodeError`s carry the code that Lotus gives every one of them. */
export class FilecoinPool {
  readonly #waiting = new Map<Hex, Map<number, Waiting>>();

  /** Takes one in, or throws why not. `stateNonce`: the sender's next nonce on chain. */
  add(raw: Hex, stateNonce: (from: Hex) => number): Hex {
    if ((raw.length - 2) / 2 > poolRules.messageMaxBytes) throw refusal('message too big');
    const message = parse(raw);
    const { from, nonce, hash, premiumWei } = message;
    const own = this.#waiting.get(from) ?? new Map<number, Waiting>();
    const next = this.#next(own, stateNonce(from));
    if (nonce < stateNonce(from)) throw refusal(`minimum expected nonce is ${stateNonce(from)}: message nonce too low`);
    if (nonce > next + poolRules.nonceGapMax) throw refusal('unfulfilled nonce gap');
    const there = own.get(nonce);
    if (there?.hash === hash) throw refusal('message with nonce already exists');
    if (there && premiumWei < (there.premiumWei * poolRules.replacementPercent) / 100n + 1n)
      throw refusal('replace by fee has too low GasPremium');
    if (!there && own.size >= poolRules.pendingMax) throw refusal('too many pending messages for actor');
    own.set(nonce, message);
    this.#waiting.set(from, own);
    return hash;
  }

  /** The nonce after those that wait without a gap. */
  nextNonce(from: Hex, stateNonce: number): number {
    return this.#next(this.#waiting.get(from) ?? new Map(), stateNonce);
  }

  find(hash: string): Waiting | undefined {
    return this.all().find((message) => message.hash === hash);
  }

  all(): Waiting[] {
    return [...this.#waiting.values()].flatMap((own) => [...own.values()]);
  }

  /** What an epoch can take at this base fee, each sender's in order, and nothing behind a gap. */
  ready(baseFeeWei: bigint, stateNonce: (from: Hex) => number): Waiting[] {
    return [...this.#waiting].flatMap(([from, own]) => {
      const taken: Waiting[] = [];
      for (let nonce = stateNonce(from); own.get(nonce) && own.get(nonce)!.feeCapWei >= baseFeeWei; nonce++)
        taken.push(own.get(nonce)!);
      return taken;
    });
  }

  /** Gone from the pool: in a block, or lost. Others at the same place stay. */
  remove({ from, nonce, hash }: Waiting): void {
    const own = this.#waiting.get(from);
    if (own?.get(nonce)?.hash === hash) own.delete(nonce);
  }

  /** Back from a block that was reorganised away; no rule applies to what was taken once. */
  putBack(message: Waiting): void {
    const own = this.#waiting.get(message.from) ?? new Map<number, Waiting>();
    own.set(message.nonce, message);
    this.#waiting.set(message.from, own);
  }

  /** What lies below the chain's nonce can never be taken. */
  prune(stateNonce: (from: Hex) => number): void {
    for (const [from, own] of this.#waiting)
      for (const nonce of own.keys()) if (nonce < stateNonce(from)) own.delete(nonce);
  }

  #next(own: ReadonlyMap<number, Waiting>, stateNonce: number): number {
    let next = stateNonce;
    while (own.has(next)) next += 1;
    return next;
  }
}

const refusal = (reason: string) => new NodeError(1, reason);

function parse(raw: Hex): Waiting {
  let transaction: Transaction;
  try {
    transaction = Transaction.from(raw);
  } catch {
    throw refusal('cannot be parsed as a signed transaction');
  }
  const { from, hash, nonce, maxFeePerGas, maxPriorityFeePerGas, gasPrice, type } = transaction;
  if (type !== 2 && type !== 0) throw refusal(`transactions of type ${type} are not taken`);
  return {
    raw,
    hash: hash as Hex,
    from: from!.toLowerCase() as Hex,
    nonce,
    feeCapWei: maxFeePerGas ?? gasPrice!,
    premiumWei: maxPriorityFeePerGas ?? gasPrice!,
  };
}
