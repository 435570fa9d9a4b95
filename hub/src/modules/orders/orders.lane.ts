import type { Journal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Call, Hex, Intent, Lane, Micros, Reader, Readiness, Reads, Tx } from '../../platform/ports/index.ts';
import { fieldsOf, itemsHash, packSpendItems, type SpendItem, spendMode, type Terms } from '../../signing/index.ts';
import { isMoneyPaused } from '../treasury/index.ts';
import type { SignedClosing } from './closing.ts';
import {
  halfSettledOrders,
  lineOfIntent,
  linesInState,
  orderOfSubject,
  setLine,
  setOrderState,
  settledWithout,
  touchOrder,
} from './orders.store.ts';

const orderType = '(bytes32,(address,address,uint64,uint64,uint40,bytes32),uint8,bytes,bytes32,uint64,bytes)[]';
const retiredClass = 3n;
const zeroAddress = `0x${'00'.repeat(20)}`;

/** Spends of whole orders, many orders in one transaction; each order is atomic at its target. */
export function createOrdersLane(
  journal: Journal,
  settlesAt: (subject: Hex) => number | undefined,
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
      { contract: 'FoodUSD', fn: 'balanceOf', inputs: ['address'] },
      { contract: 'FoodUSD', fn: 'pausedUntil', inputs: [] },
      { contract: 'SeatRegistry', fn: 'wordsOf', inputs: ['uint24[]'] },
    ],
    groupOf: (intent) => intent.subject,

    async preflight(items, reads) {
      if (await isMoneyPaused(reads, nowMs())) return items.map(() => ({ verdict: 'not-yet', reason: 'money_paused' }));
      const verdicts = await Promise.all(items.map((item) => readiness(item, reads)));
      // An order settles whole or not at all: while its ready part is below the target, all of it waits.
      const readySums = new Map<Hex, number>();
      items.forEach((item, index) => {
        if (verdicts[index]!.verdict !== 'ready') return;
        readySums.set(item.subject, (readySums.get(item.subject) ?? 0) + fieldsOf(item.message, 'Spend').maxAmount);
      });
      return verdicts.map((verdict, index): Readiness => {
        const { subject } = items[index]!;
        const isFull = (readySums.get(subject) ?? 0) >= (settlesAt(subject) ?? Number.POSITIVE_INFINITY);
        return verdict.verdict === 'ready' && !isFull ? { verdict: 'not-yet', reason: 'others_not_ready' } : verdict;
      });
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
      if (line.state === 'set-aside') journal.charge(tx, line.holdId);
      else if (line.state !== 'charged') postTaken(tx, journal, intent);
      setLine(tx, line.id, 'recorded');
      const order = orderOfSubject(tx, intent.subject)!;
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
      // What is left may no longer reach the target: then nothing of it ever settles.
      if (order.state === 'executing' && order.committedMicros < order.targetMicros) {
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

function postTaken(tx: Tx, journal: Journal, { message, subject }: Intent): void {
  const { seat, maxAmount } = fieldsOf(message, 'Spend');
  const about = { noun: 'order', id: orderOfSubject(tx, subject)!.id, reason: 'settled_before_restore' };
  journal.postForeign(tx, { from: seat, to: 'clearing', amount: maxAmount as Micros }, about);
}

function giveBack(tx: Tx, journal: Journal, line: { id: number; state: string; holdId: string }, reason: string): void {
  if (line.state === 'charged') journal.refund(tx, line.holdId, reason);
  else journal.release(tx, line.holdId, reason);
  setLine(tx, line.id, 'void', reason);
}

async function readiness(intent: Intent, reads: Reads): Promise<Readiness> {
  const spend = fieldsOf(intent.message, 'Spend');
  const signer = intent.authorisations[0]!.address;
  const words = { contract: 'SeatRegistry', fn: 'wordsOf', args: [[spend.seat]] };
  const { key, isRetired, isFrozen } = seatOfWord((await reads.read<bigint[]>(words, 'latest'))[0]!);
  if (key === zeroAddress) return { verdict: 'not-yet', reason: 'seat_not_recorded' };
  if (key !== signer) return { verdict: 'never', reason: 'key_changed' };
  if (isRetired) return { verdict: 'never', reason: 'seat_retired' };
  if (isFrozen) return { verdict: 'not-yet', reason: 'seat_frozen' };
  const balance = await reads.read<bigint>({ contract: 'FoodUSD', fn: 'balanceOf', args: [signer] }, 'latest');
  if (balance < BigInt(spend.maxAmount)) return { verdict: 'not-yet', reason: 'not_funded_yet' };
  return { verdict: 'ready' };
}

/** The registry's word: key 160 bits | class 8 | frozen 1. */
const seatOfWord = (word: bigint) => ({
  key: `0x${BigInt.asUintN(160, word).toString(16).padStart(40, '0')}`,
  isRetired: BigInt.asUintN(8, word >> 160n) === retiredClass,
  isFrozen: BigInt.asUintN(1, word >> 168n) === 1n,
});

function settledOrder(reader: Reader, subject: Hex, group: readonly Intent[]): object {
  const order = orderOfSubject(reader, subject)!;
  const terms = JSON.parse(order.terms) as Terms;
  const mode = order.executes === 'at-target' ? spendMode.exact : spendMode.atMost;
  const items = group.map((intent): SpendItem => {
    const spend = fieldsOf(intent.message, 'Spend');
    return { ...spend, amount: spend.maxAmount, signature: intent.authorisations[0]!.signature };
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
