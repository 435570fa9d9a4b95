import type { Journal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Call, Hex, Intent, Lane, Reader, Readiness, Tx } from '../../platform/ports/index.ts';
import { fieldsOf, itemsHash, packSpendItems, type SpendItem, spendMode, type Terms } from '../../signing/index.ts';
import { isMoneyPaused, ledgerOf, type Outgoing, type OutgoingLedger, outgoingCalls } from '../treasury/index.ts';
import type { SignedClosing } from './closing.ts';
import { dropClaims } from './cycles/drop-claims.ts';
import {
  halfSettledOrders,
  type LineRow,
  lineOfIntent,
  linesInState,
  type OrderRow,
  orderOfSubject,
  setLine,
  setOrderState,
  settledWithout,
  touchOrder,
} from './orders.store.ts';
import { bookTaken } from './taken.ts';

/** What an order comes to on chain: the sum below which its next spends do not settle, and what each of them takes. */
export interface Settling {
  readonly leastMicros: number;
  /** At most what was signed; the signed amount when it is not known here. */
  amountOf(intent: Intent): number;
}

const orderType = '(bytes32,(address,address,uint64,uint64,uint40,bytes32),uint8,bytes,bytes32,uint64,bytes)[]';

/** Spends of whole orders, many orders in one transaction; each order is atomic at its target. */
export function createOrdersLane(
  journal: Journal,
  settling: (subject: Hex) => Settling | undefined,
  nowMs: () => number,
): Lane {
  return {
    name: 'orders',
    carrier: 'chain',
    rank: 60,
    policy: { batchMax: 150, longestWaitMs: 6 * 3_600_000, isParallel: true },
    calls: [
      { contract: 'GroupBuying', fn: 'settle', inputs: [orderType] },
      { contract: 'FoodUSD', fn: 'usedWord', inputs: ['bytes32', 'uint256'] },
      ...outgoingCalls,
    ],
    groupOf: (intent) => intent.subject,

    async preflight(items, reads) {
      if (await isMoneyPaused(reads, nowMs())) return items.map(() => ({ verdict: 'not-yet', reason: 'money_paused' }));
      const bySubject = Map.groupBy(items, (item) => item.subject);
      const orders = new Map([...bySubject.keys()].map((subject) => [subject, settling(subject)]));
      const outgoing = (item: Intent) => outgoingOf(item, orders.get(item.subject));
      const ledger = await ledgerOf(items.map(outgoing), reads);
      const found = new Map<Intent, Readiness>();
      for (const [subject, group] of bySubject) {
        const least = orders.get(subject)?.leastMicros ?? Number.POSITIVE_INFINITY;
        const verdicts = orderReadiness(group.map(outgoing), ledger, least);
        for (const [index, item] of group.entries()) found.set(item, verdicts[index]!);
      }
      return items.map((item) => found.get(item)!);
    },

    prepare(items, reader): Call {
      const bySubject = Map.groupBy(items, (item) => item.subject);
      const orders = [...bySubject].map(([subject, group]) => settledOrder(reader, subject, group));
      return { contract: 'GroupBuying', fn: 'settle', args: [orders] };
    },

    async landed(items, reads, at) {
      const words = new Map<string, Promise<bigint>>();
      const wordOf = (subject: Hex, index: number): Promise<bigint> => {
        const key = `${subject}/${index}`;
        const word =
          words.get(key) ?? reads.read<bigint>({ contract: 'FoodUSD', fn: 'usedWord', args: [subject, index] }, at);
        words.set(key, word);
        return word;
      };
      return Promise.all(
        items.map(async (item) => {
          const { seat, subject } = fieldsOf(item.message, 'Spend');
          return ((await wordOf(subject, seat >> 8)) >> BigInt(seat & 0xff)) % 2n === 1n;
        }),
      );
    },

    settled(tx, intent) {
      const line = lineOfIntent(tx, intent.id);
      if (!line) return;
      // A restored store still has the money set aside, or has given it back since: the chain has taken it.
      const order = orderOfSubject(tx, intent.subject)!;
      if (line.state !== 'charged') bookTaken(tx, journal, order, line, intent);
      setLine(tx, line.id, 'recorded');
      const isOver = (['charged', 'set-aside'] as const).every((state) => !linesInState(tx, order.rowId, state).length);
      if (order.state !== 'settled') setOrderState(tx, order.rowId, isOver ? 'settled' : 'executing');
      touchOrder(tx, order);
    },

    /** Who is in a settled order and not in what the chain settled has left it, or was too late: their money is free. */
    caughtUp(tx) {
      for (const order of halfSettledOrders(tx)) {
        for (const line of linesInState(tx, order.rowId, 'set-aside')) {
          outbox.withdraw(tx, line.intentId, settledWithout);
          giveBack(tx, journal, line, settledWithout);
        }
        if (linesInState(tx, order.rowId, 'charged').length === 0) setOrderState(tx, order.rowId, 'settled');
        touchOrder(tx, order);
      }
    },

    voided(tx, intent, reason) {
      const line = lineOfIntent(tx, intent.id);
      if (!line || (line.state !== 'charged' && line.state !== 'set-aside')) return;
      giveBack(tx, journal, line, reason);
      const order = orderOfSubject(tx, intent.subject)!;
      if (order.kind === 'cycle' && line.state === 'set-aside') dropClaims(tx, order, line.seat, reason);
      if (order.state === 'executing' && isBroken(tx, order)) {
        for (const other of linesInState(tx, order.rowId, 'charged')) {
          if (outbox.find(tx, other.intentId)?.state !== 'queued') continue;
          outbox.withdraw(tx, other.intentId, 'others_failed');
          giveBack(tx, journal, other, 'others_failed');
        }
        if (linesInState(tx, order.rowId, 'charged').length === 0) setOrderState(tx, order.rowId, 'failed', reason);
      } else if (order.state === 'executing' && linesInState(tx, order.rowId, 'charged').length === 0) {
        setOrderState(tx, order.rowId, 'settled');
      }
      touchOrder(tx, order);
    },
  };
}

/**
 * Whether what is left of it never settles: it may no longer reach the target, and a signed closing is of all its lines
 * or of none. What is left of a cycle's order is signed anew.
 */
const isBroken = (reader: Reader, order: OrderRow): boolean =>
  order.committedMicros < order.targetMicros ||
  (order.kind === 'simple' && order.closing !== null && linesInState(reader, order.rowId, 'recorded').length === 0);

function giveBack(tx: Tx, journal: Journal, line: Pick<LineRow, 'id' | 'state' | 'holdId'>, reason: string): void {
  if (line.state === 'charged') journal.refund(tx, line.holdId!, reason);
  else if (line.holdId) journal.release(tx, line.holdId, reason);
  setLine(tx, line.id, 'void', reason);
}

const outgoingOf = (intent: Intent, order: Settling | undefined): Outgoing => {
  const { seat, maxAmount } = fieldsOf(intent.message, 'Spend');
  const amountMicros = order?.amountOf(intent) ?? maxAmount;
  return { seat, signer: intent.authorisations[0]!.address, amountMicros };
};

/**
 * An order settles whole or not at all: while its ready part is below what it settles at, all of it waits and takes
 * nothing. What an order before it in the batch takes of a member's balance and of the day's limit counts.
 */
function orderReadiness(group: readonly Outgoing[], ledger: OutgoingLedger, least: number): Readiness[] {
  const taken: Outgoing[] = [];
  const verdicts = group.map((outgoing) => {
    const verdict = ledger.verdictOf(outgoing);
    if (verdict.verdict === 'ready') {
      ledger.take(outgoing);
      taken.push(outgoing);
    }
    return verdict;
  });
  if (taken.reduce((sum, { amountMicros }) => sum + amountMicros, 0) >= least) return verdicts;
  for (const outgoing of taken) ledger.putBack(outgoing);
  return verdicts.map((verdict) =>
    verdict.verdict === 'ready' ? { verdict: 'not-yet', reason: 'others_not_ready' } : verdict,
  );
}

function settledOrder(reader: Reader, subject: Hex, group: readonly Intent[]): object {
  const order = orderOfSubject(reader, subject)!;
  const terms = JSON.parse(order.terms) as Terms;
  const mode = order.executes === 'at-target' ? spendMode.exact : spendMode.atMost;
  const items = group.map((intent): SpendItem => {
    const spend = fieldsOf(intent.message, 'Spend');
    const amount = lineOfIntent(reader, intent.id)?.amountMicros ?? spend.maxAmount;
    return { ...spend, amount, signature: intent.authorisations[0]!.signature };
  });
  const signed = order.closing ? (JSON.parse(order.closing) as SignedClosing) : undefined;
  return {
    subject,
    terms,
    mode,
    items: packSpendItems(items, mode),
    itemsHash: signed?.closing.itemsHash ?? itemsHash(items),
    total: items.reduce((sum, item) => sum + item.amount, 0),
    closingSignature: signed?.signature ?? '0x',
  };
}
