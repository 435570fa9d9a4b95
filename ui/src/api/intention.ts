/** One thing that a person wants done; its key survives retries, so that a lost answer does nothing twice. */
export interface Intention {
  /** The idempotency key for this request: the same for the same request, a new one when the request changes. */
  keyFor(method: string, path: string, body: unknown): string;
  /** Call when it is done: doing the same once more is then a new intention. */
  finish(): void;
}

/** Makes an intention; `makeKey` must give a UUID. */
export function createIntention(makeKey: () => string = () => crypto.randomUUID()): Intention {
  let key: string | undefined;
  let request = '';
  return {
    keyFor(method, path, body) {
      const wanted = JSON.stringify([method, path, body]);
      if (key === undefined || wanted !== request) {
        key = makeKey();
        request = wanted;
      }
      return key;
    },
    finish() {
      key = undefined;
    },
  };
}
