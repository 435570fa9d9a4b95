import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { EndpointState } from '../platform/ports/index.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { Finding } from './examination.ts';
import { createRpc, type EndpointRpc, isNullRound, LineError, type Rpc, RpcError } from './rpc.ts';

/** Several endpoints as one: the first in order that passes its examination serves, the others stand by. */
export interface Endpoints extends Rpc {
  /** Whether there is any at all. */
  exist(): boolean;
  /** Examines from the first in order on; the first good one serves from now on. Answers what it showed. */
  choose(): Promise<Finding | undefined>;
  /** Examines those that stand by and were not examined for five minutes, so that a wrong one is named in time. */
  lookAround(): Promise<void>;
  states(): readonly EndpointState[];
  /** What each showed at its last examination. */
  findings(): readonly { name: string; finding: Finding }[];
  /** Forgets what was found: another deployment. */
  forget(): void;
}

interface EndpointsOptions {
  /** In order of preference. Asked at each look, since an embedded chain comes back on another port. */
  readonly urls: () => readonly string[];
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Throws `LineError` or `RpcError` when it does not answer as it should. */
  readonly examine: (rpc: EndpointRpc, before: Finding | undefined) => Promise<Finding>;
}

interface Endpoint {
  readonly url: string;
  readonly name: string;
  readonly rpc: EndpointRpc;
  readonly breaker: Breaker;
  finding?: Finding;
  verdict?: EndpointState['verdict'];
  reason?: string;
  sinceMs?: number;
  examinedMs?: number;
}

const standbyEveryMs = 300_000;

/** What may be asked a second time elsewhere: reading changes nothing, and raw bytes are the same bytes. */
const isRepeatable = (method: string): boolean => method === rawSend || !/^eth_(send|sign)/.test(method);
const rawSend = 'eth_sendRawTransaction';

/** Nothing is missing and nothing speaks against our clock; what is less serves only when there is no better. */
const isWhole = ({ finalized, hubClockAheadMs }: Finding): boolean =>
  finalized !== undefined && hubClockAheadMs === undefined;

export function createEndpoints({ urls, timeoutMs, clock, log, examine }: EndpointsOptions): Endpoints {
  let list: Endpoint[] = [];
  let serving: Endpoint | undefined;
  let isClosed = false;
  let replacing: { of: Endpoint; done: Promise<void> } | undefined;

  /** Keeps what is known of those that are still there. */
  function current(): readonly Endpoint[] {
    const wanted = urls();
    if (wanted.length === list.length && wanted.every((url, at) => list[at]?.url === url)) return list;
    const kept = new Map(list.map((one) => [one.url, one]));
    const names = namesOf(wanted);
    list = wanted.map((url, at) => kept.get(url) ?? open(url, names[at]!));
    for (const one of kept.values()) if (!list.includes(one)) one.rpc.close();
    if (serving && !list.includes(serving)) serving = undefined;
    return list;
  }

  function open(url: string, name: string): Endpoint {
    const rpc = createRpc({ url, nowMs: clock.nowMs, timeoutMs });
    if (isClosed) rpc.close();
    return { url, name, rpc, breaker: createBreaker(clock) };
  }

  function mark(one: Endpoint, verdict: EndpointState['verdict'], reason: string | undefined): void {
    if (one.verdict !== verdict) {
      one.sinceMs = clock.nowMs();
      // Those that stand by are often a block behind; that is no news.
      log[verdict === 'behind' ? 'debug' : 'info']({ endpoint: one.name, reason }, `endpoint: ${verdict}`);
    }
    one.verdict = verdict;
    one.reason = reason;
  }

  /** Undefined when it did not answer. Never throws what an endpoint can cause. */
  async function look(one: Endpoint): Promise<Finding | undefined> {
    one.examinedMs = clock.monotonicMs();
    try {
      const finding = await examine(one.rpc, one.finding);
      one.finding = finding;
      mark(one, finding.verdict, finding.reason);
      if (finding.verdict === 'good' || finding.verdict === 'behind') one.breaker.succeeded();
      else one.breaker.failed({ atOnce: true });
      return finding;
    } catch (error) {
      if (!(error instanceof LineError || error instanceof RpcError)) throw error;
      if (error instanceof LineError) failed(one, error);
      // It answers, and refuses what every node answers: a wrong key, say. Asking again at once is of no use.
      else one.breaker.failed({ atOnce: true });
      mark(one, 'away', error.message);
      one.finding = undefined;
      return undefined;
    }
  }

  function failed(one: Endpoint, error: LineError): void {
    one.breaker.failed({ atOnce: error.kind === 'unsent', pauseMs: error.retryAfterMs });
    if (one.breaker.state() !== 'closed') mark(one, 'away', error.message);
  }

  async function choose(but?: Endpoint): Promise<Finding | undefined> {
    const all = current().filter((one) => one !== but);
    const may = all.filter(({ breaker }) => breaker.state() !== 'open');
    // With all of them at rest the look itself is the question that tells whether the line is back.
    const soonest = all
      .filter(({ breaker }) => breaker.wishLeftMs() === 0)
      .sort((a, b) => a.breaker.pauseLeftMs() - b.breaker.pauseLeftMs())
      .slice(0, but ? 0 : 1);
    let partial: Endpoint | undefined;
    for (const one of may.length > 0 ? may : soonest) {
      const finding = await look(one);
      if (finding?.verdict !== 'good') continue;
      if (isWhole(finding)) return serve(one);
      partial ??= one;
    }
    return partial && serve(partial);
  }

  function serve(one: Endpoint): Finding | undefined {
    if (serving !== one) log.info({ endpoint: one.name, before: serving?.name }, 'endpoint: serves');
    serving = one;
    return one.finding;
  }

  /** Those who meet the same failure at the same time wait for one search. */
  async function replace(of: Endpoint): Promise<void> {
    if (serving !== of) return;
    if (replacing?.of !== of) {
      const done = choose(of)
        .then(() => {})
        .finally(() => {
          replacing = undefined;
        });
      replacing = { of, done };
    }
    await replacing?.done;
  }

  async function call<T>(method: string, params: readonly unknown[] = [], { askOthers = false } = {}): Promise<T> {
    const tried = new Set<Endpoint>();
    let met: LineError | undefined;
    for (;;) {
      const one = serving;
      if (!one) throw met ?? new LineError(method, 'unsent', 'there is no endpoint');
      const left = one.breaker.state() === 'open' ? one.breaker.pauseLeftMs() : 0;
      if (left === 0 && !tried.has(one)) {
        try {
          const answer = await one.rpc.call<T>(method, params);
          one.breaker.succeeded();
          return answer;
        } catch (error) {
          if (error instanceof RpcError) {
            one.breaker.succeeded();
            // Bytes that an earlier one may have taken are not undone by a later one's no.
            if (met?.kind === 'unanswered' && method === rawSend) throw met;
            if (askOthers && !isNullRound(error)) return await callOthers(one, error, params);
            throw error;
          }
          if (!(error instanceof LineError)) throw error;
          failed(one, error);
          if (met?.kind !== 'unanswered') met = error;
          if (error.kind === 'unanswered' && !isRepeatable(method)) throw error;
          tried.add(one);
        }
      }
      await replace(one);
      if (serving === one || (serving && tried.has(serving)))
        throw met ?? new LineError(method, 'unsent', one.reason ?? 'the endpoint rests after failures');
    }
  }

  /** The first other answer, or what the first endpoint said. */
  async function callOthers<T>(but: Endpoint, refusal: RpcError, params: readonly unknown[]): Promise<T> {
    for (const one of current()) {
      if (one === but || one.breaker.state() === 'open') continue;
      if ((await look(one))?.verdict !== 'good') continue;
      try {
        return await one.rpc.call<T>(refusal.method, params);
      } catch (error) {
        if (error instanceof LineError) failed(one, error);
        else if (!(error instanceof RpcError)) throw error;
      }
    }
    throw refusal;
  }

  return {
    call,
    choose: () => choose(),
    exist: () => current().length > 0,
    async lookAround() {
      for (const one of current()) {
        const isDue = one.examinedMs === undefined || clock.monotonicMs() - one.examinedMs >= standbyEveryMs;
        if (one !== serving && isDue && one.breaker.state() !== 'open' && !isClosed) await look(one);
      }
    },
    states: () => current().map((one) => stateOf(one, one === serving)),
    findings: () => list.flatMap(({ name, finding }) => (finding ? [{ name, finding }] : [])),
    forget() {
      for (const one of list) one.finding = undefined;
      serving = undefined;
    },
    close() {
      isClosed = true;
      for (const one of list) one.rpc.close();
    },
  };
}

function stateOf({ name, breaker, verdict, reason, sinceMs, finding }: Endpoint, isServing: boolean): EndpointState {
  const left = breaker.pauseLeftMs();
  return {
    name,
    isServing,
    breaker: breaker.state(),
    verdict,
    reason,
    sinceMs,
    pauseLeftMs: left > 0 ? left : undefined,
    headNumber: finding?.head?.number,
  };
}

/** Hosts alone, since keys are often part of the path; numbered where two share one. */
function namesOf(urls: readonly string[]): string[] {
  const hosts = urls.map((url) => new URL(url).host);
  return hosts.map((host, at) => {
    const place = hosts.slice(0, at).filter((other) => other === host).length;
    return place === 0 ? host : `${host} (${place + 1})`;
  });
}
