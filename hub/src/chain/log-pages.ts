import type { Log } from '../platform/log.ts';
import type { Hex } from '../platform/ports/index.ts';
import { isNullRound, LineError, type Rpc, RpcError } from './rpc.ts';

/** As `eth_getLogs` answers. */
export interface RpcLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly transactionHash: Hex;
  readonly logIndex: Hex;
}

export interface LogPages {
  /** The logs of the first blocks from `from` on, and the last block that this covers (at most `to`). */
  next(addresses: readonly Hex[], from: number, to: number): Promise<{ logs: RpcLog[]; to: number }>;
  /** The oldest block between `from` and `to` whose logs the endpoint still gives, taking it to give all that are younger. */
  firstReadable(addresses: readonly Hex[], from: number, to: number): Promise<number>;
}

const largestPage = 2000;

export const hexOf = (value: number): Hex => `0x${value.toString(16)}`;

/**
 * Endpoints limit the height range, the number of results or the time, and say so in different words: whatever the
 * refusal, half as many blocks are asked for, and twice as many again after each success.
 */
export function createLogPages(rpc: Rpc, log: Log): LogPages {
  let size = largestPage;

  async function fetch(addresses: readonly Hex[], from: number, to: number): Promise<RpcLog[]> {
    const filter = { address: addresses, fromBlock: hexOf(from), toBlock: hexOf(to) };
    try {
      // A single block that is refused is not too much at once: this endpoint does not look back that far.
      return await rpc.call<RpcLog[]>('eth_getLogs', [filter], { askOthers: from === to });
    } catch (error) {
      if (isNullRound(error) && from === to) return [];
      throw error;
    }
  }

  return {
    async next(addresses, from, to) {
      for (;;) {
        const last = Math.min(to, from + size - 1);
        try {
          const logs = await fetch(addresses, from, last);
          size = Math.min(largestPage, size * 2);
          return { logs, to: last };
        } catch (error) {
          const asked = last - from + 1;
          // Too slow or too long an answer may be the range's fault as well, but is worth a pause first.
          if (error instanceof LineError && error.kind === 'unanswered') size = Math.max(1, asked >> 1);
          if (!(error instanceof RpcError) || asked === 1) throw error;
          size = asked >> 1;
          log.debug({ from, asked, code: error.code, reason: error.message }, 'fewer blocks at a time');
        }
      }
    },

    async firstReadable(addresses, from, to) {
      const isReadable = (block: number) =>
        fetch(addresses, block, block).then(
          () => true,
          (error) => {
            if (error instanceof RpcError) return false;
            throw error;
          },
        );
      if (await isReadable(from)) return from;
      let [unread, readable] = [from, to];
      while (readable - unread > 1) {
        const middle = (unread + readable) >> 1;
        if (await isReadable(middle)) readable = middle;
        else unread = middle;
      }
      return readable;
    },
  };
}
