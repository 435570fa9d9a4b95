import type { DeliveryAnswer, Intent, Lane, Readiness, Reads } from '../../platform/ports/index.ts';
import { type Language, letterText, type NoticeFacts } from './notices.texts.ts';

export type Office = 'treasurer' | 'maintainer';

export interface LetterReader {
  readonly address: string;
  readonly office: Office;
  readonly language: Language;
}

/** What is told, as it lies in the outbox. */
export interface NoticeFields extends Readonly<Record<string, string | number>> {
  readonly kind: string;
  readonly atMs: number;
  readonly reader: string;
  /** JSON: what the kind has to say. */
  readonly data: string;
}

export const mailLaneName = 'mail';
export const hookLaneName = (name: string): string => `webhook:${name}`;
export const noticeFields = (intent: Intent) => intent.message.fields as unknown as NoticeFields;

interface LaneDeps {
  readonly nowMs: () => number;
  /** Whether the settings still have this reader. */
  readonly isRead: (reader: string) => boolean;
}

/** One notice to one reader; landed is what the carrier has kept of the other side's answer. */
function createNoticeLane(name: string, { nowMs, isRead }: LaneDeps, prepare: Lane['prepare']): Lane {
  const answers = (items: readonly Intent[], reads: Reads) =>
    Promise.all(
      items.map(({ id }) =>
        reads.read<DeliveryAnswer | undefined>({ contract: name, fn: 'answerTo', args: [id] }, 'finalized'),
      ),
    );
  const readiness = (intent: Intent, answer: DeliveryAnswer | undefined): Readiness => {
    if (!isRead(noticeFields(intent).reader)) return { verdict: 'never', reason: 'not_in_settings' };
    if (answer?.outcome === 'refused') return { verdict: 'never', reason: 'refused_there' };
    if (answer && nowMs() < answer.untilMs) return { verdict: 'not-yet', reason: 'put_off_there' };
    return { verdict: 'ready' };
  };
  return {
    name,
    carrier: name,
    rank: 90,
    policy: { batchMax: 1, longestWaitMs: 0 },
    groupOf: (intent) => intent.id,
    async preflight(items, reads) {
      const known = await answers(items, reads);
      return items.map((item, index) => readiness(item, known[index]));
    },
    prepare,
    landed: async (items, reads) => (await answers(items, reads)).map((answer) => answer?.outcome === 'taken'),
    settled() {},
    voided() {},
  };
}

/** Letters to the officers in the settings. */
export function createMailLane(readers: readonly LetterReader[], building: () => string, nowMs: () => number): Lane {
  const find = (address: string) => readers.find((reader) => reader.address === address);
  return createNoticeLane(mailLaneName, { nowMs, isRead: (reader) => find(reader) !== undefined }, ([intent]) => {
    const { kind, atMs, reader: to, data } = noticeFields(intent!);
    const { code, message = '' } = JSON.parse(data) as { code: string; message?: string };
    const facts = { building: building(), kind: kind as NoticeFacts['kind'], code, message, atMs };
    const letter = letterText(find(to)?.language ?? 'en', facts);
    return { contract: mailLaneName, fn: 'send', args: [{ key: intent!.id, to, ...letter }] };
  });
}

/** Posts to one webhook; one that has left the settings gets nothing any more, and what waited for it goes void. */
export function createHookLane(hook: string, isInSettings: boolean, building: () => string, nowMs: () => number): Lane {
  const name = hookLaneName(hook);
  return createNoticeLane(name, { nowMs, isRead: () => isInSettings }, ([intent]) => {
    const { kind, atMs, data } = noticeFields(intent!);
    const body = {
      id: intent!.id,
      type: kind,
      at: new Date(atMs).toISOString(),
      building: building(),
      data: JSON.parse(data) as object,
    };
    return { contract: name, fn: 'post', args: [{ key: intent!.id, body }] };
  });
}
