import type { Attempt, Carrier, Hex, Prepared } from '../platform/ports/index.ts';
import type { Connection } from './connection.ts';
import { quantity } from './connection.ts';
import { bumped, type Fees, feesAt, gasLimitFor, isPoor, isRich } from './gas.ts';
import type { Prices } from './prices.ts';
import type { RelayerKey } from './relayer-key.ts';
import type { Rpc } from './rpc.ts';
import { readTransaction, signTransaction, type Unsigned, versionsOf } from './transaction.ts';

interface ReplacementDeps {
  readonly rpc: Rpc;
  readonly connection: Connection;
  readonly prices: Prices;
  readonly key: RelayerKey;
}

type Repairs = Required<Pick<Carrier, 'replace' | 'cancel' | 'fillGap'>>;

/** Further bytes for a place that is taken already, or that nothing takes: never another nonce for what has one. */
export function createReplacement({ rpc, connection, prices, key }: ReplacementDeps): Repairs {
  const count = async (at: string) =>
    quantity(await rpc.call<Hex>('eth_getTransactionCount', [await key.address(), at]));
  const isKnown = async (locator: string) => (await rpc.call('eth_getTransactionByHash', [locator])) !== null;

  async function sign(unsigned: Unsigned): Promise<Prepared> {
    const signed = await signTransaction(key, unsigned);
    const { gasLimit, fees, nonce } = unsigned;
    return { ...signed, senderNonce: nonce, costWei: gasLimit * fees.maxFeePerGas };
  }

  /** The highest that any version offered: a pool compares with the one that it holds. */
  async function offered(attempt: Attempt): Promise<Fees> {
    const all = await Promise.all(
      versionsOf(attempt).map(async ({ payload }) => (await readTransaction(payload)).fees),
    );
    const highest = (of: (fees: Fees) => bigint) => all.map(of).reduce((a, b) => (a > b ? a : b));
    return {
      maxFeePerGas: highest((fees) => fees.maxFeePerGas),
      maxPriorityFeePerGas: highest((fees) => fees.maxPriorityFeePerGas),
    };
  }

  async function replace(attempt: Attempt): Promise<Prepared | undefined> {
    connection.ready();
    const { from, ...own } = await readTransaction(attempt.payload);
    // Signed with a former key, or no longer the next one: nothing that we sign can help it.
    if (from !== (await key.address()) || (await count('latest')) !== own.nonce) return undefined;
    const price = await prices.now();
    const before = await offered(attempt);
    // The pool has forgotten it: the same bytes will do, unless they were forgotten for what they offer.
    if (!isPoor(own.fees, price) && (isRich(before, price) || !(await isKnown(attempt.locator)))) return undefined;
    return sign({ ...own, fees: bumped(before, price) });
  }

  /** Money from the relayer to itself: the least that a transaction can do. */
  async function nothingAt(nonce: number, before?: Fees): Promise<Prepared> {
    const { chainId } = connection.ready();
    const to = await key.address();
    const estimate = BigInt(await rpc.call<Hex>('eth_estimateGas', [{ from: to, to, data: '0x' }]));
    const price = await prices.now();
    const fees = before ? bumped(before, price) : feesAt(price);
    return sign({ chainId, nonce, to, data: '0x', gasLimit: gasLimitFor(estimate), fees });
  }

  return {
    replace,
    async cancel(attempt) {
      return nothingAt(attempt.senderNonce, await offered(attempt));
    },
    async fillGap(open) {
      const nonces = new Set(open.map((attempt) => attempt.senderNonce));
      let nonce = await count('latest');
      while (nonces.has(nonce)) nonce += 1;
      // Nothing of ours is behind it, or something that the pool knows of will take it.
      if (open.every((attempt) => attempt.senderNonce < nonce) || (await count('pending')) > nonce) return undefined;
      return nothingAt(nonce);
    },
  };
}
