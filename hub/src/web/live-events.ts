import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import { fail } from '../platform/errors.ts';
import type { Actor, Authenticate, Change } from '../platform/ports/index.ts';
import { credentialCookie, readTokens } from './cookies.ts';
import { apiHeaders } from './headers.ts';
import { changeFrame, createLiveClient, hears, type LiveClient, namedFrame } from './live-client.ts';
import type { ChangeFeed } from './types.ts';

export interface LiveLimits {
  readonly heartbeatMs: number;
  /** A reconnect that missed more is told to reload. */
  readonly replayMax: number;
  readonly bufferBytes: number;
  readonly perAddress: number;
  readonly total: number;
}

export const liveLimits: LiveLimits = {
  heartbeatMs: 20_000,
  replayMax: 500,
  bufferBytes: 64 * 1024,
  perAddress: 20,
  total: 1000,
};

export interface LiveEventsDeps {
  readonly changes: ChangeFeed;
  readonly authenticate: Authenticate;
  readonly clock: Clock;
  readonly buildId: () => string | undefined;
  readonly limits: LiveLimits;
}

export interface LiveEvents {
  start(): void;
  stop(): void;
  connect(request: FastifyRequest, reply: FastifyReply): void;
  count(): number;
}

const isSamePerson = (one: Actor, other: Actor): boolean =>
  one.seat === other.seat && one.sessionId === other.sessionId && one.roles.join() === other.roles.join();

/** Server-sent events (WHATWG HTML, section 9.2) over the change log. */
export function createLiveEvents({ changes, authenticate, clock, buildId, limits }: LiveEventsDeps): LiveEvents {
  const clients = new Set<LiveClient>();
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: (() => void)[] = [];

  /** A stream belongs to the session it was opened with: when that has ended, so does the stream. */
  function isStillEntitled(client: LiveClient): boolean {
    const { actor } = authenticate({ ...client.tokens, isPassive: true });
    if (isSamePerson(actor, client.actor)) return true;
    clients.delete(client);
    client.reload('session', changes.lastSeq());
    client.end();
    return false;
  }

  function publish(batch: readonly Change[]): void {
    const nowMs = clock.monotonicMs();
    for (const change of batch) {
      const frame = changeFrame(change);
      for (const client of clients) {
        if (!hears(client.actor, change.audience)) continue;
        if (change.audience !== 'all' && !isStillEntitled(client)) continue;
        client.send(frame, nowMs, changes.lastSeq);
      }
    }
  }

  function beat(): void {
    const nowMs = clock.monotonicMs();
    for (const client of clients) {
      const behindSinceMs = client.behindSinceMs();
      if (behindSinceMs !== undefined && nowMs - behindSinceMs > 2 * limits.heartbeatMs) {
        clients.delete(client);
        client.destroy();
      } else if (isStillEntitled(client)) client.send(':\n\n', nowMs, changes.lastSeq);
    }
  }

  function checkRoom(address: string): void {
    let fromHere = 0;
    for (const client of clients) if (client.address === address) fromHere++;
    if (fromHere >= limits.perAddress || clients.size >= limits.total) throw fail('too_many_requests', { seconds: 30 });
  }

  /** What was missed since `Last-Event-ID`, or one `reload` when that cannot be told in full. */
  function replay(client: LiveClient, lastEventId: string | undefined): void {
    const seq = changes.lastSeq();
    const heard = lastEventId === undefined || !/^\d{1,15}$/.test(lastEventId) ? undefined : Number(lastEventId);
    const missed = heard === undefined ? [] : changes.changesAfter(heard, limits.replayMax + 1);
    const canReplay = missed !== undefined && missed.length <= limits.replayMax;
    const nowMs = clock.monotonicMs();
    client.send(
      namedFrame('hello', canReplay ? (heard ?? seq) : seq, { seq, buildId: buildId() }),
      nowMs,
      changes.lastSeq,
    );
    if (!canReplay) client.reload('gap', seq);
    for (const change of canReplay ? missed : []) {
      if (hears(client.actor, change.audience)) client.send(changeFrame(change), nowMs, changes.lastSeq);
    }
  }

  return {
    start() {
      unsubscribe = [changes.subscribe(publish)];
      const transient = changes.subscribeTransient?.(({ noun, id }) => {
        const seq = changes.lastSeq();
        const frame = `data: ${JSON.stringify({ seq, noun, id, revision: 0 })}\n\n`;
        for (const client of clients) client.send(frame, clock.monotonicMs(), changes.lastSeq);
      });
      if (transient !== undefined) unsubscribe.push(transient);
      timer = setInterval(beat, limits.heartbeatMs).unref();
    },
    stop() {
      clearInterval(timer);
      for (const each of unsubscribe) each();
      for (const client of clients) client.end();
      clients.clear();
    },
    count: () => clients.size,
    connect(request, reply) {
      checkRoom(request.ip);
      const { isSecure } = request.arrival;
      const tokens = readTokens(request.headers.cookie, isSecure);
      const { actor } = authenticate(tokens);
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        ...apiHeaders,
        'content-type': 'text/event-stream; charset=utf-8',
        // Every page opens this stream, so here a browser's credentials get their full life again.
        ...(actor.deviceId !== undefined && { 'set-cookie': renewed(tokens, isSecure) }),
      });
      request.raw.socket.setNoDelay(true);
      const client = createLiveClient({
        response,
        tokens,
        actor,
        address: request.ip,
        bufferBytes: limits.bufferBytes,
      });
      clients.add(client);
      response.once('close', () => void clients.delete(client));
      // Reconnects after a restart of the hub spread over three seconds.
      client.send(`retry: ${1000 + Math.floor(Math.random() * 3000)}\n\n`, clock.monotonicMs(), changes.lastSeq);
      replay(client, request.headers['last-event-id'] as string | undefined);
    },
  };
}

function renewed(
  { deviceToken, sessionToken }: { deviceToken?: string; sessionToken?: string },
  isSecure: boolean,
): string[] {
  return [
    ...(deviceToken === undefined ? [] : [credentialCookie('device', deviceToken, isSecure)]),
    ...(sessionToken === undefined ? [] : [credentialCookie('session', sessionToken, isSecure)]),
  ];
}
