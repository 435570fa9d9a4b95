import type { Request } from '../../../test/support/rpc-endpoint.ts';

/** One lie that waits for the request that it is made for. */
export interface Lie {
  readonly kind: string;
  isFor(request: Request): boolean;
  /** The answer in place of the true one; throws `WireFault` or `NodeError`. `pass` asks the node. */
  tell(request: Request, pass: () => Promise<unknown>): Promise<unknown>;
  /** How many requests it meets. */
  readonly times: number;
}

/** Lies in waiting. Each is told of once, at the first request that it meets. */
export interface Lies {
  arm(lie: Lie): void;
  waiting(): number;
  /** Everybody is honest again. */
  calm(): void;
  meet(request: Request, pass: () => Promise<unknown>): Promise<unknown>;
}

export function createLies(onTold: (lie: Lie, request: Request) => void): Lies {
  let armed: { readonly lie: Lie; left: number }[] = [];
  return {
    arm: (lie) => void armed.push({ lie, left: lie.times }),
    waiting: () => armed.filter(({ lie, left }) => left === lie.times).length,
    calm() {
      armed = [];
    },
    meet(request, pass) {
      const found = armed.find(({ lie }) => lie.isFor(request));
      if (!found) return pass();
      if (found.left === found.lie.times) onTold(found.lie, request);
      found.left--;
      if (found.left <= 0) armed = armed.filter((one) => one !== found);
      return found.lie.tell(request, pass);
    },
  };
}
