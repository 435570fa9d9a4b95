import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { getCreateAddress, JsonRpcProvider, NonceManager, type Provider, type Signer } from 'ethers';
import { type ContractName, factoryOf, interfaceOf } from './artifact.ts';
import { checkConfig, type DeployConfig, type Deployment } from './config.ts';
import { wiringCalls } from './roles.ts';
import { differences } from './verify.ts';

export type { DeployConfig, Deployment } from './config.ts';

export interface DeployOptions {
  /** Where the chain is; or an ethers provider that the caller owns. */
  readonly rpcUrl?: string;
  readonly provider?: Provider;
  /** Pays for the deployment and holds nothing afterwards. */
  readonly signer: Signer;
  readonly config: DeployConfig;
  /** `deployments/<chainId>.json` or the demonstration's file. Read first: a complete deployment is only checked. */
  readonly file: string;
  /** Admin delays under 7 days, for the demonstration's own chain and tests only. */
  readonly allowShortDelay?: boolean;
  /** Deploys the contracts of this folder instead of the committed ones. */
  readonly abiFolder?: URL;
  readonly log?: (line: string) => void;
}

/** The deployment that a file holds, undefined when there is none. */
export function readDeployment(file: string): Deployment | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text) as Deployment;
}

function writeDeployment(file: string, deployment: Deployment): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(deployment, null, 2)}\n`, { flush: true });
  renameSync(`${file}.new`, file);
}

/**
 * Deploys the building's contracts, wires the roles, gives everything up, checks the result against the chain and writes
 * the file. With a complete file it changes nothing and only checks. Throws an Error that lists what differs.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const config = checkConfig(options.config, options.allowShortDelay ?? false);
  const log = options.log ?? (() => {});
  const own = options.provider
    ? undefined
    : new JsonRpcProvider(options.rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: 250 });
  const provider = options.provider ?? own!;
  try {
    const existing = readDeployment(options.file);
    if (existing) {
      await check(provider, existing, config);
      log('Everything is deployed already; nothing was changed.');
      return existing;
    }
    const signer = options.signer.connect(provider);
    const deployment = await deployAll(provider, signer, config, log, options.abiFolder);
    await check(provider, deployment, config, await signer.getAddress());
    writeDeployment(options.file, deployment);
    return deployment;
  } finally {
    own?.destroy();
  }
}

async function check(
  provider: Provider,
  deployment: Deployment,
  config: DeployConfig,
  deployer?: string,
): Promise<void> {
  const found = await differences(provider, deployment, config, deployer);
  if (found.length > 0) throw new Error(`The chain differs from the deployment:\n  ${found.join('\n  ')}`);
}

async function deployAll(
  provider: Provider,
  signer: Signer,
  config: DeployConfig,
  log: (line: string) => void,
  abiFolder?: URL,
): Promise<Deployment> {
  const { chainId } = await provider.getNetwork();
  const genesisHash = (await provider.getBlock(0))?.hash;
  if (!genesisHash) throw new Error('The chain does not show its genesis block.');
  const deployer = await signer.getAddress();
  const sender = new NonceManager(signer);
  let deployedAtBlock: number | undefined;

  const create = async (name: ContractName, ...args: unknown[]): Promise<string> => {
    const contract = await factoryOf(name, sender, abiFolder).deploy(...args);
    const receipt = await contract.deploymentTransaction()?.wait();
    if (!receipt?.contractAddress) throw new Error(`${name}: was not created`);
    deployedAtBlock ??= receipt.blockNumber;
    log(`${name.padEnd(14)} ${receipt.contractAddress}  ${receipt.gasUsed} gas`);
    return receipt.contractAddress;
  };

  const manager = await create('AccessManager', deployer);
  const seats = await create(
    'SeatRegistry',
    config.board,
    config.threshold,
    config.seats,
    config.votingSeatsPerDwelling,
  );
  const board = await create('Board', seats);
  const token = await create(
    'FoodUSD',
    seats,
    manager,
    config.minters,
    config.attestors,
    config.defaultDailyLimitMicros,
    config.minterDailyAllowanceMicros,
  );
  const implementation = await create('GroupBuying', token);
  const initialize = interfaceOf('GroupBuying').encodeFunctionData('initialize', [manager]);
  const book = await create('ERC1967Proxy', implementation, initialize);

  const contracts = { SeatRegistry: seats, FoodUSD: token, GroupBuying: book, Board: board, AccessManager: manager };
  const data = interfaceOf('AccessManager').encodeFunctionData('multicall', [wiringCalls(contracts, config, deployer)]);
  const wiring = await (await sender.sendTransaction({ to: manager, data })).wait();
  if (wiring?.status !== 1) throw new Error('The roles could not be wired.');
  log(`Roles wired, the deployer holds none.  ${wiring.gasUsed} gas`);
  return { chainId: Number(chainId), genesisHash, contracts, deployedAtBlock: deployedAtBlock!, hubId: config.hubId };
}

/** What `deploy` would do, in lines for people. Sends nothing. */
export async function plan(
  options: Pick<DeployOptions, 'config' | 'allowShortDelay'> & { provider: Provider; signer: Signer },
): Promise<string[]> {
  const config = checkConfig(options.config, options.allowShortDelay ?? false);
  const deployer = await options.signer.getAddress();
  const nonce = await options.provider.getTransactionCount(deployer);
  const address = (step: number): string => getCreateAddress({ from: deployer, nonce: nonce + step });
  const [manager, seats, token] = [address(0), address(1), address(3)];
  const creations: [ContractName, ...unknown[]][] = [
    ['AccessManager', deployer],
    ['SeatRegistry', config.board, config.threshold, config.seats, config.votingSeatsPerDwelling],
    ['Board', seats],
    [
      'FoodUSD',
      seats,
      manager,
      config.minters,
      config.attestors,
      config.defaultDailyLimitMicros,
      config.minterDailyAllowanceMicros,
    ],
    ['GroupBuying', token],
  ];
  const lines: string[] = [];
  let gas = 0n;
  for (const [step, [name, ...args]] of creations.entries()) {
    const { data } = await factoryOf(name).getDeployTransaction(...args);
    const used = await options.provider.estimateGas({ from: deployer, data });
    gas += used;
    lines.push(`create ${name.padEnd(13)} at ${address(step)}  about ${used} gas`);
  }
  lines.push(`create ERC1967Proxy  at ${address(5)}  the book that members sign to`);
  lines.push('wire the roles and renounce the deployer’s in one transaction');
  const { maxFeePerGas, gasPrice } = await options.provider.getFeeData();
  const price = maxFeePerGas ?? gasPrice ?? 0n;
  lines.push(`about ${gas} gas for the first five, at ${price} wei: ${gas * price} wei`);
  return lines;
}
