/** A JSON-RPC error as a node says it. */
export class NodeError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export type Params = readonly unknown[];

/** A real node behind the liar; `url` is asked each time, since a simulator that was started again is elsewhere. */
export interface Upstream {
  call<T>(method: string, params?: Params): Promise<T>;
}

/** Throws `NodeError` for what the node refuses, and whatever `fetch` throws while there is none. */
export function createUpstream(url: () => string): Upstream {
  return {
    async call<T>(method: string, params: Params = []): Promise<T> {
      const response = await fetch(url(), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
      const answer = (await response.json()) as {
        result: T;
        error?: { code: number; message: string; data?: unknown };
      };
      if (answer.error) throw new NodeError(answer.error.code, answer.error.message, answer.error.data);
      return answer.result;
    },
  };
}

export const hexOf = (value: number): string => `0x${value.toString(16)}`;
