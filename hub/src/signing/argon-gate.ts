import { argon2 } from 'node:crypto';
import { fail } from '../platform/errors.ts';

/** The cost of one Argon2id (RFC 9106); kept beside what it protects, so that it can grow later. */
export interface ArgonCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** 64 MiB, 3 passes: 160 ms on one core of a 2020s x64, under a second on a Jetson Nano. */
export const defaultArgonCost: ArgonCost = { memoryKib: 65_536, passes: 3, lanes: 1 };

export interface ArgonGate {
  /** 32 bytes. Throws `busy` when too many wait already. */
  derive(secret: Uint8Array, salt: Uint8Array, cost: ArgonCost): Promise<Uint8Array>;
}

/** Argon2id beside the main thread, at most `maxAtOnce` of them: each holds its memory while it runs. */
export function createArgonGate({ maxAtOnce = 2, maxWaiting = 16 } = {}): ArgonGate {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < maxAtOnce) {
      running++;
      return;
    }
    if (waiting.length >= maxWaiting) throw fail('busy', { seconds: 2 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  // A finished one hands its place to the next, so that nobody slips in between.
  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  return {
    async derive(secret, salt, cost) {
      await enter();
      try {
        return await argon2id(secret, salt, cost);
      } finally {
        leave();
      }
    },
  };
}

function argon2id(message: Uint8Array, nonce: Uint8Array, cost: ArgonCost): Promise<Uint8Array> {
  const { memoryKib: memory, passes, lanes: parallelism } = cost;
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, memory, passes, parallelism, tagLength: 32 }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
