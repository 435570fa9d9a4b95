import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
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

/** Filecoin: the epoch holds no block. It is an advance like any other. Older nodes say it in words alone. */
export const isNullRound = (error: unknown): boolean =>
  error instanceof RpcError && (error.code === 12 || (error.code === 1 && /null round/.test(error.message)));

/** No usable answer. `unsent`: the request cannot have reached anybody; `unanswered`: it may have. */
export class LineError extends Error {
  readonly method: string;
  readonly kind: 'unsent' | 'unanswered';
  /** How long the endpoint wants to be left alone, when it said so. */
  readonly retryAfterMs?: number;

  constructor(method: string, kind: 'unsent' | 'unanswered', cause: unknown, retryAfterMs?: number) {
    super(`${method}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'LineError';
    this.method = method;
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Rpc {
  /**
   * One request, one answer. Throws `RpcError` (answered: no) or `LineError` (not answered). `askOthers`: another
   * endpoint may know what this one refuses.
   */
  call<T>(method: string, params?: readonly unknown[], how?: { readonly askOthers?: boolean }): Promise<T>;
  /** Ends what is under way; later calls fail at once. */
  close(): void;
}

/** One endpoint. */
export interface EndpointRpc extends Rpc {
  /** How far the clock of the endpoint's web server was ahead of ours at its last answer (to the second); undefined when it does not say. */
  clockAheadMs(): number | undefined;
}

interface RpcOptions {
  readonly url: string;
  readonly nowMs: () => number;
  readonly timeoutMs?: number;
}

interface Answer {
  readonly text: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** A batch of intents reads hundreds of values; endpoints close the door on more at once. */
const atOnce = 8;
const largestAnswerBytes = 32 * 1024 * 1024;
const neverReached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']);

/**
 * JSON-RPC 2.0 over HTTP(S), one call per request. Not ethers' provider: that one caches answers, retries by
 * itself, prints, and hides the codes by which FEVM tells a null round from a failure.
 */
export function createRpc({ url, nowMs, timeoutMs = 10_000 }: RpcOptions): EndpointRpc {
  const target = new URL(url);
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const closing = new AbortController();
  const queue: (() => void)[] = [];
  let running = 0;
  let lastId = 0;
  let clockAheadMs: number | undefined;

  /** The time-out counts from when the request leaves, not from when it is queued. */
  async function inTurn(body: string): Promise<Answer> {
    if (running >= atOnce) await new Promise<void>((resolve) => void queue.push(resolve));
    else running += 1;
    try {
      return await post(body);
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  }

  function post(body: string, isRepeat = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const isTls = target.protocol === 'https:';
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      // The other idle connections may be as dead as the one that failed.
      const agent = isRepeat ? false : isTls ? agents.https : agents.http;
      const options = { method: 'POST', headers, agent, signal };
      const request = (isTls ? httpsRequest : httpRequest)(target, options, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > largestAnswerBytes) response.destroy(new Error('the answer is too large'));
          chunks.push(chunk);
        });
        const { statusCode: status = 0, headers } = response;
        response.on('end', () => resolve({ text: Buffer.concat(chunks).toString(), status, headers }));
        response.on('error', reject);
      });
      request.on('error', (error) => {
        // The other side had closed the idle connection; every method used here may be asked twice.
        const wasIdle = request.reusedSocket && codeOf(error) === 'ECONNRESET';
        if (wasIdle && !isRepeat) resolve(post(body, true));
        else reject(error);
      });
      request.end(body);
    });
  }

  return {
    async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
      if (closing.signal.aborted) throw new LineError(method, 'unsent', 'the line is closed');
      const id = ++lastId;
      let answer: Answer;
      try {
        answer = await inTurn(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      } catch (error) {
        throw new LineError(method, neverReached.has(codeOf(error)) ? 'unsent' : 'unanswered', error);
      }
      const date = Date.parse(answer.headers.date ?? '');
      if (Number.isFinite(date)) clockAheadMs = date - nowMs();
      return resultOf<T>(method, id, answer);
    },
    clockAheadMs: () => clockAheadMs,
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

function resultOf<T>(method: string, id: number, { text, status, headers }: Answer): T {
  // Too much asked, or a gateway without its node: what the body says then is of no use.
  if (status === 429 || status === 502 || status === 503 || status === 504)
    throw new LineError(method, 'unanswered', `status ${status}`, retryAfterMs(headers));
  let answer: { id?: unknown; result?: unknown; error?: { code?: unknown; message?: unknown; data?: unknown } };
  try {
    answer = JSON.parse(text);
  } catch {
    // A gateway's error page, a captive portal.
    throw new LineError(method, 'unanswered', 'the answer is not JSON');
  }
  if (answer?.error) {
    const { code, message, data } = answer.error;
    if (isTooMuch(Number(code), String(message))) throw new LineError(method, 'unanswered', String(message));
    throw new RpcError(method, Number(code ?? 0), String(message ?? 'error'), data);
  }
  if (answer?.result === undefined) throw new LineError(method, 'unanswered', 'the answer holds no result');
  if (answer.id !== id) throw new LineError(method, 'unanswered', 'the answer belongs to another question');
  return answer.result as T;
}

/** How providers say in JSON what HTTP says by 429. */
function isTooMuch(code: number, message: string): boolean {
  return code === 429 || /rate limit|too many requests/i.test(message);
}

function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? seconds * 1000 : undefined;
}
