import type { Hex, SeenEvent } from '../../platform/ports/index.ts';

/** Food-USD, GRO, or a lot by its number. */
export type Token = 'FUSD' | 'GRO' | (string & {});

export interface ProjectedTransfer {
  readonly token: Token;
  /** The zero address issues and takes back. */
  readonly from: Hex;
  readonly to: Hex;
  readonly amount: bigint;
  /** What moved it: a deposit, an order, …; `wallet` when nothing but the owner's own transaction says so. */
  readonly kind: string;
  /** The subject, deposit, redemption, reason commitment or seat that the chain names. */
  readonly about?: string;
}

type Moved = Omit<ProjectedTransfer, 'kind' | 'about'>;
interface Reason {
  readonly kind: string | ((args: SeenEvent['args']) => string);
  /** The argument that names what it was about. */
  readonly about: string;
  /** One event for many movements, behind the last of them; any other explains one. */
  readonly closesMany?: true;
  readonly fits: (moved: Moved, args: SeenEvent['args']) => boolean;
}

/** The event that says why, in the same transaction: by contract and name. */
const reasons: Readonly<Record<string, Reason>> = {
  'FoodUSD.DepositMinted': { kind: 'deposit', about: 'depositRef', fits: (m, a) => m.amount === a.amount },
  'FoodUSD.RedemptionRequested': {
    kind: 'redemption',
    about: 'redemptionRef',
    fits: (m, a) => m.from === a.account && m.amount === a.amount,
  },
  'FoodUSD.RedemptionPaid': { kind: 'redemption-paid', about: 'redemptionRef', fits: (m, a) => m.amount === a.amount },
  'FoodUSD.RedemptionRestored': {
    kind: 'redemption-restored',
    about: 'redemptionRef',
    fits: (m, a) => m.to === a.account && m.amount === a.amount,
  },
  'FoodUSD.SeatTransfer': {
    kind: 'transfer',
    about: 'reasonHash',
    fits: (m, a) => m.to === a.to && m.amount === a.amount,
  },
  'FoodUSD.Carried': { kind: 'carry', about: 'seat', fits: (m, a) => m.from === a.oldKey && m.to === a.newKey },
  'FoodUSD.SpendsSettled': {
    kind: (a) => (a.payee === a.book ? 'escrow' : 'order'),
    about: 'subject',
    closesMany: true,
    fits: (m, a) => m.to === a.payee,
  },
  'GroupBuying.JoinedDirectly': { kind: 'escrow', about: 'subject', fits: (m, a) => m.from === a.key },
  'GroupBuying.OrderExecuted': { kind: 'order', about: 'subject', fits: (m, a) => m.to === a.payee },
  'GroupBuying.Refunded': {
    kind: 'refund',
    about: 'orderId',
    fits: (m, a) => m.to === a.key && m.amount === a.amount,
  },
  'GroToken.ProduceMinted': {
    kind: 'harvest',
    about: 'ref',
    fits: (m, a) => m.token === String(a.lot) && m.amount === a.grams,
  },
  'GroToken.Consumed': {
    kind: 'consumed',
    about: 'reasonHash',
    fits: (m, a) => m.token === String(a.lot) && m.from === a.holder && m.amount === a.grams,
  },
  'GroToken.GroIssued': { kind: 'issued', about: 'ref', fits: (m, a) => m.token === 'GRO' && m.amount === a.issued },
  'GroToken.TransferCarried': {
    kind: 'transfer',
    about: 'seat',
    fits: (m, a) => m.to === a.to && m.amount === a.amount,
  },
  'GroToken.Carried': { kind: 'carry', about: 'seat', fits: (m, a) => m.from === a.oldKey && m.to === a.newKey },
  'SeatLock.LockChanged': { kind: 'lock', about: 'seat', fits: (m, a) => m.from === a.key },
  'SeatLock.LockWithdrawn': { kind: 'unlock', about: 'seat', fits: (m, a) => m.to === a.key },
};

/** What a transaction moved, each with the reason that its other events give; `events` in the chain's order. */
export function transfersOf(events: readonly SeenEvent[]): ProjectedTransfer[] {
  const used = new Set<SeenEvent>();
  return events.flatMap((event) => movedBy(event).map((moved) => explained(moved, event, events, used)));
}

/** The nearest event that fits, and has not explained another movement yet. */
function explained(moved: Moved, at: SeenEvent, events: readonly SeenEvent[], used: Set<SeenEvent>): ProjectedTransfer {
  const distance = ({ logIndex }: SeenEvent) => Math.abs(logIndex - at.logIndex);
  const [found] = events
    .filter((event) => {
      const reason = reasons[`${event.contract}.${event.name}`];
      if (!reason?.fits(moved, event.args)) return false;
      return reason.closesMany ? event.logIndex > at.logIndex : !used.has(event);
    })
    .sort((a, b) => distance(a) - distance(b));
  if (!found) return { ...moved, kind: 'wallet' };
  const { kind, about, closesMany } = reasons[`${found.contract}.${found.name}`]!;
  if (!closesMany) used.add(found);
  return { ...moved, kind: typeof kind === 'string' ? kind : kind(found.args), about: String(found.args[about]) };
}

function movedBy({ contract, name, args }: SeenEvent): Moved[] {
  const { from, to } = args as { from: Hex; to: Hex };
  if (contract === 'FoodUSD' && name === 'Transfer') return [{ token: 'FUSD', from, to, amount: args.value as bigint }];
  if (contract !== 'GroToken') return [];
  const token = (id: bigint): Token => (id === 0n ? 'GRO' : String(id));
  if (name === 'TransferSingle') return [{ token: token(args.id as bigint), from, to, amount: args.value as bigint }];
  if (name !== 'TransferBatch') return [];
  const values = args.values as bigint[];
  return (args.ids as bigint[]).map((id, at) => ({ token: token(id), from, to, amount: values[at]! }));
}
