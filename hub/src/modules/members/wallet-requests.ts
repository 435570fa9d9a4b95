import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, SignedMessage } from '../../platform/ports/index.ts';
import { type Domain, digest, recoverAddress, typedDataJson } from '../../signing/index.ts';

/** Long enough to find the phone with the wallet, and to read what it shows. */
const defaultPatienceMs = 3 * 60_000;

export interface WalletRequest {
  readonly id: string;
  /** For `eth_signTypedData_v4`. */
  readonly typedData: object;
}

/**
 * What waits for a member's own wallet. In memory only, one a session: the request that asked for it is held open until
 * the page brings the signature, so that both ways to sign are one to whoever asks.
 */
export interface WalletRequests {
  /**
   * Waits for the signature of `address`. Throws `wallet_elsewhere` on the kiosk, `wallet_refused`, `wallet_silent` after
   * three minutes, `conflict` when the session asks for a newer one, `stopping`.
   */
  ask(actor: Actor, address: Hex, domain: Domain, message: SignedMessage): Promise<Hex>;
  waiting(actor: Actor): WalletRequest | undefined;
  /** Throws `not_found`, or `bad_request` when another key signed; it is waited for all the same. */
  sign(actor: Actor, id: string, signature: Hex): void;
  /** The wallet's owner said no. Throws `not_found`. */
  refuse(actor: Actor, id: string): void;
  stop(): void;
}

interface Waiting extends WalletRequest {
  readonly address: Hex;
  readonly digest: Uint8Array;
  readonly resolve: (signature: Hex) => void;
  readonly reject: (reason: Error) => void;
}

export function createWalletRequests(patienceMs = defaultPatienceMs): WalletRequests {
  const bySession = new Map<string, Waiting>();

  function mine({ sessionId = '' }: Actor, id: string): Waiting {
    const found = bySession.get(sessionId);
    if (found?.id !== id) throw fail('not_found', { noun: 'wallet request' });
    return found;
  }

  return {
    async ask(actor, address, domain, message) {
      if (actor.deviceKind === 'kiosk') throw fail('wallet_elsewhere');
      const { sessionId } = actor;
      if (sessionId === undefined) throw fail('grant_needed');
      bySession.get(sessionId)?.reject(fail('conflict', { noun: 'wallet request' }));
      const { promise, resolve, reject } = Promise.withResolvers<Hex>();
      const asked = { id: uuidv7(), typedData: typedDataJson(domain, message), digest: digest(domain, message) };
      const one: Waiting = { ...asked, address, resolve, reject };
      bySession.set(sessionId, one);
      const timer = setTimeout(() => reject(fail('wallet_silent', { seconds: patienceMs / 1000 })), patienceMs);
      return promise.finally(() => {
        clearTimeout(timer);
        if (bySession.get(sessionId) === one) bySession.delete(sessionId);
      });
    },
    waiting({ sessionId = '' }) {
      const found = bySession.get(sessionId);
      return found && { id: found.id, typedData: found.typedData };
    },
    sign(actor, id, signature) {
      const one = mine(actor, id);
      if (recoverAddress(one.digest, signature) !== one.address) {
        throw fail('bad_request', { field: 'signature', rule: 'must be made by the key of your seat' });
      }
      one.resolve(signature);
    },
    refuse: (actor, id) => mine(actor, id).reject(fail('wallet_refused')),
    stop() {
      for (const { reject } of bySession.values()) reject(fail('stopping'));
    },
  };
}
