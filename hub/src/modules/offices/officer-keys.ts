import { isStoopError } from '../../platform/errors.ts';
import type { Actor, OfficerKeys, OfficerMessages, Officers, Store } from '../../platform/ports/index.ts';
import { digestOfTypedData } from '../../signing/index.ts';

export interface OfficerKeysDeps {
  readonly store: Store;
  readonly officers: Officers;
  readonly keys: OfficerKeys;
  /** Of every module that has some. */
  readonly messages: () => readonly OfficerMessages[];
}

export interface OfficerDesk {
  /** Opens the keys for their bounded time and signs what waits. Throws `wrong_passphrase`, `too_many_requests`, `busy`. */
  unlock(actor: Actor, passphrase: string, idempotencyKey?: string): Promise<void>;
  lock(actor: Actor, idempotencyKey?: string): Promise<void>;
}

/** The officers' keys of the demonstration, between their passphrase and what waits for them. */
export function createOfficerDesk({ store, officers, keys, messages }: OfficerKeysDeps): OfficerDesk {
  /** What a key of another lot's certifier, or one too many, signs is not taken; everything else is thrown. */
  async function hand(actor: Actor, room: OfficerMessages, id: string, signature: `0x${string}`): Promise<boolean> {
    try {
      await room.authorise(actor, id, signature);
      return true;
    } catch (error) {
      if (['not_allowed', 'already_exists', 'conflict', 'not_found'].some((code) => isStoopError(error, code as never)))
        return false;
      throw error;
    }
  }

  /** Answers how many signatures were taken. */
  async function signOnce(actor: Actor): Promise<number> {
    let taken = 0;
    for (const room of messages()) {
      for (const { id, office, typedData, signedBy } of store.read((reader) => room.unsigned(reader))) {
        for (const { address, signature } of officers.sign(office, digestOfTypedData(typedData))) {
          if (!store.read((reader) => room.isUnsigned(reader, id))) break;
          if (!signedBy.includes(address) && (await hand(actor, room, id, signature))) taken++;
        }
      }
    }
    return taken;
  }

  return {
    async unlock(actor, passphrase, idempotencyKey) {
      await keys.unlock(passphrase);
      await store.act({ name: 'officers.unlock', actor, idempotencyKey }, (tx) => tx.audit({ keys: 'open' }));
      // A room tells a hundred at a time.
      while ((await signOnce(actor)) > 0);
    },

    async lock(actor, idempotencyKey) {
      keys.lock();
      await store.act({ name: 'officers.lock', actor, idempotencyKey }, (tx) => tx.audit({ keys: 'locked' }));
    },
  };
}
