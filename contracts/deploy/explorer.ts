import { setTimeout as wait } from 'node:timers/promises';
import { Contract, type Provider } from 'ethers';
import { type ContractName, interfaceOf } from './artifact.ts';
import { type Deployment, deployedNames } from './config.ts';
import { initializable } from './initialize.ts';
import type { Explorer, Network } from './networks.ts';
import { longCompilerVersion, qualifiedNameOf, standardInput } from './standard-input.ts';
import { implementationOf } from './verify.ts';

/** A contract whose source an explorer should show. */
export interface ToPublish {
  readonly title: string;
  readonly contract: ContractName;
  readonly address: string;
}

export interface Publishing {
  readonly network: Pick<Network, 'explorers'>;
  readonly chainId: number;
  readonly contracts: readonly ToPublish[];
  readonly log: (line: string) => void;
  /**
   * How often an explorer is waited for, all contracts together: it knows a contract minutes after the chain does, and takes
   * its time to compile. Each contract is tried once in any case.
   */
  readonly pauses?: number;
  readonly pauseMs?: number;
}

/** What an explorer says of a contract: shown with its source, refused with a reason, or not yet either. */
type Answer = { readonly state: 'verified' | 'waiting' } | { readonly state: 'refused'; readonly why: string };

const REQUEST_MS = 60_000;
const waiting: Answer = { state: 'waiting' };
const verified: Answer = { state: 'verified' };

/** Everything of a deployment that has code, proxies and what stands behind them each for itself. */
export async function allOf(provider: Provider, { contracts }: Deployment): Promise<ToPublish[]> {
  const gro = new Contract(contracts.GroToken, interfaceOf('GroToken'), provider);
  const list: ToPublish[] = [];
  for (const name of deployedNames) {
    const isProxy = initializable.includes(name);
    list.push({ title: name, contract: isProxy ? 'ERC1967Proxy' : name, address: contracts[name] });
    if (isProxy) {
      list.push({
        title: `${name}’s code`,
        contract: name,
        address: await implementationOf(provider, contracts[name]),
      });
    }
  }
  list.push({ title: 'GroToken’s issuing', contract: 'Issuing', address: String(await gro.getFunction('issuing')()) });
  return list;
}

/**
 * Gives every explorer of the network the sources of every contract, as far as it can be reached; what it has already it is
 * not given again. Never throws: a deployment is no worse for an explorer that is away, and the next run tries again.
 */
export async function publish({
  network,
  chainId,
  contracts,
  log,
  pauses = 40,
  pauseMs = 15_000,
}: Publishing): Promise<void> {
  for (const explorer of network.explorers) {
    let left = pauses;
    const pause = async (): Promise<boolean> => {
      if (left <= 0) return false;
      left -= 1;
      await wait(pauseMs);
      return true;
    };
    for (const each of contracts) {
      const outcome = await publishOne(explorer, chainId, each, pause).catch(
        (error: unknown) => `could not be reached: ${reasonOf(error)}`,
      );
      log(`${explorer.kind} ${explorer.apiUrl}: ${each.title} ${outcome}`);
      if (outcome.startsWith('could not be reached')) break;
    }
  }
}

async function publishOne(
  explorer: Explorer,
  chainId: number,
  each: ToPublish,
  pause: () => Promise<boolean>,
): Promise<string> {
  const api = explorer.kind === 'blockscout' ? blockscout(explorer, each) : sourcify(explorer, chainId, each);
  if ((await api.look()).state === 'verified') return 'is shown with its source already';
  let isSubmitted = false;
  do {
    // Not submitted as long as the explorer does not know the contract.
    if (!isSubmitted) isSubmitted = await api.submit();
    const answer = isSubmitted ? await api.look() : waiting;
    if (answer.state === 'verified') return 'is shown with its source';
    if (answer.state === 'refused') return `was refused: ${answer.why}`;
  } while (await pause());
  return isSubmitted ? 'was given its source and is not shown with it yet' : 'is not known there yet';
}

interface Api {
  /** True once the explorer has taken the source. */
  submit(): Promise<boolean>;
  look(): Promise<Answer>;
}

const get = (url: string): Promise<Response> => fetch(url, { signal: AbortSignal.timeout(REQUEST_MS) });
const post = (url: string, init: RequestInit): Promise<Response> =>
  fetch(url, { method: 'POST', signal: AbortSignal.timeout(REQUEST_MS), ...init });

/** `/api/v2/smart-contracts`: takes a form, says nothing of a failure, shows the contract as verified once it is. */
function blockscout({ apiUrl }: Explorer, { address, contract }: ToPublish): Api {
  const at = `${apiUrl}/api/v2/smart-contracts/${address}`;
  return {
    submit: async () => {
      const form = new FormData();
      form.set('compiler_version', `v${longCompilerVersion()}`);
      form.set('contract_name', qualifiedNameOf(contract));
      form.set('license_type', 'none');
      form.set('autodetect_constructor_args', 'true');
      form.set(
        'files[0]',
        new Blob([JSON.stringify(standardInput(contract))], { type: 'application/json' }),
        'input.json',
      );
      const response = await post(`${at}/verification/via/standard-input`, { body: form });
      await response.body?.cancel();
      if (response.status === 404) return false;
      if (!response.ok) throw new Error(`it answers ${response.status}`);
      return true;
    },
    look: async () => {
      const response = await get(at);
      if (!response.ok) {
        await response.body?.cancel();
        if (response.status === 404) return waiting;
        throw new Error(`it answers ${response.status}`);
      }
      const { is_verified: isVerified } = (await response.json()) as { is_verified?: boolean };
      return isVerified ? verified : waiting;
    },
  };
}

/** API version 2: a job per submission, which says why it failed. */
function sourcify({ apiUrl }: Explorer, chainId: number, { address, contract }: ToPublish): Api {
  let job: string | undefined;
  return {
    submit: async () => {
      const response = await post(`${apiUrl}/v2/verify/${chainId}/${address}`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          stdJsonInput: standardInput(contract),
          compilerVersion: longCompilerVersion(),
          contractIdentifier: qualifiedNameOf(contract),
        }),
      });
      const answer = (await response.json().catch(() => ({}))) as { verificationId?: string; message?: string };
      // 409: somebody gave it the source meanwhile.
      if (!response.ok && response.status !== 409)
        throw new Error(`it answers ${response.status}: ${answer.message ?? ''}`);
      job = answer.verificationId;
      return true;
    },
    look: async () => {
      if (job) {
        const response = await get(`${apiUrl}/v2/verify/${job}`);
        const { isJobCompleted, error } = (await response.json()) as {
          isJobCompleted?: boolean;
          error?: { customCode?: string; message?: string };
        };
        if (!isJobCompleted) return waiting;
        if (error) {
          job = undefined;
          return { state: 'refused', why: error.message ?? error.customCode ?? 'it does not say why' };
        }
        return verified;
      }
      const response = await get(`${apiUrl}/v2/contract/${chainId}/${address}`);
      if (response.status === 404) {
        await response.body?.cancel();
        return waiting;
      }
      if (!response.ok) throw new Error(`it answers ${response.status}`);
      const { match } = (await response.json()) as { match?: string | null };
      return match ? verified : waiting;
    },
  };
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
