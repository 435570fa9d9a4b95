import { type Provider, toQuantity } from 'ethers';
import { startSimulator } from '../dev-chain/simulator.ts';
import { checkConfig } from './check-config.ts';
import type { DeployConfig } from './config.ts';
import { placeOf } from './deploy.ts';
import { inCoins, type Network } from './networks.ts';
import { roleTable } from './roles.ts';
import { feesOf, limitFor } from './sender.ts';
import { planSteps, type Step } from './steps.ts';

/**
 * What a deployment would do and about what it would cost, in lines for people. Sends nothing. A step can only be estimated
 * once those before it are done, so all of them are tried on a chain of this process; where the real chain counts gas in
 * another measure, what it says of the first step gives the scale.
 */
export async function dryRun(options: {
  readonly provider: Provider;
  readonly network: Network;
  readonly deployer: string;
  readonly config: DeployConfig;
}): Promise<string[]> {
  const { provider, network, deployer } = options;
  const config = checkConfig(options.config, network, deployer);
  const { chainId } = await placeOf(provider, network);
  const nonce = await provider.getTransactionCount(deployer, 'latest');
  const { steps, contracts } = planSteps(config, deployer, nonce);
  const tried = await tryAll(chainId, deployer, nonce, steps);
  const first = steps[0]!;
  const asked = await provider.estimateGas({ from: deployer, to: first.to ?? null, data: first.data });
  const fees = await feesOf(provider);
  const price = 'gasPrice' in fees ? fees.gasPrice : fees.maxFeePerGas;
  const scaled = tried.map((gas) => (gas * asked) / tried[0]!);
  const lines = steps.map((step, index) => {
    const gas = scaled[index]!;
    const what = `${step.creates ? 'create' : 'call'} ${step.title}`.padEnd(36);
    const where = step.creates?.address ?? step.to;
    return `${String(index + 1).padStart(2)}/${steps.length} ${what} at ${where}  about ${gas} gas, ${inCoins(gas * price, network)}`;
  });
  const total = scaled.reduce((sum, gas) => sum + gas, 0n);
  const needed = limitFor(total) * price;
  const balance = await provider.getBalance(deployer);
  return [
    `${network.name}, chain ${chainId}; by ${deployer}, from its transaction ${nonce} on`,
    ...lines,
    `altogether about ${total} gas, at ${price} wei at most: ${inCoins(total * price, network)}`,
    `${deployer} has ${inCoins(balance, network)}; it needs ${inCoins(needed, network)}${balance < needed ? ': TOO LITTLE' : ''}`,
    '',
    ...roleTable(contracts, config),
  ];
}

/** The gas that each step takes, on an empty chain in this process that takes them from the same account. */
async function tryAll(chainId: number, deployer: string, nonce: number, steps: readonly Step[]): Promise<bigint[]> {
  const simulator = await startSimulator(chainId, Math.floor(Date.now() / 1000));
  try {
    await simulator.request('hardhat_impersonateAccount', [deployer]);
    await simulator.request('hardhat_setBalance', [deployer, toQuantity(10n ** 24n)]);
    await simulator.request('hardhat_setNonce', [deployer, toQuantity(nonce)]);
    const used: bigint[] = [];
    for (const step of steps) {
      const request = { from: deployer, ...(step.to ? { to: step.to } : {}), data: step.data };
      const hash = await simulator.request('eth_sendTransaction', [request]);
      const receipt = (await simulator.request('eth_getTransactionReceipt', [hash])) as {
        status: string;
        gasUsed: string;
      };
      if (receipt.status !== '0x1') throw new Error(`${step.title}: would fail`);
      used.push(BigInt(receipt.gasUsed));
    }
    return used;
  } finally {
    await simulator.close();
  }
}
