import {
  createUpstream,
  type Endpoint,
  NodeError,
  type Request,
  startEndpoint,
  WireFault,
} from '../../../test/support/rpc-endpoint.ts';

/** What to do with a request: `pass` gives the true answer; `cut` ends the connection without one. */
type Lie = (request: Request, pass: () => Promise<unknown>) => Promise<unknown>;

/** A JSON-RPC endpoint that stands before a real one and lies where it is told to. */
export interface LyingProxy extends Endpoint {
  /** Methods as they were asked, oldest first. */
  readonly asked: { method: string; params: readonly unknown[] }[];
  lie(method: string, lie: Lie): void;
  honest(method?: string): void;
}

/** Thrown by a lie: the connection is cut without an answer. */
export const cut = new WireFault({ do: 'cut' });

export async function startLyingProxy(target: () => string): Promise<LyingProxy> {
  const lies = new Map<string, Lie>();
  const asked: { method: string; params: readonly unknown[] }[] = [];
  const upstream = createUpstream(target);

  const forward = ({ method, params }: Request): Promise<unknown> =>
    upstream.call(method, params).catch((error: unknown) => {
      throw error instanceof NodeError ? error : cut;
    });

  const endpoint = await startEndpoint((request) => {
    asked.push({ method: request.method, params: structuredClone(request.params) });
    const lie = lies.get(request.method);
    return lie ? lie(request, () => forward(request)) : forward(request);
  });
  return {
    ...endpoint,
    asked,
    lie: (method, lie) => void lies.set(method, lie),
    honest: (method) => (method ? void lies.delete(method) : lies.clear()),
  };
}
