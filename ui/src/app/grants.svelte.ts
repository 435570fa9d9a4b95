import { ApiError } from '../api/api-error.ts';
import type { Client, WriteMethod } from '../api/client.ts';
import type { Intention } from '../api/intention.ts';

/** Asks for the PIN where the hub wants a signature, then does the same intention again. */
export interface Grants {
  /** True while the PIN sheet is open. */
  readonly isAsking: boolean;
  /** Opens the signing grant with this PIN; throws the hub's refusal, the sheet stays open. */
  enter(pin: string): Promise<void>;
  cancel(): void;
  /** As `client.send`; on `grant_needed` asks for the PIN and repeats with the same key. Throws `cancelled` when refused. */
  sign<T>(method: WriteMethod, path: string, body: unknown, intention: Intention): Promise<T>;
}

export function createGrants(client: Client): Grants {
  let waiting = $state.raw<PromiseWithResolvers<void>>();

  function ask(): Promise<void> {
    waiting ??= Promise.withResolvers<void>();
    return waiting.promise;
  }

  return {
    get isAsking() {
      return waiting !== undefined;
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
    async sign<T>(method: WriteMethod, path: string, body: unknown, intention: Intention) {
      for (;;) {
        try {
          return await client.send<T>(method, path, body, intention);
        } catch (error) {
          if (!(error instanceof ApiError) || error.code !== 'grant_needed') throw error;
          await ask();
        }
      }
    },
  };
}
