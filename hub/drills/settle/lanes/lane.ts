import type { Intent, Reader } from '../../../src/platform/ports/index.ts';
import type { Phone } from '../../day/building.ts';
import type { Caller } from '../../day/caller.ts';
import type { Random } from '../../day/random.ts';
import type { Cast } from '../cast.ts';
import type { ChainEvents } from '../verdict/chain-events.ts';

/** What the hub answered with 2xx, in words that the store's rows can be told in as well. */
export interface Acknowledged {
  readonly lane: string;
  readonly text: string;
  /** Whether an intent for the chain came of it. */
  readonly isIntent: boolean;
}

/** A day as those see it who use the hub. */
export interface Life {
  readonly cast: Cast;
  readonly random: Random;
  caller(phone: Phone): Caller;
  acknowledged(entry: Acknowledged): void;
  /** An answer that was no; `ordinary`: codes that belong to a day. */
  refused(outcome: { code: string; status: number }, ...ordinary: string[]): void;
  /** What the hub's clock should show. */
  nowMs(): number;
  /** The pause between two of a lane's intents. */
  pause(): Promise<void>;
  isOver(): boolean;
}

/** What the verdict knows. */
export interface Evidence {
  readonly reader: Reader;
  readonly events: ChainEvents;
  seatOf(address: string): number | undefined;
}

/** How a drill lives with one lane, and what must be true of it afterwards. */
export interface LaneOfDay {
  /** As in the outbox. */
  readonly name: string;
  /** `Contract.function` of what it sends and reads, by which faults are counted for it. */
  readonly calls: readonly string[];
  /** Tells it from another lane that makes the same calls. */
  isOf?(fn: string, args: readonly unknown[]): boolean;
  /** Makes intents until the day is over. */
  live(life: Life): Promise<void>;
  /** What is left to say when nobody makes anything more. */
  end?(life: Life): Promise<void>;
  /** Everything that `live` acknowledged, as the store tells it. */
  kept(reader: Reader): string[];
  /** What the chain lets happen once, for an intent. */
  keyOf(intent: Intent): string;
  /** The keys of what happened, each time that it did. */
  landed(evidence: Evidence): string[];
  /** Each is a transaction of its own: people do not run far ahead of the chain. */
  readonly isOneByOne?: true;
  /** More of them than of others: what they decide needs many. */
  readonly most?: number;
  /** Why an intent may end void. */
  readonly voidReasons: readonly string[];
}

/**
 * What a member may be told in a day in which an own wallet spends, and a restored hub forgets. All that somebody has may be
 * more than may leave in a day.
 */
export const ordinaryOfMoney = ['not_enough_money', 'above_daily_limit', 'account_short', 'conflict', 'not_found'];

export const texts = (reader: Reader, sql: string): string[] =>
  reader
    .prepare(sql)
    .all<{ text: string }>()
    .map(({ text }) => text);
