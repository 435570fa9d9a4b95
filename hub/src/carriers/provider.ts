import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { fail } from '../platform/errors.ts';
import type { Attempt, Call, Carrier, Hex, Store } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { answerTo, keepAnswer } from './answers.store.ts';
import { createBreaker } from './breaker.ts';
import { ask, type HttpAnswer } from './http-line.ts';
import { LineError } from './line-error.ts';
import { createSecretFile } from './secret-file.ts';

export interface ProviderSettings {
  /** The carrier's name, by which lanes choose it. */
  readonly name: string;
  /** Everything asked of it lies below this address. */
  readonly baseUrl: string;
  readonly tokenFile?: string;
}

/**
 * What a lane asks for: `{contract: <carrier>, fn: 'put', args: [{path, body}]}`; it reads with `fn: 'get', args: [path]`,
 * and a refusal with `fn: 'answerTo', args: [path]`.
 */
export interface ProviderCall {
  /** Relative to the base address, of URL-safe characters. */
  readonly path: string;
  readonly body: object;
}

interface ProviderDeps {
  readonly settings: ProviderSettings;
  readonly store: Store;
  readonly clock: Clock;
  readonly timeoutMs?: number;
  /** Aborted when the hub stops. */
  readonly signal?: AbortSignal;
}

/** It does not know the hub: that is about the settings, not about what is asked. */
const unwelcome = new Set([401, 403, 407, 408]);
const safePath = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/**
 * Resources kept by an HTTP provider: PUT under a path and an idempotency key, the content's hash; GET tells whether it
 * is there. What the PUT answers decides nothing. 202 to a GET means: taken, not kept yet.
 */
export function createProviderCarrier({ settings, store, clock, timeoutMs, signal }: ProviderDeps): Carrier {
  const { name } = settings;
  const actor = system(`carrier.${name}`);
  const breaker = createBreaker(clock, name);
  const token =
    settings.tokenFile === undefined ? undefined : createSecretFile(settings.tokenFile, `${name}.tokenFile`, 16);

  async function http(method: 'GET' | 'PUT', path: string, more: { headers?: object; body?: string } = {}) {
    assertSafe(path);
    const headers = { ...more.headers, ...(token && { authorization: `Bearer ${token.read()}` }) };
    try {
      const answer = await ask(`${settings.baseUrl}/${path}`, { method, headers, body: more.body, timeoutMs, signal });
      if (answer.status >= 500 || unwelcome.has(answer.status))
        throw new LineError('unanswered', `HTTP ${answer.status}`);
      breaker.worked();
      return answer;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      breaker.failed(error.message, error.askedMs);
      throw fail('carrier_offline', { carrier: name, reason: error.message }, error);
    }
  }

  async function perform(attempt: Attempt): Promise<void> {
    const { path, body } = decode(attempt.payload);
    const hash = hashOf(body);
    const headers = {
      'content-type': 'application/json',
      'content-digest': `sha-256=:${hash.toString('base64')}:`,
      'idempotency-key': hash.toString('hex'),
    };
    const { status } = await http('PUT', path, { headers, body });
    if (status < 400) return;
    // Refused: kept, so that the probe can tell it from a request that never arrived.
    await store.act({ name: 'delivery.answered', actor }, (tx) => {
      const words = `HTTP ${status}`;
      keepAnswer(tx, name, path, { attemptId: attempt.id, outcome: 'refused', words, tries: 1, untilMs: 0 });
      tx.audit({ attempt: attempt.id, outcome: 'refused', status });
    });
  }

  async function probe(attempt: Attempt): ReturnType<Carrier['probe']> {
    const { path, body } = decode(attempt.payload);
    const found = await http('GET', path);
    if (found.status === 202) return { outcome: 'mined' };
    if (found.status === 200) return { outcome: hashOf(found.body).equals(hashOf(body)) ? 'final' : 'failed' };
    if (found.status !== 404) throw fail('carrier_offline', { carrier: name, reason: `HTTP ${found.status}` });
    const answer = store.read((reader) => answerTo(reader, name, path));
    return { outcome: answer?.attemptId === attempt.id ? 'failed' : 'unknown' };
  }

  return {
    name,
    async prepare(call, used) {
      const { path, body } = call.args[0] as ProviderCall;
      assertSafe(path);
      const text = JSON.stringify(body);
      const locator = `${path}#${hashOf(text).toString('hex')}`;
      return { payload: encode(path, text), locator, senderNonce: used.highestNonce + 1, costWei: 0n };
    },
    perform,
    probe,
    reads: {
      isOnline: () => breaker.closedBecause() === undefined,
      async read<T>(call: Call, at: 'latest' | 'finalized') {
        const path = String(call.args[0]);
        if (call.fn === 'answerTo') return store.read((reader) => answerTo(reader, name, path)) as T;
        return contentOf(name, await http('GET', path), at) as T;
      },
    },
    unavailable: async () => token?.problem() ?? breaker.closedBecause(),
  };
}

/** An address that a lane makes up must not lead out of the provider's own. */
function assertSafe(path: string): void {
  if (!safePath.test(path)) throw fail('bad_request', { field: 'path', rule: 'only URL-safe segments' });
}

/** The resource; undefined when it is not there, or not kept for good and that is asked. */
function contentOf(carrier: string, { status, body }: HttpAnswer, at: 'latest' | 'finalized'): unknown {
  if (status === 200 || (status === 202 && at === 'latest')) return JSON.parse(body.toString());
  if (status === 202 || status === 404) return undefined;
  throw fail('carrier_offline', { carrier, reason: `HTTP ${status}` });
}

const hashOf = (content: string | Buffer) => createHash('sha256').update(content).digest();
const encode = (path: string, body: string): Hex => `0x${Buffer.from(JSON.stringify({ path, body })).toString('hex')}`;
const decode = (payload: Hex) =>
  JSON.parse(Buffer.from(payload.slice(2), 'hex').toString()) as { path: string; body: string };
