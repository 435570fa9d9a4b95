import { ApiError } from '../api/api-error.ts';
import type { Client, WriteMethod } from '../api/client.ts';
import type { Intention } from '../api/intention.ts';
import type { WalletRequest, WalletRequestReply } from '../api/types.ts';

/** Asks for the PIN, and for the signature of a member's own wallet, where the hub wants one. */
export interface Grants {
  /** True while the PIN sheet is open. */
  readonly isAsking: boolean;
  /** What the member's own wallet is to sign now: the wallet's sheet is open. */
  readonly walletRequest: WalletRequest | undefined;
  /** Opens the signing grant with this PIN; throws the hub's refusal, the sheet stays open. */
  enter(pin: string): Promise<void>;
  cancel(): void;
  /** The wallet has signed; throws the hub's refusal, the sheet stays open. */
  handSignature(id: string, signature: string): Promise<void>;
  /** What asked for it ends with `wallet_refused`. */
  refuseWallet(id: string): Promise<void>;
  /** As `client.send`; on `grant_needed` asks for the PIN and repeats with the same key. Throws `cancelled` when refused. */
  sign<T>(method: WriteMethod, path: string, body: unknown, intention: Intention): Promise<T>;
}

export interface GrantsDeps {
  client: Client;
  /** Whether whoever is signed in keeps their key in a wallet of their own. */
  hasOwnWallet: () => boolean;
  pause: (ms: number) => Promise<void>;
}

const LOOK_EVERY_MS = 500;

export function createGrants({ client, hasOwnWallet, pause }: GrantsDeps): Grants {
  let waiting = $state.raw<PromiseWithResolvers<void>>();
  let walletRequest = $state.raw<WalletRequest>();

  function ask(): Promise<void> {
    waiting ??= Promise.withResolvers<void>();
    return waiting.promise;
  }

  /** While the hub holds our request open it may be waiting for the wallet. */
  async function lookForWalletRequest(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      await pause(LOOK_EVERY_MS);
      const { value } = await client.get<WalletRequestReply>('/api/wallet-request').catch(() => ({ value: undefined }));
      if (value && !isDone() && value.request?.id !== walletRequest?.id) walletRequest = value.request;
    }
  }

  async function send<T>(...asked: Parameters<Client['send']>): Promise<T> {
    let isDone = false;
    if (hasOwnWallet()) void lookForWalletRequest(() => isDone);
    try {
      return await client.send<T>(...asked);
    } finally {
      isDone = true;
      walletRequest = undefined;
    }
  }

  return {
    get isAsking() {
      return waiting !== undefined;
    },
    get walletRequest() {
      return walletRequest;
    },
    async enter(pin) {
      await client.send('POST', '/api/grants', { pin });
      waiting?.resolve();
      waiting = undefined;
    },
    cancel() {
      waiting?.reject(new ApiError('cancelled'));
      waiting = undefined;
    },
    handSignature: (id, signature) => client.send('POST', `/api/wallet-requests/${id}/signature`, { signature }),
    refuseWallet: (id) => client.send('DELETE', `/api/wallet-requests/${id}`),
    async sign<T>(method: WriteMethod, path: string, body: unknown, intention: Intention) {
      for (;;) {
        try {
          return await send<T>(method, path, body, intention);
        } catch (error) {
          if (!(error instanceof ApiError) || error.code !== 'grant_needed') throw error;
          await ask();
        }
      }
    },
  };
}
