import { Wallet } from 'ethers';
import type { Page } from 'playwright-core';

export interface InjectedWallet {
  /** What its owner answers when it asks: yes unless set. */
  says: 'yes' | 'no';
  /** Which chain it is on. */
  chainId: number;
  /** What it was asked to sign, as it showed it. */
  readonly shown: { primaryType: string; message: Record<string, unknown> }[];
}

interface TypedData {
  domain: { chainId: number };
  types: Record<string, { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, unknown>;
}

/** What a wallet answers an error with (EIP-1193). */
const no = (code: number, message: string) => ({ error: { code, message } });

/**
 * Puts a small wallet with that key into the page, as an extension does (EIP-1193, announced by EIP-6963): it names its account
 * only to whom its owner lets in, signs only on the chain it is on, and knows the chains it is told.
 */
export async function injectWallet(page: Page, privateKey: string, chains: readonly number[]): Promise<InjectedWallet> {
  const key = new Wallet(privateKey);
  const wallet: InjectedWallet = { says: 'yes', chainId: 1, shown: [] };
  let isLetIn = false;

  async function answer(method: string, params: unknown[]): Promise<object> {
    if (method === 'eth_chainId') return { result: `0x${wallet.chainId.toString(16)}` };
    if (method === 'eth_requestAccounts') {
      if (wallet.says === 'no') return no(4001, 'User rejected the request.');
      isLetIn = true;
      return { result: [key.address.toLowerCase()] };
    }
    if (method === 'wallet_switchEthereumChain') {
      const wanted = Number((params[0] as { chainId: string }).chainId);
      if (!chains.includes(wanted)) return no(4902, 'Unrecognized chain.');
      wallet.chainId = wanted;
      return { result: null };
    }
    if (method !== 'eth_signTypedData_v4') return no(4200, 'The method is not supported.');
    const [account, text] = params as [string, string];
    const { domain, types, primaryType, message } = JSON.parse(text) as TypedData;
    if (!isLetIn || account !== key.address.toLowerCase()) return no(4100, 'The account is not authorized.');
    if (Number(domain.chainId) !== wallet.chainId) return no(-32602, 'Provided chainId must match the active chainId.');
    wallet.shown.push({ primaryType, message });
    if (wallet.says === 'no') return no(4001, 'User rejected the request.');
    const { EIP712Domain: _, ...structs } = types;
    return { result: await key.signTypedData(domain, structs, message) };
  }

  await page.exposeFunction('askWallet', answer);
  await page.addInitScript(`{
    const provider = {
      async request({ method, params = [] }) {
        const { result, error } = await window.askWallet(method, params);
        if (error) throw Object.assign(new Error(error.message), error);
        return result;
      },
    };
    const detail = Object.freeze({ info: { uuid: crypto.randomUUID(), name: 'Honest Wallet', icon: 'data:,', rdns: 'test' }, provider });
    const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
    window.addEventListener('eip6963:requestProvider', announce);
  }`);
  return wallet;
}
