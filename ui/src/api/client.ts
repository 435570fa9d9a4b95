import { ApiError } from './api-error.ts';
import { createIntention, type Intention } from './intention.ts';

/** What the hub said; `storedAtMs` is set when it is an older answer that this phone kept. */
export interface Answer<T> {
  value: T;
  storedAtMs?: number;
}

export type WriteMethod = 'POST' | 'PUT' | 'DELETE';

export interface Client {
  get<T>(path: string, signal?: AbortSignal): Promise<Answer<T>>;
  /** Does one intention; tries again by itself when no answer came, always with the intention's own key. */
  send<T>(method: WriteMethod, path: string, body?: unknown, intention?: Intention): Promise<T>;
}

export interface ClientDeps {
  fetch: typeof fetch;
  /** Waits before a retry, in milliseconds. */
  pause: (ms: number) => Promise<void>;
  /** Told after each request whether the hub answered. */
  onReached?: (isReached: boolean) => void;
}

const RETRY_AFTER_MS = [400, 1500];

/** The one way in which the page talks to the hub. Throws `ApiError` with the hub's code, or `no_connection`. */
export function createClient({ fetch, pause, onReached }: ClientDeps): Client {
  async function request(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(path, { credentials: 'same-origin', ...init });
    } catch (cause) {
      if (init.signal?.aborted) throw new ApiError('cancelled');
      onReached?.(false);
      throw Object.assign(new ApiError('no_connection'), { cause });
    }
    onReached?.(!response.headers.has('x-stoop-stored-at'));
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  return {
    async get<T>(path: string, signal?: AbortSignal) {
      const response = await request(path, { headers: { accept: 'application/json' }, signal });
      const storedAt = response.headers.get('x-stoop-stored-at');
      return { value: (await json(response)) as T, storedAtMs: storedAt ? Number(storedAt) : undefined };
    },

    async send<T>(method: WriteMethod, path: string, body?: unknown, intention: Intention = createIntention()) {
      const headers: Record<string, string> = { 'idempotency-key': intention.keyFor(method, path, body) };
      if (body !== undefined) headers['content-type'] = 'application/json';
      const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
      for (let attempt = 0; ; attempt++) {
        try {
          const response = await request(path, init);
          const value = (response.status === 204 ? undefined : await json(response)) as T;
          intention.finish();
          return value;
        } catch (error) {
          const waitMs = RETRY_AFTER_MS[attempt];
          if (!(error instanceof ApiError) || error.code !== 'no_connection' || waitMs === undefined) throw error;
          await pause(waitMs);
        }
      }
    },
  };
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw Object.assign(new ApiError('unreadable_answer'), { cause });
  }
}

async function refusalOf(response: Response): Promise<ApiError> {
  const body = await json(response);
  if (typeof body !== 'object' || body === null || !('code' in body)) return new ApiError('unreadable_answer');
  const { code, details, field } = body as { code: ApiError['code']; details?: ApiError['details']; field?: string };
  return new ApiError(code, details ?? {}, field);
}
