import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, type Browser, createBrowser } from '../../test/support/browser.ts';
import type { Phone } from './building.ts';
import type { Line } from './line.ts';

/** What somebody wants of the hub. It gets one idempotency key, however often it must be said. */
export interface Intention {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

export type Outcome<T> =
  | { readonly done: true; readonly body: T }
  | { readonly done: false; readonly code: string; readonly status: number };

/** Somebody at a phone who says everything again, with the same key, until the hub has answered. */
export interface Caller {
  perform<T>(intention: Intention): Promise<Outcome<T>>;
  get<T>(path: string): Promise<T>;
}

const pauseMs = 25;
/** Where many ask and the hub is away for long. */
const notNowPauseMs = 300;
/** The hub's way of saying: not now. */
const notNow = new Set([429, 503]);

/** `mayExpire`: months go by, so a session that has run out is no fault. */
export function createCaller(line: Line, phone: Phone, mayExpire = false): Caller {
  /** Cookies go to the hub wherever it listens in this life. */
  async function browser(): Promise<Browser> {
    const { http } = await line.hub();
    const here = createBrowser(http);
    here.keep(phone);
    return here;
  }

  /** Undefined when there was no answer. */
  async function once<T>(intention: Intention, key: string, isAction: boolean): Promise<Answer<T> | undefined> {
    const here = await browser();
    const sent = isAction ? line.sent() : undefined;
    try {
      const { method, path, body } = intention;
      return await here.call<T>(method, path, body, { idempotencyKey: key });
    } catch {
      sent?.unanswered();
      await wait(pauseMs);
      return undefined;
    }
  }

  /** The session has run out, or ended with a key: the phone asks for the PIN. Two at once would end each other's. */
  async function signInAgain(ended: string): Promise<void> {
    if (phone.sessionToken !== ended) return;
    const here = await browser();
    const answer = await here.post('/api/phones/session', { pin: phone.pin }).catch(() => undefined);
    const token = /stoop-session=([^;]+)/.exec(here.cookies())?.[1];
    if (answer?.status === 200 && token) phone.sessionToken = token;
    else await wait(notNowPauseMs);
  }

  async function untilAnswered<T>(intention: Intention, isAction: boolean): Promise<Answer<T>> {
    const key = randomUUID();
    for (;;) {
      const { sessionToken } = phone;
      const answer = await once<T & { code?: string }>(intention, key, isAction);
      if (!answer) continue;
      if (mayExpire && answer.status === 401) {
        await signInAgain(sessionToken);
        continue;
      }
      if (answer.body.code === 'grant_needed') await untilAnswered(grant, false);
      else if (notNow.has(answer.status)) await wait(mayExpire ? notNowPauseMs : pauseMs);
      else return answer;
    }
  }

  // Grants are in memory alone: every life of the hub asks for the PIN anew.
  const grant: Intention = { method: 'POST', path: '/api/grants', body: { pin: phone.pin } };

  return {
    async perform<T>(intention: Intention): Promise<Outcome<T>> {
      const { status, body } = await untilAnswered<T>(intention, true);
      if (status >= 200 && status < 300) return { done: true, body };
      return { done: false, status, code: (body as { code?: string }).code ?? String(status) };
    },
    async get<T>(path: string): Promise<T> {
      for (;;) {
        const { sessionToken } = phone;
        const answer = await browser().then((here) => here.get<T>(path).catch(() => undefined));
        if (answer?.status === 200) return answer.body;
        if (mayExpire && answer?.status === 401) await signInAgain(sessionToken);
        else await wait(pauseMs);
      }
    },
  };
}
