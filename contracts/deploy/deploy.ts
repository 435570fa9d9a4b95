import { JsonRpcProvider, type Provider, type Signer } from 'ethers';
import { isCodeOf } from './artifact.ts';
import { checkConfig, hashConfig } from './check-config.ts';
import type { DeployConfig, Deployment } from './config.ts';
import { allOf, publish } from './explorer.ts';
import type { Network } from './networks.ts';
import { type Progress, readJson, removeFile, writeJson } from './progress.ts';
import { foreign, patiently, receiptAmong, sendStep } from './sender.ts';
import { type Plan, planSteps } from './steps.ts';
import { differences } from './verify.ts';

export type { DeployConfig, Deployment } from './config.ts';
export { networks } from './networks.ts';

export interface DeployOptions {
  /** Where the chain is; or an ethers provider that the caller owns. */
  readonly rpcUrl?: string;
  readonly provider?: Provider;
  readonly network: Network;
  /** Pays for the deployment, does nothing else ever, and holds nothing afterwards. */
  readonly signer: Signer;
  readonly config: DeployConfig;
  /** `deployments/<chainId>.json` or the demonstration's file. Read first: a complete deployment is only checked. */
  readonly file: string;
  /** Deploys the contracts of this folder instead of the committed ones. */
  readonly abiFolder?: URL;
  readonly log?: (line: string) => void;
}

/** The deployment that a file holds, undefined when there is none. */
export function readDeployment(file: string): Deployment | undefined {
  return readJson<Deployment>(file);
}

export function providerTo(rpcUrl: string, network: Network): JsonRpcProvider {
  return new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: network.pollMs });
}

interface Run {
  readonly provider: Provider;
  readonly network: Network;
  readonly signer: Signer;
  readonly deployer: string;
  readonly config: DeployConfig;
  readonly file: string;
  readonly partial: string;
  readonly abiFolder: URL | undefined;
  readonly log: (line: string) => void;
}

/**
 * Deploys the building's contracts, wires the roles, gives everything up, checks the result against the chain and writes
 * the file. A run that was killed goes on where it was; with a complete file it changes nothing and only checks. Throws an
 * Error that says what is wrong, or lists what differs.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { network, file } = options;
  const own = options.provider ? undefined : providerTo(options.rpcUrl ?? network.rpcUrl ?? '', network);
  const provider = options.provider ?? own!;
  try {
    const signer = options.signer.connect(provider);
    const deployer = await signer.getAddress();
    const place = await placeOf(provider, network);
    const config = checkConfig(options.config, network, deployer);
    const { abiFolder, log = () => {} } = options;
    const run = { provider, network, signer, deployer, config, file, partial: `${file}.partial`, abiFolder, log };
    const existing = readDeployment(file);
    if (existing) {
      await check(run, existing, false);
      removeFile(run.partial);
      log('Everything is deployed already; nothing was changed.');
    }
    const deployment = existing ?? (await complete(run, place));
    if (network.explorers.length > 0) await publishAll(run, deployment);
    return deployment;
  } finally {
    own?.destroy();
  }
}

interface Place {
  readonly chainId: number;
  readonly genesisHash: string;
}

/** Which chain this is. Throws an Error when it is not the network's. */
export async function placeOf(provider: Provider, network: Network): Promise<Place> {
  const chainId = Number((await provider.getNetwork()).chainId);
  if (!network.chainIds.includes(chainId)) {
    throw new Error(`The chain’s id is ${chainId}; ${network.name} has ${network.chainIds.join(' or ')}.`);
  }
  const genesisHash = (await provider.getBlock(0))?.hash;
  if (!genesisHash) throw new Error('The chain does not show its first block: use an endpoint that keeps all of them.');
  return { chainId, genesisHash };
}

async function complete(run: Run, place: Place): Promise<Deployment> {
  const { provider, network, deployer, config, partial, log } = run;
  const configHash = hashConfig(config, network);
  const kept = readJson<Progress>(partial);
  const startNonce = kept?.startNonce ?? (await freeNonce(run));
  const plan = planSteps(config, deployer, startNonce, run.abiFolder);
  const progress: Progress = kept ?? { ...place, deployer, startNonce, configHash, planHash: plan.hash, sent: {} };
  if (kept) await checkProgress(run, kept, { ...place, deployer, startNonce, configHash, planHash: plan.hash });
  else await writeJson(partial, progress);

  const sent: Record<number, readonly string[]> = { ...progress.sent };
  const sending = { ...run, chainId: place.chainId };
  let next = await doneSteps(run, plan, startNonce);
  await Promise.all(Array.from({ length: next }, (_, index) => requireCode(run, plan, startNonce, index)));
  log(`${plan.steps.length} transactions by ${deployer}, from its number ${startNonce} on; ${next} are done.`);
  // A chain can undo blocks until they are final, and the account's nonce with them: it alone says what is next.
  while (next < plan.steps.length || !(await untilFinal(run, plan, startNonce, sent))) {
    next = await doneSteps(run, plan, startNonce);
    const step = plan.steps[next];
    if (!step) continue;
    const receipt = await sendStep(sending, step, startNonce + next, sent[next] ?? [], async (hash) => {
      sent[next] = [...(sent[next] ?? []), hash];
      await writeJson(partial, { ...progress, sent });
    });
    await requireCode(run, plan, startNonce, next);
    next += 1;
    const where = step.creates?.address ?? step.to;
    log(`${String(next).padStart(2)}/${plan.steps.length} ${step.title.padEnd(24)} ${where}  ${receipt.gasUsed} gas`);
  }
  const first = await receiptAmong(provider, sent[0] ?? []);
  if (!first) throw foreign(deployer, startNonce, plan.steps[0]!.title);
  const deployment: Deployment = {
    ...place,
    contracts: plan.contracts,
    deployedAtBlock: first.blockNumber,
    hubId: config.hubId,
  };
  await writeJson(run.file, deployment, async (asWritten) => check(run, readDeployment(asWritten)!, true));
  removeFile(partial);
  return deployment;
}

/** The nonce that a deployment begins with. Throws an Error when the account is in use. */
async function freeNonce({ provider, deployer }: Run): Promise<number> {
  const [mined, pending] = await Promise.all([
    provider.getTransactionCount(deployer, 'latest'),
    provider.getTransactionCount(deployer, 'pending'),
  ]);
  if (mined !== pending) {
    throw new Error(
      `${deployer} has ${pending - mined} transactions that are not mined yet. Use an account that does nothing but deploy.`,
    );
  }
  return mined;
}

async function checkProgress(run: Run, kept: Progress, now: Omit<Progress, 'sent'>): Promise<void> {
  const begun = `${run.partial}: a deployment was begun`;
  if (kept.chainId !== now.chainId || kept.genesisHash !== now.genesisHash) {
    throw new Error(`${begun} on another chain (${kept.chainId}, genesis ${kept.genesisHash}).`);
  }
  if (kept.deployer !== now.deployer) throw new Error(`${begun} by ${kept.deployer}, not by ${now.deployer}.`);
  if (kept.configHash !== now.configHash) {
    throw new Error(
      `${begun} with another configuration. Complete it with that one, or remove the file to begin anew.`,
    );
  }
  if (kept.planHash !== now.planHash) {
    throw new Error(`${begun} with other contracts. Complete it with those, or remove the file to begin anew.`);
  }
}

/** How many steps are done, by the account's nonce. */
async function doneSteps(run: Run, plan: Plan, startNonce: number): Promise<number> {
  const nonce = await run.provider.getTransactionCount(run.deployer, 'latest');
  const done = nonce - startNonce;
  if (done < 0)
    throw new Error(
      `${run.deployer} has sent ${nonce} transactions, and the deployment began with number ${startNonce}.`,
    );
  if (done > plan.steps.length) throw foreign(run.deployer, startNonce + plan.steps.length, 'nothing more');
  return done;
}

/** Nodes behind one address may be some blocks apart. */
const soon = ({ pollMs }: Network) => ({ pollMs, patienceSeconds: (20 * pollMs) / 1000 });

async function requireCode(run: Run, plan: Plan, startNonce: number, index: number): Promise<void> {
  const { creates, title } = plan.steps[index]!;
  if (!creates) return;
  const code = await patiently(soon(run.network), async () => {
    const answer = await run.provider.getCode(creates.address);
    return answer === '0x' ? undefined : answer;
  });
  if (code === undefined || !isCodeOf(creates.contract, code, run.abiFolder))
    throw foreign(run.deployer, startNonce + index, title);
}

/** Waits until the last transaction cannot be undone. False when it was undone meanwhile. */
async function untilFinal(
  run: Run,
  plan: Plan,
  startNonce: number,
  sent: Readonly<Record<number, readonly string[]>>,
): Promise<boolean> {
  const { provider, network, log } = run;
  const { finality } = network;
  const last = plan.steps.length - 1;
  if (finality === 'finalized') log('Waiting until all of it is final.');
  const state = await patiently(network, async () => {
    const receipt = await patiently(soon(network), () => receiptAmong(provider, sent[last] ?? []));
    if (!receipt) return 'undone';
    const reached =
      finality === 'finalized'
        ? (await provider.getBlock('finalized'))!.number
        : (await provider.getBlockNumber()) + 1 - finality.confirmations;
    return reached >= receipt.blockNumber ? 'final' : undefined;
  });
  if (!state)
    throw new Error(`Not final within ${network.patienceSeconds} s. Run this again later: it goes on from here.`);
  if (state === 'undone' && (await doneSteps(run, plan, startNonce)) > last) {
    throw foreign(run.deployer, startNonce + last, plan.steps[last]!.title);
  }
  return state === 'final';
}

/** What stands is deployed, whether an explorer shows it or not. */
async function publishAll({ provider, network, log }: Run, deployment: Deployment): Promise<void> {
  try {
    const contracts = await allOf(provider, deployment);
    await publish({ network, chainId: deployment.chainId, contracts, log });
  } catch (error) {
    log(`The sources could not be published: ${(error as Error).message}`);
  }
}

async function check(run: Run, deployment: Deployment, isNew: boolean): Promise<void> {
  const found = await differences({ ...run, deployment, isNew });
  if (found.length > 0) throw new Error(`The chain differs from the deployment:\n  ${found.join('\n  ')}`);
}
