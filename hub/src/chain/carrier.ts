import { fail } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Attempt, Call, Carrier, Hex, Prepared, Probed, Reads } from '../platform/ports/index.ts';
import type { Codec } from './codec.ts';
import { type Connection, type Header, quantity } from './connection.ts';
import { feesAt, gasLimitFor } from './gas.ts';
import type { Prices } from './prices.ts';
import { addressOf, refusal } from './reads.ts';
import type { RelayerKey } from './relayer-key.ts';
import { createReplacement } from './replacement.ts';
import { LineError, type Rpc, RpcError } from './rpc.ts';
import { readTransaction, signTransaction, versionsOf } from './transaction.ts';

interface CarrierDeps {
  readonly rpc: Rpc;
  readonly codec: Codec;
  readonly connection: Connection;
  readonly reads: Reads;
  readonly key: RelayerKey;
  readonly log: Log;
  readonly prices: Prices;
  readonly dailyCapWei?: bigint;
}

interface Receipt {
  readonly status: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly gasUsed: Hex;
  readonly effectiveGasPrice?: Hex;
}

/** Filecoin keeps at most this many of one sender behind a gap; more would be dropped silently. */
const inFlightMax = 4;

/** The largest message that Filecoin's pools take, less room for what stands around the data. Ethereum takes twice that. */
const messageMaxBytes = 64 * 1024;
const envelopeBytes = 512;

const awayWords = {
  line: fail('chain_offline').message,
  stale: 'The chain’s endpoints answer, but their newest block is old.',
  behind: 'The chain’s endpoints answer, but do not show yet what was final.',
} as const;

/** Said before anything is asked: the outbox then halves the batch. */
function assertCarriable({ contract, fn }: Call, data: Hex): void {
  const bytes = (data.length - 2) / 2 + envelopeBytes;
  if (bytes <= messageMaxBytes) return;
  const reason = `the message would be ${bytes} bytes, and at most ${messageMaxBytes} go at once`;
  throw fail('chain_refused', { what: `${contract}.${fn}`, reason });
}

/** Sends by JSON-RPC what the hub's relayer key signed. Holds no state: what was tried is the outbox's to keep. */
export function createCarrier(deps: CarrierDeps): Carrier {
  const { rpc, codec, connection, reads, key, log, prices } = deps;

  const count = async (address: Hex, at: string) =>
    quantity(await rpc.call<Hex>('eth_getTransactionCount', [address, at]));

  async function estimated(call: Call) {
    const deployment = connection.ready();
    const to = addressOf(deployment, call.contract);
    const [data, from] = await Promise.all([codec.encode(call), key.address()]);
    assertCarriable(call, data);
    if ((await rpc.call<Hex>('eth_getCode', [to, 'latest'])) === '0x') {
      throw fail('chain_mismatch', { what: `there is no ${call.contract} at ${to}` });
    }
    try {
      const gas = BigInt(await rpc.call<Hex>('eth_estimateGas', [{ from, to, data }]));
      return { chainId: deployment.chainId, from, to, data, gas, price: await prices.now() };
    } catch (error) {
      throw await refusal(codec, call, error);
    }
  }

  async function nextNonce(from: Hex, highestNonce: number): Promise<number> {
    const nonce = Math.max(highestNonce + 1, await count(from, 'pending'));
    if (nonce - (await count(from, 'latest')) >= inFlightMax) throw fail('busy', { seconds: 30 });
    return nonce;
  }

  async function prepare(call: Call, used: { highestNonce: number }): Promise<Prepared> {
    const { chainId, from, to, data, gas, price } = await estimated(call);
    const [gasLimit, fees] = [gasLimitFor(gas), feesAt(price)];
    const senderNonce = await nextNonce(from, used.highestNonce);
    const signed = await signTransaction(key, { chainId, nonce: senderNonce, to, data, gasLimit, fees });
    const likelyWei = gas * (price.baseWei + price.tipWei);
    return { ...signed, senderNonce, costWei: gasLimit * fees.maxFeePerGas, likelyWei };
  }

  async function quote(call: Call) {
    const { gas, price } = await estimated(call);
    return { gas, costWei: gas * (price.baseWei + price.tipWei) };
  }

  async function perform(attempt: Attempt): Promise<void> {
    const { payload, locator, senderNonce } = attempt;
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
      for (const version of versionsOf(attempt)) {
        if ((await rpc.call('eth_getTransactionByHash', [version.locator])) !== null) return;
      }
      if ((await count((await readTransaction(payload)).from, 'latest')) > senderNonce) return;
      throw fail('chain_refused', { what: 'a transaction', reason: error.message }, error);
    }
  }

  /** Of whichever version has one. */
  async function receiptOf(attempt: Attempt): Promise<{ locator: string; receipt: Receipt } | undefined> {
    for (const { locator } of versionsOf(attempt)) {
      const receipt = await rpc.call<Receipt | null>('eth_getTransactionReceipt', [locator]);
      if (receipt) return { locator, receipt };
    }
    return undefined;
  }

  async function probe(attempt: Attempt): Promise<Probed> {
    connection.ready();
    let found = await receiptOf(attempt);
    if (!found) {
      const { from } = await readTransaction(attempt.payload);
      if ((await count(from, 'finalized')) <= attempt.senderNonce) return { outcome: 'unknown' };
      // Its nonce is used for good. Asked again, since it may have been ours a moment ago.
      found = await receiptOf(attempt);
      if (!found) return { outcome: 'gone' };
    }
    const { locator, receipt } = found;
    const gasUsed = quantity(receipt.gasUsed);
    const paidWei = receipt.effectiveGasPrice && BigInt(gasUsed) * BigInt(receipt.effectiveGasPrice);
    const mined = { locator, gasUsed, ...(paidWei && { paidWei }), blockNumber: quantity(receipt.blockNumber) };
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
    const { isOnline, fault, waitingFor, offlineBecause = 'line' } = connection.state();
    if (fault) return fault.message;
    if (waitingFor === 'deployment') return 'This building has no contracts on a chain yet.';
    if (!isOnline) return awayWords[offlineBecause];
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

  const { replace, cancel, fillGap } = createReplacement({ rpc, connection, prices, key });
  return {
    name: 'chain',
    inFlightMax,
    dailyCapWei: deps.dailyCapWei,
    sender: key.address,
    prepare: told(prepare),
    perform: told(perform),
    probe: told(probe),
    quote: told(quote),
    isCheap: prices.isCheap,
    replace: told(replace),
    cancel: told(cancel),
    fillGap: told(fillGap),
    unavailable,
    reads,
  };
}
