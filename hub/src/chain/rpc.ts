import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** The endpoint answered, and the answer is an error (JSON-RPC 2.0, section 5.1). */
export class RpcError extends Error {
  readonly method: string;
  readonly code: number;
  readonly data: unknown;

  constructor(method: string, code: number, message: string, data?: unknown) {
    super(message);
    this.name = 'RpcError';
    this.method = method;
    this.code = code;
    this.data = data;
  }
}

/** No usable answer. `unsent`: the request cannot have reached anybody; `unanswered`: it may have. */
export class LineError extends Error {
  readonly method: string;
  readonly kind: 'unsent' | 'unanswered';

  constructor(method: string, kind: 'unsent' | 'unanswered', cause: unknown) {
    super(`${method}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'LineError';
    this.method = method;
    this.kind = kind;
  }
}

export interface Rpc {
  /** One request, one answer. Throws `RpcError` (answered: no) or `LineError` (not answered). */
  call<T>(method: string, params?: readonly unknown[]): Promise<T>;
  /** Ends what is under way; later calls fail at once. */
  close(): void;
}

interface RpcOptions {
  /** Asked at each call, since an embedded chain comes back on another port. Undefined: no line. */
  readonly url: () => string | undefined;
  readonly timeoutMs?: number;
}

/** A batch of intents reads hundreds of values; endpoints close the door on more at once. */
const atOnce = 8;
const largestAnswerBytes = 32 * 1024 * 1024;
const neverReached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']);

/**
 * JSON-RPC 2.0 over HTTP(S), one call per request. Not ethers' provider: that one caches answers, retries by
 * itself, prints, and hides the codes by which FEVM tells a null round from a failure.
 */
export function createRpc({ url, timeoutMs = 10_000 }: RpcOptions): Rpc {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const closing = new AbortController();
  const queue: (() => void)[] = [];
  let running = 0;
  let lastId = 0;

  /** The time-out counts from when the request leaves, not from when it is queued. */
  async function inTurn(target: URL, body: string): Promise<string> {
    if (running >= atOnce) await new Promise<void>((resolve) => void queue.push(resolve));
    else running += 1;
    try {
      return await post(target, body);
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  }

  function post(target: URL, body: string, isRepeat = false): Promise<string> {
    return new Promise((resolve, reject) => {
      const isTls = target.protocol === 'https:';
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const options = { method: 'POST', headers, agent: isTls ? agents.https : agents.http, signal };
      const request = (isTls ? httpsRequest : httpRequest)(target, options, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > largestAnswerBytes) response.destroy(new Error('the answer is too large'));
          chunks.push(chunk);
        });
        response.on('end', () => resolve(Buffer.concat(chunks).toString()));
        response.on('error', reject);
      });
      request.on('error', (error) => {
        // The other side had closed the idle connection; every method used here may be asked twice.
        const wasIdle = request.reusedSocket && codeOf(error) === 'ECONNRESET';
        if (wasIdle && !isRepeat) resolve(post(target, body, true));
        else reject(error);
      });
      request.end(body);
    });
  }

  return {
    async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
      const target = url();
      if (!target) throw new LineError(method, 'unsent', 'there is no endpoint');
      if (closing.signal.aborted) throw new LineError(method, 'unsent', 'the line is closed');
      let text: string;
      try {
        text = await inTurn(new URL(target), JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params }));
      } catch (error) {
        throw new LineError(method, neverReached.has(codeOf(error)) ? 'unsent' : 'unanswered', error);
      }
      return resultOf<T>(method, text);
    },
    close() {
      closing.abort(new Error('the hub is stopping'));
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function resultOf<T>(method: string, text: string): T {
  let answer: { result?: unknown; error?: { code?: unknown; message?: unknown; data?: unknown } };
  try {
    answer = JSON.parse(text);
  } catch {
    // A gateway's error page, a captive portal.
    throw new LineError(method, 'unanswered', 'the answer is not JSON');
  }
  if (answer?.error) {
    const { code, message, data } = answer.error;
    throw new RpcError(method, Number(code ?? 0), String(message ?? 'error'), data);
  }
  if (answer?.result === undefined) throw new LineError(method, 'unanswered', 'the answer holds no result');
  return answer.result as T;
}
