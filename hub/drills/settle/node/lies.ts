import type { Params } from './upstream.ts';

export interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: Params;
}

/** What leaves the proxy instead of a result. */
export type Wire =
  /** The connection ends without an answer. */
  | { readonly do: 'cut' }
  /** Nothing comes, until the other side gives up. */
  | { readonly do: 'hang' }
  | { readonly do: 'page'; readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  /** This text, whatever it says. */
  | { readonly do: 'text'; readonly body: string };

export class WireFault extends Error {
  readonly wire: Wire;
  constructor(wire: Wire) {
    super(wire.do);
    this.wire = wire;
  }
}

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
