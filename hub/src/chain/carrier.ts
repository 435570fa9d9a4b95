import { fail } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Attempt, Call, Carrier, Hex, Reads } from '../platform/ports/index.ts';
import type { Codec } from './codec.ts';
import { type Connection, type Header, quantity } from './connection.ts';
import { addressOf, refusal } from './reads.ts';
import type { RelayerKey } from './relayer-key.ts';
import { LineError, type Rpc, RpcError } from './rpc.ts';

interface CarrierDeps {
  readonly rpc: Rpc;
  readonly codec: Codec;
  readonly connection: Connection;
  readonly reads: Reads;
  readonly key: RelayerKey;
  readonly log: Log;
}

export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

interface Receipt {
  readonly status: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly gasUsed: Hex;
}

/** Filecoin keeps at most this many of one sender behind a gap; more would be dropped silently. */
const inFlightMax = 4;

/** Sends by JSON-RPC what the hub's relayer key signed. Holds no state: what was tried is the outbox's to keep. */
export function createCarrier(deps: CarrierDeps): Carrier {
  const { rpc, codec, connection, reads, key, log } = deps;

  const count = async (address: Hex, at: string) =>
    quantity(await rpc.call<Hex>('eth_getTransactionCount', [address, at]));

  /** Twice the base fee outlasts six full blocks in a row (EIP-1559: at most 12.5 % more per block). */
  async function currentFees(): Promise<Fees> {
    const head = await rpc.call<Header & { baseFeePerGas?: Hex }>('eth_getBlockByNumber', ['latest', false]);
    const baseFee = BigInt(head.baseFeePerGas ?? '0x0');
    const tip = BigInt(await rpc.call<Hex>('eth_maxPriorityFeePerGas'));
    return { maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip };
  }

  /** A quarter above the estimate: FEVM under-estimates, and burns what is asked for far beyond need. */
  async function gasLimitFor(call: Call, request: { from: Hex; to: Hex; data: Hex }): Promise<bigint> {
    try {
      return (BigInt(await rpc.call<Hex>('eth_estimateGas', [request])) * 5n) / 4n;
    } catch (error) {
      throw await refusal(codec, call, error);
    }
  }

  async function nextNonce(from: Hex, highestNonce: number): Promise<number> {
    const nonce = Math.max(highestNonce + 1, await count(from, 'pending'));
    if (nonce - (await count(from, 'latest')) >= inFlightMax) throw fail('busy', { seconds: 30 });
    return nonce;
  }

  async function prepare(call: Call, used: { highestNonce: number }) {
    const deployment = connection.ready();
    const to = addressOf(deployment, call.contract);
    const [data, from] = await Promise.all([codec.encode(call), key.address()]);
    if ((await rpc.call<Hex>('eth_getCode', [to, 'latest'])) === '0x') {
      throw fail('chain_mismatch', { what: `there is no ${call.contract} at ${to}` });
    }
    const gasLimit = await gasLimitFor(call, { from, to, data });
    const fees = await currentFees();
    const senderNonce = await nextNonce(from, used.highestNonce);
    const signed = await signTransaction(key, {
      chainId: deployment.chainId,
      nonce: senderNonce,
      to,
      data,
      gasLimit,
      fees,
    });
    return { ...signed, senderNonce, costWei: gasLimit * fees.maxFeePerGas };
  }

  async function perform({ payload, locator, senderNonce }: Attempt): Promise<void> {
    connection.ready();
    try {
      await rpc.call('eth_sendRawTransaction', [payload]);
    } catch (error) {
      if (error instanceof LineError && error.kind === 'unanswered') {
        log.info({ locator, reason: error.message }, 'sent, and no answer: only a look at the chain can tell');
        return;
      }
      if (!(error instanceof RpcError)) throw error;
      // Nodes word it in many ways (already known, nonce too low); whether it got there is asked, not guessed.
      const isKnown = (await rpc.call('eth_getTransactionByHash', [locator])) !== null;
      if (isKnown || (await count(await senderOf(payload), 'latest')) > senderNonce) return;
      throw fail('chain_refused', { what: 'a transaction', reason: error.message }, error);
    }
  }

  const receiptOf = (locator: string) => rpc.call<Receipt | null>('eth_getTransactionReceipt', [locator]);

  async function probe({ payload, locator, senderNonce }: Attempt): ReturnType<Carrier['probe']> {
    connection.ready();
    let receipt = await receiptOf(locator);
    if (!receipt) {
      if ((await count(await senderOf(payload), 'finalized')) <= senderNonce) return { outcome: 'unknown' };
      // Its nonce is used for good. Asked again, since it may have been ours a moment ago.
      receipt = await receiptOf(locator);
      if (!receipt) return { outcome: 'gone' };
    }
    const mined = { gasUsed: quantity(receipt.gasUsed), blockNumber: quantity(receipt.blockNumber) };
    if (!(await isFinal(receipt))) return { outcome: 'mined', ...mined };
    return { outcome: quantity(receipt.status) === 1 ? 'final' : 'failed', ...mined };
  }

  async function isFinal(receipt: Receipt): Promise<boolean> {
    const final = await connection.finalized();
    if (!final || quantity(final.number) < quantity(receipt.blockNumber)) return false;
    const block = await rpc.call<Header | null>('eth_getBlockByNumber', [receipt.blockNumber, false]);
    return block?.hash === receipt.blockHash;
  }

  async function unavailable(): Promise<string | undefined> {
    const { isOnline, fault, waitingFor } = connection.state();
    if (fault) return fault.message;
    if (waitingFor === 'deployment') return 'This building has no contracts on a chain yet.';
    if (!isOnline) return fail('chain_offline').message;
    const address = await key.address();
    try {
      const balance = BigInt(await rpc.call<Hex>('eth_getBalance', [address, 'latest']));
      return balance > 0n ? undefined : `The hub cannot pay for transactions: ${address} is empty.`;
    } catch (error) {
      if (error instanceof RpcError) return error.message;
      if (!(error instanceof LineError)) throw error;
      connection.noticed(error);
      return fail('chain_offline').message;
    }
  }

  /** Whatever the line did, callers meet the catalogue's errors only. */
  const told =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await work(...args);
      } catch (error) {
        if (error instanceof RpcError)
          throw fail('chain_refused', { what: error.method, reason: error.message }, error);
        throw connection.noticed(error);
      }
    };

  const sender = key.address;
  return {
    name: 'chain',
    sender,
    prepare: told(prepare),
    perform: told(perform),
    probe: told(probe),
    unavailable,
    reads,
  };
}

interface Unsigned {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: Hex;
  readonly data: Hex;
  readonly gasLimit: bigint;
  readonly fees: Fees;
}

/** The exact bytes of an EIP-1559 transaction. A replacement is the same with higher fees, never another nonce. */
async function signTransaction(key: RelayerKey, { fees, ...rest }: Unsigned): Promise<{ payload: Hex; locator: Hex }> {
  const { Transaction } = await import('ethers/transaction');
  const transaction = Transaction.from({ type: 2, ...rest, ...fees });
  transaction.signature = await key.sign(transaction.unsignedHash as Hex);
  return { payload: transaction.serialized as Hex, locator: transaction.hash as Hex };
}

/** Who signed those bytes: the key may have been changed since. */
async function senderOf(payload: Hex): Promise<Hex> {
  const { Transaction } = await import('ethers/transaction');
  return Transaction.from(payload).from!.toLowerCase() as Hex;
}
