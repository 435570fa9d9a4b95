import type { Attempt, AttemptVersion, Hex } from '../platform/ports/index.ts';
import type { Fees } from './gas.ts';
import type { RelayerKey } from './relayer-key.ts';

export interface Unsigned {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: Hex;
  readonly data: Hex;
  readonly gasLimit: bigint;
  readonly fees: Fees;
}

/** The exact bytes of an EIP-1559 transaction. A replacement is the same with higher fees, never another nonce. */
export async function signTransaction(
  key: RelayerKey,
  { fees, ...rest }: Unsigned,
): Promise<{ payload: Hex; locator: Hex }> {
  const { Transaction } = await import('ethers/transaction');
  const transaction = Transaction.from({ type: 2, ...rest, ...fees });
  transaction.signature = await key.sign(transaction.unsignedHash as Hex);
  return { payload: transaction.serialized as Hex, locator: transaction.hash as Hex };
}

/** What those bytes say, and who signed them: the key may have been changed since. */
export async function readTransaction(payload: Hex): Promise<Unsigned & { readonly from: Hex }> {
  const { Transaction } = await import('ethers/transaction');
  const { chainId, nonce, to, data, gasLimit, maxFeePerGas, maxPriorityFeePerGas, from } = Transaction.from(payload);
  return {
    chainId: Number(chainId),
    nonce,
    to: to!.toLowerCase() as Hex,
    data: data as Hex,
    gasLimit,
    fees: { maxFeePerGas: maxFeePerGas!, maxPriorityFeePerGas: maxPriorityFeePerGas! },
    from: from!.toLowerCase() as Hex,
  };
}

/** Newest first: that one is most likely to have landed. */
export const versionsOf = (attempt: Attempt): AttemptVersion[] => [attempt, ...[...(attempt.earlier ?? [])].reverse()];
