import { fail } from '../platform/errors.ts';
import type { Call, Hex, Reads } from '../platform/ports/index.ts';
import type { Codec } from './codec.ts';
import type { Connection } from './connection.ts';
import type { Deployment } from './deployment.ts';
import { type Rpc, RpcError } from './rpc.ts';

interface ReadsDeps {
  readonly rpc: Rpc;
  readonly codec: Codec;
  readonly connection: Connection;
}

/** Throws `chain_offline`, `chain_mismatch`, or `chain_refused` with what the contract says. */
export function createReads({ rpc, codec, connection }: ReadsDeps): Reads {
  /** Finality takes minutes to hours: a contract that was just deployed is there, and not final yet. */
  async function missing(call: Call, to: Hex, at: 'latest' | 'finalized'): Promise<unknown> {
    const what = `${call.contract}.${call.fn}`;
    if (at === 'finalized' && (await rpc.call<Hex>('eth_getCode', [to, 'latest'])) !== '0x')
      return fail('chain_refused', { what, reason: 'its contract is not final yet' });
    return fail('chain_mismatch', { what: `${call.contract} at ${to} does not answer` });
  }

  return {
    isOnline: () => connection.state().isOnline,
    async read<T>(call: Call, at: 'latest' | 'finalized'): Promise<T> {
      const to = addressOf(connection.ready(), call.contract);
      const data = await codec.encode(call);
      let answer: Hex;
      try {
        answer = await rpc.call<Hex>('eth_call', [{ to, data }, at]);
      } catch (error) {
        throw connection.noticed(await refusal(codec, call, error));
      }
      // No function of ours answers nothing: there is no code at that block.
      if (answer === '0x') throw await missing(call, to, at);
      return (await codec.decode(call, answer)) as T;
    },
  };
}

/** Throws `config_invalid` for a contract that this building has not deployed. */
export function addressOf(deployment: Deployment, contract: string): Hex {
  const address = deployment.contracts[contract];
  if (!address) throw fail('config_invalid', { key: contract, rule: 'is not in the deployment' });
  return address;
}

/** An endpoint's no becomes `chain_refused` with the contract's own reason where it gives one. */
export async function refusal(codec: Codec, call: Call, error: unknown): Promise<unknown> {
  if (!(error instanceof RpcError)) return error;
  const data = revertData(error.data);
  const reason = data ? await codec.reason(call.contract, data) : undefined;
  return fail('chain_refused', { what: `${call.contract}.${call.fn}`, reason: reason ?? error.message }, error);
}

/** Nodes put a revert's bytes in `data`, or one level deeper. */
function revertData(data: unknown): Hex | undefined {
  if (typeof data === 'string') return /^0x[0-9a-fA-F]{8,}$/.test(data) ? (data as Hex) : undefined;
  return data && typeof data === 'object' && 'data' in data ? revertData(data.data) : undefined;
}
