import { type Provider, type Signer, Transaction, type TransactionReceipt } from 'ethers';
import type { Network } from './networks.ts';
import type { Step } from './steps.ts';

/** How often a transaction that is not mined is sent again, at half as much more each time. */
const ATTEMPTS = 4;

/** What a transaction offers for its gas. */
type Fees = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint } | { readonly gasPrice: bigint };

/** What the chain asks now: EIP-1559 fees, or a gas price where there is no base fee. */
export async function feesOf(provider: Provider): Promise<Fees> {
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = await provider.getFeeData();
  if (maxFeePerGas !== null && maxPriorityFeePerGas !== null) return { maxFeePerGas, maxPriorityFeePerGas };
  return { gasPrice: gasPrice ?? 0n };
}

const raised = (fees: Fees, attempt: number): Fees => {
  const up = (wei: bigint): bigint => (wei * 3n ** BigInt(attempt)) / 2n ** BigInt(attempt) + BigInt(attempt);
  return 'gasPrice' in fees
    ? { gasPrice: up(fees.gasPrice) }
    : { maxFeePerGas: up(fees.maxFeePerGas), maxPriorityFeePerGas: up(fees.maxPriorityFeePerGas) };
};

/** The limit for an estimate: a quarter more. No more, because some chains burn what is far above; and no constant. */
export const limitFor = (estimate: bigint): bigint => (estimate * 5n) / 4n;

/** Asks until there is an answer, or undefined when the patience is over. What fails on the way is asked again. */
export async function patiently<T>(
  network: Pick<Network, 'patienceSeconds' | 'pollMs'>,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + network.patienceSeconds * 1000;
  for (;;) {
    let failure: unknown;
    const answer = await ask().catch((error: unknown) => {
      failure = error;
      return undefined;
    });
    if (answer !== undefined) return answer;
    if (performance.now() >= end) {
      if (failure) throw failure;
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, network.pollMs));
  }
}

export interface Sending {
  readonly provider: Provider;
  readonly signer: Signer;
  readonly deployer: string;
  readonly network: Network;
  readonly chainId: number;
}

/** The receipt of whichever of these transactions was mined. */
export async function receiptAmong(
  provider: Provider,
  hashes: readonly string[],
): Promise<TransactionReceipt | undefined> {
  for (const hash of [...hashes].reverse()) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt) return receipt;
  }
  return undefined;
}

/**
 * Sends a step at its nonce and waits until it is mined. What is pending there already is waited for first: it can only
 * be the same step. `note` keeps a hash before its transaction is sent.
 */
export async function sendStep(
  { provider, signer, deployer, network, chainId }: Sending,
  step: Step,
  nonce: number,
  known: readonly string[],
  note: (hash: string) => Promise<void>,
): Promise<TransactionReceipt> {
  const hashes = [...known];
  const isMined = async (): Promise<true | undefined> =>
    (await provider.getTransactionCount(deployer, 'latest')) > nonce ? true : undefined;
  const isPending = async (): Promise<boolean> => (await provider.getTransactionCount(deployer, 'pending')) > nonce;
  let mined = (await isPending()) ? await patiently(network, isMined) : undefined;
  if (!mined) {
    const estimate = await estimateOf(provider, deployer, step);
    const fees = await feesOf(provider);
    for (let attempt = 0; attempt < ATTEMPTS && !mined; attempt += 1) {
      const raw = await signer.signTransaction({
        type: 'gasPrice' in fees ? 0 : 2,
        chainId,
        nonce,
        to: step.to ?? null,
        data: step.data,
        value: 0n,
        gasLimit: limitFor(estimate),
        ...raised(fees, attempt),
      });
      const hash = Transaction.from(raw).hash!;
      hashes.push(hash);
      await note(hash);
      try {
        await provider.broadcastTransaction(raw);
      } catch (error) {
        // Known, or in place of one that pays as much: either way one is on its way.
        if (!(await isMined()) && !(await isPending())) throw new Error(`${step.title}: ${reasonOf(error)}`);
      }
      mined = await patiently(network, isMined);
    }
  }
  if (!mined) {
    throw new Error(
      `${step.title}: not mined within ${network.patienceSeconds} s. Run this again later: it goes on from here.`,
    );
  }
  const receipt = await patiently(network, () => receiptAmong(provider, hashes));
  if (!receipt) throw foreign(deployer, nonce, step.title);
  if (receipt.status !== 1) {
    throw new Error(`${step.title}: failed on the chain in ${receipt.hash}. This deployment cannot be completed.`);
  }
  return receipt;
}

/** The deployer's account did something else at a step's nonce. */
export function foreign(deployer: string, nonce: number, title: string): Error {
  return new Error(
    `Transaction ${nonce} of ${deployer} is not “${title}”: the deployer’s account was used for something else. ` +
      'Use an account that does nothing but deploy, and remove the .partial file to begin anew.',
  );
}

export async function estimateOf(provider: Provider, from: string, step: Step): Promise<bigint> {
  try {
    return await provider.estimateGas({ from, to: step.to ?? null, data: step.data });
  } catch (error) {
    throw new Error(`${step.title}: the chain would refuse it: ${reasonOf(error)}`);
  }
}

/** What a failed request says, in the node's own words where it has some. */
export function reasonOf(error: unknown): string {
  const {
    shortMessage,
    message,
    info,
    error: cause,
  } = error as {
    shortMessage?: string;
    message: string;
    info?: { error?: { message?: string } };
    error?: { message?: string };
  };
  const own = info?.error?.message ?? cause?.message;
  return own ? `${shortMessage ?? message}: ${own}` : (shortMessage ?? message);
}
