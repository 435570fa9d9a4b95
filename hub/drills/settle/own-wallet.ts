import { join } from 'node:path';
import { Interface, Wallet } from 'ethers';
import { committed } from '../../../contracts/deploy/artifact.ts';
import { readDeployment } from '../../../contracts/deploy/deploy.ts';
import { demoPrivateKeys } from '../../../contracts/dev-chain/accounts.ts';
import { wrapOf } from '../../src/modules/members/keys.store.ts';
import { createArgonGate, createFileSecret, createKeyWraps } from '../../src/signing/index.ts';
import { createReader, openReader } from '../../src/store/index.ts';
import type { Upstream } from '../../test/support/rpc-endpoint.ts';
import type { Phone } from '../day/building.ts';
import type { PublicNode } from './node/node.ts';

/** A member who has the seat's key in a wallet of their own as well, and uses it past the hub. */
export interface OwnWallet {
  readonly seat: number;
  /** A transaction that sends so many thousandths of what it has to somebody outside; undefined when it has nothing. */
  spend(thousandths: number): Promise<string | undefined>;
}

const outsider = `0x${'e5'.repeat(20)}`;
const food = new Interface(committed('FoodUSD').abi);
const gas = { gasLimit: 300_000n, maxFeePerGas: 500n * 10n ** 9n, maxPriorityFeePerGas: 2n * 10n ** 9n };

/** Takes the seat's key out of the stopped building in `dir`, as its member can with the PIN. */
export async function takeKeyOut(dir: string, { seat, pin }: Phone): Promise<Wallet> {
  const db = openReader(join(dir, 'stoop.db'));
  try {
    const reader = createReader(db);
    const { address } = reader
      .prepare('SELECT address FROM members WHERE seat = @seat')
      .get<{ address: `0x${string}` }>({
        seat,
      })!;
    const wraps = createKeyWraps(createArgonGate(), createFileSecret(join(dir, 'hub-secret')));
    const secret = await wraps.open(wrapOf(reader, seat, 'pin')!, Buffer.from(pin, 'utf8'), { seat, address });
    if (!secret) throw new Error(`the PIN of seat ${seat} opens nothing`);
    return new Wallet(`0x${Buffer.from(secret).toString('hex')}`);
  } finally {
    db.close();
  }
}

/** Gives the wallet coins for gas, in a transaction that the caller brings to the chain. */
export async function fundGas(node: PublicNode, chainId: number, to: string): Promise<string> {
  const rich = new Wallet(demoPrivateKeys[3]!);
  const nonce = Number(await node.answer('eth_getTransactionCount', [rich.address, 'pending']));
  return rich.signTransaction({ type: 2, chainId, nonce, to, value: 10n ** 18n, ...gas });
}

export function createOwnWallet(
  upstream: Upstream,
  deploymentFile: string,
  { seat, wallet }: { seat: number; wallet: Wallet },
): OwnWallet {
  const { chainId, contracts } = readDeployment(deploymentFile)!;
  return {
    seat,
    async spend(thousandths) {
      const data = food.encodeFunctionData('balanceOf', [wallet.address]);
      const balance = BigInt(await upstream.call<string>('eth_call', [{ to: contracts.FoodUSD, data }, 'latest']));
      const amount = (balance * BigInt(thousandths)) / 1000n;
      if (amount === 0n) return undefined;
      const nonce = Number(await upstream.call<string>('eth_getTransactionCount', [wallet.address, 'latest']));
      const call = food.encodeFunctionData('transfer', [outsider, amount]);
      return wallet.signTransaction({ type: 2, chainId, nonce, to: contracts.FoodUSD, data: call, ...gas });
    },
  };
}

/** A transaction of the relayer's own key that the hub does not know of, with the nonce that is next. */
export async function strangerWithKey(upstream: Upstream, chainId: number, relayer: Wallet): Promise<string> {
  const nonce = Number(await upstream.call<string>('eth_getTransactionCount', [relayer.address, 'latest']));
  return relayer.signTransaction({ type: 2, chainId, nonce, to: relayer.address, value: 0n, ...gas });
}
