import { createHash } from 'node:crypto';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Fault, Faults } from '../../platform/faults.ts';
import type { Hex, Reader, Store, Tx } from '../../platform/ports/index.ts';
import { system } from '../../platform/ports/index.ts';
import { hookLaneName, type LetterReader, mailLaneName, type Office } from './notices.lanes.ts';
import { addReader, cursor, insertNotice, openFaults, readersOf, setCursor, setOver } from './notices.store.ts';

export interface SettledOrder {
  readonly id: string;
  readonly totalMicros: number;
  readonly lineCount: number;
}

export interface NoticesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly readers: readonly LetterReader[];
  readonly hooks: readonly string[];
  /** Why nothing leaves through this lane at the moment, for people. */
  readonly whyNot: (lane: string) => Promise<string | undefined>;
  /** The order, when it is settled whole. */
  readonly settledOrder: (reader: Reader, orderId: string) => SettledOrder | undefined;
}

/** What comes and goes within minutes needs nobody; money does at once. */
const patienceMs = 5 * 60_000;
const calmMs = 10 * 60_000;
/** Older news is no news. */
const validForMs = 3 * 86_400_000;
const changesAtOnce = 500;
const waitsTooLongMs = 3_600_000;
const waitsCode = (lane: string) => `${lane}_waits`;
const actor = system('notices');

/** Who is to hear of it: the treasurer of money and of the chain, the maintainer of everything but money. */
export function officesOf({ class: kind }: Pick<Fault, 'class'>): readonly Office[] {
  if (kind === 'money') return ['treasurer'];
  return kind === 'chain' ? ['treasurer', 'maintainer'] : ['maintainer'];
}

/** Finds out what is to be told and to whom; the outbox tells it. */
export function createNotices(deps: NoticesDeps) {
  const { store, clock, faults, readers, hooks, settledOrder } = deps;
  const lanes = [...(readers.length > 0 ? [mailLaneName] : []), ...hooks.map(hookLaneName)];
  /** Since when, by the clock that nobody sets, a code has been as it is now. */
  const seen = new Map<string, { isThere: boolean; sinceMs: number }>();

  /** The place in the change log that was looked at last in this life; the kept one may lag behind. */
  let lookedTo: number | undefined;

  function stableForMs(code: string, isThere: boolean): number {
    const before = seen.get(code);
    if (before?.isThere === isThere) return clock.monotonicMs() - before.sinceMs;
    seen.set(code, { isThere, sinceMs: clock.monotonicMs() });
    return 0;
  }

  /** What has stayed long enough to be told, and what was told and has been over for long enough. */
  function news() {
    const now = faults.list();
    const open = store.read(openFaults);
    const isOpen = (code: string) => open.some((one) => one.code === code);
    const isThere = (code: string) => now.some((fault) => fault.code === code);
    for (const code of seen.keys()) if (!isThere(code) && !isOpen(code)) seen.delete(code);
    const raised = now.filter(
      (fault) => stableForMs(fault.code, true) >= (fault.class === 'money' ? 0 : patienceMs) && !isOpen(fault.code),
    );
    const cleared = open.filter(({ code }) => !isThere(code) && stableForMs(code, false) >= calmMs);
    return { raised, cleared };
  }

  /** One intent per reader: each has its own answer, its own delays and its own end. */
  function tell(
    tx: Tx,
    to: { noticeId: number; lane: string; reader: string },
    what: { kind: string; atMs: number; data: object },
    after: readonly string[] = [],
  ): string {
    const name = [to.noticeId, to.lane, to.reader, what.kind].join('/');
    const id = outbox.add(tx, {
      lane: to.lane,
      subject: `0x${createHash('sha256').update(name).digest('hex')}` as Hex,
      message: {
        type: 'Notice',
        fields: { kind: what.kind, atMs: what.atMs, reader: to.reader, data: JSON.stringify(what.data) },
      },
      authorisations: [],
      validUntilMs: tx.nowMs + validForMs,
      after,
    });
    outbox.queue(tx, id);
    return id;
  }

  function tellRaised(tx: Tx, fault: Fault): void {
    const noticeId = insertNotice(tx, 'fault', fault.code, fault.sinceMs);
    if (noticeId === undefined) return;
    const { code, class: kind, message, sinceMs: atMs } = fault;
    const letters = readers.filter(({ office }) => officesOf(fault).includes(office));
    const addresses = new Set(letters.map(({ address }) => address));
    const all = [
      ...[...addresses].map((reader) => ({ lane: mailLaneName, reader })),
      ...hooks.map((reader) => ({ lane: hookLaneName(reader), reader })),
    ];
    // That letters wait is told, but not by letter.
    for (const { lane, reader } of all.filter((one) => waitsCode(one.lane) !== code)) {
      const what = { kind: 'fault.raised', atMs, data: { code, class: kind, message } };
      addReader(tx, noticeId, lane, reader, tell(tx, { noticeId, lane, reader }, what));
    }
  }

  /** Who heard of it hears that it is over, and only after the first news has reached them. */
  function tellCleared(tx: Tx, { noticeId, code }: { noticeId: number; code: string }): void {
    setOver(tx, noticeId);
    for (const { lane, reader, intentId } of readersOf(tx, noticeId)) {
      tell(tx, { noticeId, lane, reader }, { kind: 'fault.cleared', atMs: tx.nowMs, data: { code } }, [intentId]);
    }
  }

  /** Somebody outside who takes nothing for an hour is a fault of its own. */
  async function lookAtWaiting(): Promise<void> {
    const waiting = store.read((reader) => outbox.waiting(reader));
    for (const lane of lanes) {
      const row = waiting.find((one) => one.lane === lane);
      if (!row || clock.nowMs() - row.oldestAtMs < waitsTooLongMs) faults.clear(waitsCode(lane));
      else {
        const why = (await deps.whyNot(lane)) ?? `${lane}: it is tried again and again.`;
        faults.raise(waitsCode(lane), 'state', `${why} Waiting: ${row.count}.`);
      }
    }
  }

  async function lookAtFaults(): Promise<void> {
    const { raised, cleared } = news();
    if (raised.length + cleared.length === 0) return;
    await store.act({ name: 'notices.faults', actor }, (tx) => {
      for (const fault of raised) tellRaised(tx, fault);
      for (const fault of cleared) tellCleared(tx, fault);
      tx.audit({ raised: raised.length, cleared: cleared.length });
    });
  }

  /** Settled orders for the webhooks, each once; from the change log, so that none is missed. */
  async function lookAtOrders(): Promise<void> {
    if (hooks.length === 0) return;
    const kept = store.read(cursor);
    const from = lookedTo ?? kept;
    const changes = from === undefined ? undefined : store.changesAfter(from, changesAtOnce);
    // The first look ever, or the log was pruned: what happened before anybody asked is no news.
    const to = changes ? (changes.at(-1)?.seq ?? from!) : store.lastSeq();
    const ids = new Set((changes ?? []).flatMap(({ noun, id }) => (noun === 'order' ? [id] : [])));
    const settled = store.read((reader) => [...ids].flatMap((id) => settledOrder(reader, id) ?? []));
    lookedTo = to;
    // Minutes without news leave no row each.
    if (settled.length === 0 && kept !== undefined && to - kept < changesAtOnce) return;
    await store.act({ name: 'notices.orders', actor }, (tx) => {
      setCursor(tx, to);
      for (const order of settled) {
        const noticeId = insertNotice(tx, 'order', order.id, tx.nowMs);
        if (noticeId === undefined) continue;
        for (const reader of hooks) {
          const lane = hookLaneName(reader);
          const what = { kind: 'order.settled', atMs: tx.nowMs, data: order };
          addReader(tx, noticeId, lane, reader, tell(tx, { noticeId, lane, reader }, what));
        }
      }
      tx.audit({ settled: settled.length });
    });
  }

  return {
    async look(): Promise<void> {
      await lookAtWaiting();
      await lookAtFaults();
      await lookAtOrders();
    },
  };
}
