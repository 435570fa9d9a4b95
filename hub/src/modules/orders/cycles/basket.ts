import { positiveMicros } from '../../../journal/index.ts';
import { outbox } from '../../../outbox/index.ts';
import { fail } from '../../../platform/errors.ts';
import type { Hex, OnChain, Reader, SeatNumber, SignedMessage, Tx } from '../../../platform/ports/index.ts';
import { foodUsdDomain, message } from '../../../signing/index.ts';
import { leaveQuietly } from '../execution.ts';
import { type LineRow, type OrderRow, putLine, setLine, setLineAmount, touchOrder } from '../orders.store.ts';
import type { Intention, OrdersDeps } from '../orders.ts';
import { chainGraceMs, createSpend } from '../terms.ts';
import { articlesAt, articlesNamed } from './article.store.ts';
import { basketRevision, claimsOf, poolOf, putClaim, touchBasket } from './claims.store.ts';
import { type CycleRow, findCycle, touchCycle } from './cycle.store.ts';
import { addOrder, cycleOrders, isLive, type Place, placeOf } from './cycle-orders.ts';
import type { Basket } from './cycles.schema.ts';
import { isHarmless, noWish } from './last-call.ts';
import { promisedMicros } from './promises.ts';
import { type Wanted, worstCases } from './worst-case.ts';

/** What a basket asks of one supplier's order: the line as it was read, and what is to stand behind the wishes. */
interface Move extends Place {
  readonly supplierId: string;
  readonly amountMicros: number;
}

/** More than was signed before: another signature, of the line's next revision. */
interface SignedMove extends Move {
  readonly spend?: { readonly message: SignedMessage; readonly signature: Hex; readonly revision: number };
}

const triesMax = 3;

/**
 * Puts a member's whole basket in the place of the one before: wishes, money and signatures of all suppliers in one unit
 * of work. Less, or other goods within what was signed, needs no signature. Throws `conflict` on a basket that was changed
 * meanwhile, `bad_request` and `hurts_others` naming the field, `order_closed`, `not_enough_money`, `above_daily_limit`,
 * `grant_needed`.
 */
export async function putBasket(
  deps: OrdersDeps,
  intention: Intention,
  cycleId: string,
  basket: Basket,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const planned = deps.store.read((reader) => planOf(reader, intention.actor.seat, cycleId, basket));
    if (planned.moves.some(({ order }) => !order)) {
      if (tries === triesMax) throw fail('busy', { seconds: 1 });
      await makeRoom(deps, intention, cycleId, planned.moves);
      continue;
    }
    return applyBasket(deps, intention, cycleId, basket, await signMoves(deps, intention, planned.moves));
  }
}

function planOf(reader: Reader, seat: SeatNumber, cycleId: string, basket: Basket) {
  const cycle = findCycle(reader, cycleId);
  if (!cycle || cycle.state === 'draft') throw fail('not_found', { noun: 'cycle' });
  const wanted = checkedItems(reader, cycle, basket);
  const needed = worstCases(wanted, cycle.markupBasisPoints);
  const orders = cycleOrders(reader, cycle);
  const own = orders.filter((order) => isLive(placeOf(reader, [order], order.supplierId, seat).line));
  const supplierIds = new Set([...needed.keys(), ...own.map(({ supplierId }) => supplierId)]);
  const moves = [...supplierIds].flatMap((supplierId): Move[] => {
    const place = placeOf(reader, orders, supplierId, seat);
    const amountMicros = needed.get(supplierId) ?? 0;
    const before = isLive(place.line) ? place.line.amountMicros : 0;
    return amountMicros === before ? [] : [{ ...place, supplierId, amountMicros }];
  });
  return { cycle, wanted, moves };
}

/** The items with their articles. Throws `bad_request` naming the field that is wrong. */
function checkedItems(reader: Reader, cycle: CycleRow, { items }: Basket): Wanted[] {
  const known = articlesNamed(
    reader,
    cycle.rowId,
    items.map(({ articleId }) => articleId),
  );
  const named = new Set<string>();
  return items.flatMap(({ articleId, ...wish }, index) => {
    const wrong = (field: string, rule: string) => fail('bad_request', { field: `items.${index}.${field}`, rule });
    const article = known.get(articleId);
    if (!article) throw wrong('articleId', 'is not of this cycle');
    if (named.has(articleId)) throw wrong('articleId', 'is named twice');
    named.add(articleId);
    if (wish.want < wish.atLeast) throw wrong('want', 'must not be less than atLeast');
    if (wish.upTo < wish.want) throw wrong('upTo', 'must not be less than want');
    return wish.upTo > 0 ? [{ article, ...wish }] : [];
  });
}

/** A further order of a supplier whose orders are all full. */
async function makeRoom(
  deps: OrdersDeps,
  { actor }: Intention,
  cycleId: string,
  moves: readonly Move[],
): Promise<void> {
  await deps.store.act({ name: 'cycle.make-room', actor }, (tx) => {
    const cycle = findCycle(tx, cycleId)!;
    const orders = cycleOrders(tx, cycle);
    for (const { supplierId } of moves.filter(({ order }) => !order)) {
      if (!placeOf(tx, orders, supplierId, actor.seat).order) addOrder(tx, deps, cycle, supplierId);
    }
  });
}

async function signMoves(deps: OrdersDeps, { actor }: Intention, moves: readonly Move[]): Promise<SignedMove[]> {
  const onChain: OnChain | undefined = deps.onChain();
  if (!onChain) throw fail('not_founded');
  const domain = foodUsdDomain(onChain.chainId, onChain.foodUsd);
  const signed: SignedMove[] = [];
  for (const move of moves) {
    const { line, order, amountMicros } = move;
    if (amountMicros === 0 || (isLive(line) && amountMicros <= line.maxMicros)) {
      signed.push(move);
      continue;
    }
    deps.store.read((reader) => deps.assertWithinLimit(reader, actor.seat, amountMicros, 'items'));
    const revision = (line?.revision ?? 0) + 1;
    const spend = message('Spend', createSpend(order!, { seat: actor.seat, amountMicros, revision }, onChain));
    const signature = await deps.members.sign(actor, domain, spend);
    signed.push({ ...move, spend: { message: spend, signature, revision } });
  }
  return signed;
}

async function applyBasket(
  deps: OrdersDeps,
  { actor, idempotencyKey }: Intention,
  cycleId: string,
  basket: Basket,
  moves: readonly SignedMove[],
): Promise<void> {
  const { store } = deps;
  const { seat } = actor;
  await store.act({ name: 'basket.put', actor, idempotencyKey, body: { cycleId, ...basket } }, (tx) => {
    const { cycle, wanted, moves: now } = planOf(tx, seat, cycleId, basket);
    assertTakesChanges(deps, cycle);
    if (basketRevision(tx, cycle.rowId, seat) !== basket.revision) throw fail('conflict', { noun: 'basket' });
    if (!isSame(now, moves)) throw fail('conflict', { noun: 'basket' });
    const changed = putWishes(tx, cycle, seat, wanted, phaseOf(deps, cycle), basket);
    // What is free again first, so that one supplier's money may become another's.
    for (const { line, amountMicros } of moves) if (isLive(line)) freeLine(tx, deps, line, amountMicros);
    for (const move of moves) if (move.amountMicros > 0) coverLine(tx, deps, cycle, seat, move);
    for (const { order } of moves) touchOrder(tx, order!);
    if (cycle.state === 'open' && cycle.setsAside === 'at-last-call') assertWithinCredit(tx, cycle, seat);
    touchBasket(tx, cycle.rowId, seat);
    touchCycle(tx, cycle);
    tx.audit({ cycle: cycle.id, articles: changed, suppliers: moves.length });
  });
}

/** The same lines, at the same revision, for the same money: what was signed is what is applied. */
const isSame = (now: readonly Move[], before: readonly Move[]): boolean =>
  now.length === before.length &&
  now.every((move, index) => {
    const { supplierId, amountMicros, order, line } = before[index]!;
    return (
      move.supplierId === supplierId &&
      move.amountMicros === amountMicros &&
      move.order?.id === order?.id &&
      move.line?.revision === line?.revision &&
      move.line?.state === line?.state
    );
  });

function assertTakesChanges({ isClockTrusted, clock }: OrdersDeps, cycle: CycleRow): void {
  if (cycle.state !== 'open' && cycle.state !== 'last-call') throw fail('order_closed');
  // While nobody is sure of the time a deadline closes nothing.
  if (isClockTrusted() && cycle.closesAtMs <= clock.nowMs()) throw fail('order_closed');
}

const phaseOf = ({ isClockTrusted, clock }: OrdersDeps, cycle: CycleRow): 'open' | 'last-call' =>
  cycle.state === 'last-call' || (isClockTrusted() && cycle.lastCallAtMs <= clock.nowMs()) ? 'last-call' : 'open';

/** Answers how many wishes changed. Throws `hurts_others` at last call. */
function putWishes(
  tx: Tx,
  cycle: CycleRow,
  seat: SeatNumber,
  wanted: readonly Wanted[],
  phase: 'open' | 'last-call',
  { items }: Basket,
): number {
  const before = new Map(claimsOf(tx, cycle.rowId, seat).map((claim) => [claim.articleId, claim]));
  const after = new Map(wanted.map((wish) => [wish.article.rowId, wish]));
  const articleIds = [...new Set([...before.keys(), ...after.keys()])];
  const articles = articlesAt(tx, articleIds);
  let changed = 0;
  for (const articleId of articleIds) {
    const [was, is] = [before.get(articleId) ?? noWish, after.get(articleId) ?? noWish];
    if (was.atLeast === is.atLeast && was.want === is.want && was.upTo === is.upTo) continue;
    const article = articles.get(articleId)!;
    const pool = poolOf(tx, articleId);
    const others = { want: pool.want - was.want, more: pool.more - (was.upTo - was.want) };
    if (phase === 'last-call' && !isHarmless(article, others, was, is)) {
      const index = items.findIndex((item) => item.articleId === article.id);
      throw fail('hurts_others', { field: index < 0 ? 'items' : `items.${index}`, articleId: article.id });
    }
    putClaim(tx, cycle.rowId, seat, { articleId, atLeast: is.atLeast, want: is.want, upTo: is.upTo });
    changed++;
  }
  return changed;
}

/** Gives back what was set aside; the line itself ends only when nothing is wanted of it any more. */
function freeLine(tx: Tx, { journal }: OrdersDeps, line: LineRow, amountMicros: number): void {
  if (amountMicros === 0) {
    leaveQuietly(tx, journal, line, 'left');
    setLine(tx, line.id, 'left');
  } else if (line.holdId) journal.release(tx, line.holdId, 'changed');
}

function coverLine(tx: Tx, deps: OrdersDeps, cycle: CycleRow, seat: SeatNumber, move: SignedMove): void {
  const { journal, members } = deps;
  const { line, spend, amountMicros } = move;
  const order: OrderRow = move.order!;
  if (order.state !== 'open') throw fail('order_closed');
  const isPromise = cycle.state === 'open' && cycle.setsAside === 'at-last-call';
  const hold = () => journal.hold(tx, seat, positiveMicros(amountMicros, 'items'), { noun: 'order', id: order.id });
  const holdId = isPromise ? null : hold();
  const state = isPromise ? 'promised' : 'set-aside';
  if (!spend) {
    setLineAmount(tx, { id: line!.id, amountMicros, holdId, intentId: line!.intentId });
    setLine(tx, line!.id, state);
    return;
  }
  if (isLive(line)) outbox.withdraw(tx, line.intentId, 'changed');
  const intentId = outbox.add(tx, {
    lane: 'orders',
    subject: order.subject,
    seat,
    message: spend.message,
    authorisations: [{ by: 'member', seat, address: members.addressOf(tx, seat)!, signature: spend.signature }],
    notBeforeMs: members.outgoingWaitsUntil(tx, seat),
    validUntilMs: order.deadlineAtMs + chainGraceMs,
    after: deps.mintsOnTheWay(tx, seat),
  });
  const { revision } = spend;
  const kept = { units: null, amountMicros, maxMicros: amountMicros, holdId, intentId, state } as const;
  putLine(tx, { orderId: order.rowId, seat, revision, ...kept });
}

/** What the member has promised in all cycles together stays within what this one lends until last call. */
function assertWithinCredit(tx: Tx, { creditLimitMicros }: CycleRow, seat: SeatNumber): void {
  const promised = promisedMicros(tx, seat);
  if (promised > creditLimitMicros) {
    throw fail('not_enough_money', { availableMicros: creditLimitMicros, neededMicros: promised });
  }
}
