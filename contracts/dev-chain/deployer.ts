import { JsonRpcProvider, parseEther, type Signer, Wallet } from 'ethers';
import { demoPrivateKeys } from './accounts.ts';

/** Gas money for the relayer: far more than the demonstration ever spends. */
const relayerCoins = '1000';

/** The prefunded account that deploys on the demonstration's chain; it funds the relayer on the way. */
export async function demoDeployer(rpcUrl: string, relayer: string): Promise<Signer> {
  const provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: 100 });
  try {
    const wallet = new Wallet(demoPrivateKeys[0], provider);
    const sent = await wallet.sendTransaction({ to: relayer, value: parseEther(relayerCoins) });
    await sent.wait();
  } finally {
    provider.destroy();
  }
  return new Wallet(demoPrivateKeys[0]);
}
