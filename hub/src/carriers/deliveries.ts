import type { Clock } from '../platform/clock.ts';
import { fail } from '../platform/errors.ts';
import type { Attempt, Call, Carrier, Hex, Reader, Store } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { answerTo, type KeptAnswer, keepAnswer } from './answers.store.ts';
import { createBreaker, pauseAfter } from './breaker.ts';
import { LineError } from './line-error.ts';

/** What the other side said. `deferred`: not this time, perhaps later. */
export interface Heard {
  readonly outcome: 'taken' | 'refused' | 'deferred';
  readonly words: string;
}

export interface Delivery {
  /** The same for every attempt at it: by this the receiver knows it again. */
  readonly key: string;
  /** The exact bytes, kept before they leave. */
  readonly bytes: Buffer;
}

interface DeliveriesDeps {
  readonly name: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly encode: (call: Call) => Promise<Delivery>;
  /** Hands the bytes over once. Throws `LineError` when nobody answered for them. */
  readonly deliver: (delivery: Delivery) => Promise<Heard>;
  /** What is wrong with the settings, for people. */
  readonly misconfigured?: () => string | undefined;
}

/** After this nobody waits for the news any more, and nothing tells whether it arrived. */
const giveUpAfterMs = 3 * 86_400_000;
/** So many answers in a row may stay away from one delivery; then the next in line has its turn. */
const unansweredMost = 4;
/** Longer than any pause of the line: the next in line must come before it. */
const afterSilenceMs = 2 * 3_600_000;
const longestWords = 200;

/**
 * A carrier to somebody who answers but cannot be asked later (a mail server, a webhook): the answer, kept here durably,
 * is the only record. Delivery is at least once: bytes whose answer was lost leave again under the same key.
 */
export function createDeliveries(deps: DeliveriesDeps): Carrier {
  const { name, store, clock } = deps;
  const actor = system(`carrier.${name}`);
  const breaker = createBreaker(clock, name);
  const unanswered = new Map<string, number>();

  const kept = (key: string) => store.read((reader: Reader) => answerTo(reader, name, key));

  async function keep(attempt: Attempt, heard: Heard, atLeastMs = 0): Promise<void> {
    unanswered.delete(attempt.id);
    await store.act({ name: 'delivery.answered', actor }, (tx) => {
      const tries = (answerTo(tx, name, attempt.locator)?.tries ?? 0) + 1;
      const untilMs = heard.outcome === 'deferred' ? tx.nowMs + Math.max(atLeastMs, pauseAfter(tries)) : 0;
      const words = oneLine(heard.words);
      keepAnswer(tx, name, attempt.locator, { attemptId: attempt.id, ...heard, words, tries, untilMs });
      tx.audit({ attempt: attempt.id, outcome: heard.outcome });
    });
  }

  async function perform(attempt: Attempt): Promise<void> {
    if (kept(attempt.locator)?.outcome === 'taken') return;
    try {
      const heard = await deps.deliver({ key: attempt.locator, bytes: bytesOf(attempt.payload) });
      breaker.worked();
      await keep(attempt, heard);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      breaker.failed(error.message, error.askedMs);
      if (error.kind === 'unanswered') await noteUnanswered(attempt, error.message);
      throw fail('carrier_offline', { carrier: name, reason: error.message }, error);
    }
  }

  /** One letter that the server chokes on must not hold up all the others for days. */
  async function noteUnanswered(attempt: Attempt, reason: string): Promise<void> {
    const count = (unanswered.get(attempt.id) ?? 0) + 1;
    unanswered.set(attempt.id, count);
    if (count < unansweredMost) return;
    await keep(attempt, { outcome: 'deferred', words: `no answer ${count} times: ${reason}` }, afterSilenceMs);
  }

  return {
    name,
    async prepare(call, used) {
      const { key, bytes } = await deps.encode(call);
      return { payload: hexOf(bytes), locator: key, senderNonce: used.highestNonce + 1, costWei: 0n };
    },
    perform,
    async probe(attempt) {
      const answer = kept(attempt.locator);
      if (answer?.outcome === 'taken') return { outcome: 'final' };
      if (answer?.outcome === 'refused' || isAnswered(answer, attempt)) return { outcome: 'failed' };
      return { outcome: clock.nowMs() - attempt.createdAtMs > giveUpAfterMs ? 'gone' : 'unknown' };
    },
    reads: {
      // Its records lie in the hub's own store.
      isOnline: () => true,
      read: async <T>(call: Call) => kept(String(call.args[0])) as T,
    },
    unavailable: async () => deps.misconfigured?.() ?? breaker.closedBecause(),
  };
}

const isAnswered = (answer: KeptAnswer | undefined, attempt: Attempt) => answer?.attemptId === attempt.id;

const hexOf = (bytes: Buffer): Hex => `0x${bytes.toString('hex')}`;
const bytesOf = (payload: Hex) => Buffer.from(payload.slice(2), 'hex');

/** The other side's words go into the books, not its line breaks. */
const oneLine = (words: string) =>
  words
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, longestWords);
