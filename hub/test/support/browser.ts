import { randomUUID } from 'node:crypto';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly idempotencyKey?: string;
  /** Sent as it is instead of JSON. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

/** What a page in a browser does over HTTP: keeps cookies, names its origin, makes a key per intention. */
export interface Browser {
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<Answer<T>>;
  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>>;
  post<T = Record<string, unknown>>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>;
  put<T = Record<string, unknown>>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>;
  delete<T = Record<string, unknown>>(path: string, options?: CallOptions): Promise<Answer<T>>;
  /** Takes over credentials that were made elsewhere. */
  keep(tokens: { deviceToken?: string; sessionToken?: string }): void;
  /** The cookies as they would be sent. */
  cookies(): string;
}

export function createBrowser(origin: string): Browser {
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

  function take(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(line) || pair.length === at + 1) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  async function call<T>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer<T>> {
    const isWrite = method !== 'GET';
    const given: Record<string, string | undefined> = {
      ...(body !== undefined || options.raw !== undefined ? { 'content-type': 'application/json' } : {}),
      ...(isWrite
        ? { 'idempotency-key': options.idempotencyKey ?? randomUUID(), origin, 'sec-fetch-site': 'same-origin' }
        : {}),
      cookie: cookies(),
      ...options.headers,
    };
    const headers = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await fetch(origin + path, {
      method,
      headers,
      redirect: 'manual',
      body: options.raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
    take(response.headers);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text ? JSON.parse(text) : text) as T,
    };
  }

  return {
    call,
    get: (path) => call('GET', path),
    post: (path, body, options) => call('POST', path, body, options),
    put: (path, body, options) => call('PUT', path, body, options),
    delete: (path, options) => call('DELETE', path, undefined, options),
    keep({ deviceToken, sessionToken }) {
      if (deviceToken) jar.set('stoop-device', deviceToken);
      if (sessionToken) jar.set('stoop-session', sessionToken);
    },
    cookies,
  };
}
