import { ApiError } from '../../api/api-error.ts';

/** What a wallet in the browser offers (EIP-1193). */
export interface Provider {
  request(call: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}

export interface Wallet {
  readonly name: string;
  readonly provider: Provider;
}

/** EIP-712 as the hub gives it. */
export interface TypedData {
  readonly domain: { readonly name: string; readonly chainId: number; readonly verifyingContract: string };
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly primaryType: string;
  readonly message: Readonly<Record<string, unknown>>;
}

interface Announced {
  readonly info: { readonly name: string };
  readonly provider: Provider;
}

/** The wallets in this browser: those that announce themselves (EIP-6963), else the one at `ethereum`. */
export function findWallets(page: EventTarget & { readonly ethereum?: Provider }): Wallet[] {
  const found: Wallet[] = [];
  const listen = (event: Event) => {
    const { info, provider } = (event as CustomEvent<Announced>).detail;
    found.push({ name: info.name, provider });
  };
  page.addEventListener('eip6963:announceProvider', listen);
  page.dispatchEvent(new Event('eip6963:requestProvider'));
  page.removeEventListener('eip6963:announceProvider', listen);
  if (found.length === 0 && page.ethereum) return [{ name: '', provider: page.ethereum }];
  return found;
}

/**
 * Asks the wallet for its account and for a signature (`eth_signTypedData_v4`) on the message's own chain. Throws
 * `wallet_refused` when its owner said no, `wallet_wrong_chain`, `wallet_empty` or `wallet_failed`.
 */
export async function signWith({ provider }: Wallet, typedData: TypedData): Promise<string> {
  try {
    const [account] = (await provider.request({ method: 'eth_requestAccounts' })) as string[];
    if (!account) throw new ApiError('wallet_empty');
    await switchTo(provider, typedData.domain.chainId);
    const params = [account, JSON.stringify(typedData)];
    return String(await provider.request({ method: 'eth_signTypedData_v4', params }));
  } catch (error) {
    throw error instanceof ApiError ? error : told(error);
  }
}

async function switchTo(provider: Provider, chainId: number): Promise<void> {
  const now = Number(await provider.request({ method: 'eth_chainId' }));
  if (now === chainId) return;
  const wanted = { chainId: `0x${chainId.toString(16)}` };
  try {
    await provider.request({ method: 'wallet_switchEthereumChain', params: [wanted] });
  } catch (error) {
    if (codeOf(error) === refused) throw error;
    throw new ApiError('wallet_wrong_chain', { chainId: String(chainId) });
  }
}

/** EIP-1193: the user rejected the request. */
const refused = 4001;

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

function told(error: unknown): ApiError {
  if (codeOf(error) === refused) return new ApiError('wallet_refused');
  const reason =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  return new ApiError('wallet_failed', { reason });
}
