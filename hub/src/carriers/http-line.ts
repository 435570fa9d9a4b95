import { LineError, neverReached } from './line-error.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
  /** Aborted when the hub stops: what is under way ends unanswered. */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

const largestAnswerBytes = 1024 * 1024;
/** The other side, or what stands before it, has too much to do: that is about the line, not about this request. */
const overloaded = new Set([429, 502, 503, 504]);

/** One request, one answer; redirects are not followed, since only addresses of the settings are called. Throws `LineError`. */
export async function ask(url: string, request: HttpRequest): Promise<HttpAnswer> {
  const { timeoutMs = 10_000, signal, ...rest } = request;
  const ends = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
  let response: Response;
  let body: Buffer;
  try {
    response = await fetch(url, { ...rest, redirect: 'manual', signal: AbortSignal.any(ends) });
    body = await bodyOf(response);
  } catch (error) {
    const code = codeOf(error);
    const kind = neverReached.has(code) ? 'unsent' : 'unanswered';
    throw new LineError(kind, code || (error instanceof Error ? error.message : String(error)), { cause: error });
  }
  if (overloaded.has(response.status)) {
    throw new LineError('unanswered', `HTTP ${response.status}`, { askedMs: retryAfterMs(response.headers) });
  }
  return { status: response.status, headers: response.headers, body };
}

async function bodyOf(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > largestAnswerBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Seconds only: a date would ask whose clock is right. */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
