import type { ServerResponse } from 'node:http';
import type { Actor, Audience, Change } from '../platform/ports/index.ts';
import type { Tokens } from './cookies.ts';

/** Whether this actor may hear of a change meant for `audience`. */
export function hears(actor: Actor, audience: Audience): boolean {
  if (audience === 'all') return true;
  if (actor.seat === undefined) return false;
  if (audience.startsWith('seat:')) return actor.seat === Number(audience.slice(5));
  return actor.roles.some((role) => audience === `role:${role}`);
}

export type ReloadReason = 'gap' | 'slow' | 'session';

/** The frame of a change; `seq` is the id that a reconnect replays from. */
export function changeFrame({ seq, noun, id, revision }: Change): string {
  return `id: ${seq}\ndata: ${JSON.stringify({ seq, noun, id, revision })}\n\n`;
}

export function namedFrame(event: 'hello' | 'reload', id: number, data: object): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

export interface LiveClientOptions {
  readonly response: ServerResponse;
  readonly tokens: Tokens;
  readonly actor: Actor;
  readonly address: string;
  /** More unsent bytes than this and the client is told to reload once it reads again. */
  readonly bufferBytes: number;
}

/** One open stream. It keeps no queue of its own: what does not fit is dropped and replaced by one `reload`. */
export interface LiveClient {
  readonly tokens: Tokens;
  readonly actor: Actor;
  readonly address: string;
  /** Behind since this monotonic time; undefined while it keeps up. */
  behindSinceMs(): number | undefined;
  send(frame: string, nowMs: number, seq: () => number): void;
  reload(reason: ReloadReason, seq: number): void;
  end(): void;
  destroy(): void;
}

export function createLiveClient(options: LiveClientOptions): LiveClient {
  const { response, tokens, actor, address, bufferBytes } = options;
  let behindSinceMs: number | undefined;

  function reload(reason: ReloadReason, seq: number): void {
    response.write(namedFrame('reload', seq, { reason, seq }));
  }

  return {
    tokens,
    actor,
    address,
    reload,
    behindSinceMs: () => behindSinceMs,
    send(frame, nowMs, seq) {
      if (behindSinceMs !== undefined) return;
      response.write(frame);
      if (response.writableLength <= bufferBytes) return;
      behindSinceMs = nowMs;
      response.once('drain', () => {
        behindSinceMs = undefined;
        reload('slow', seq());
      });
    },
    end: () => void response.end(),
    destroy: () => void response.destroy(),
  };
}
