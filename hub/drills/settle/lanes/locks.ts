import { fieldsOf } from '../../../src/signing/index.ts';
import type { Phone } from '../../day/building.ts';
import type { Outcome } from '../../day/caller.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';

interface LocksNow {
  readonly groMicros: number;
  readonly lock?: { readonly untilMs: number; readonly isOver: boolean };
  readonly requests: readonly { readonly id: string; readonly kind: string; readonly record: string }[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A little longer than the shortest that is taken: the next leap ends it. */
const lockedForMs = 8 * dayMs + hourMs;
/** An own wallet or a restore may have changed what is locked meanwhile. */
const ordinary = ['not_enough_gro', 'lock_running', 'conflict', 'bad_request', 'not_enough_produce'];

async function actOnce(life: Life, phone: Phone): Promise<void> {
  const member = life.caller(phone);
  const { groMicros, lock, requests } = await member.get<LocksNow>('/api/locks');
  // One thing after the other, so that nothing of it is still on its way when days go by.
  if (requests.some(({ record }) => record === 'here' || record === 'recording')) return;
  const told = (lane: string, outcome: Outcome<LocksNow>) => {
    if (!outcome.done) return life.refused(outcome, ...ordinary);
    const [newest] = outcome.body.requests;
    life.acknowledged({ lane, text: `${newest!.id}: ${newest!.kind}`, isIntent: true });
  };
  if (lock?.isOver)
    return told('lock-withdrawals', await member.perform({ method: 'POST', path: '/api/locks/out', body: {} }));
  if (lock || groMicros < 100_000) return;
  const amountMicros = life.random.between(1, 9) * 10_000;
  const untilMs = life.nowMs() + lockedForMs;
  told('locks', await member.perform({ method: 'POST', path: '/api/locks', body: { amountMicros, untilMs } }));
}

/** Everybody's lock is over at the same moment. */
const actAtOnce = 3;

async function live(life: Life): Promise<void> {
  const { cast, random } = life;
  while (!life.isOver()) {
    const phones = new Set(Array.from({ length: actAtOnce }, () => random.pick(cast.residents)));
    await Promise.all([...phones].map((phone) => actOnce(life, phone)));
    await life.pause();
  }
}

const kept = (kind: string) =>
  `SELECT public_id || ': ' || kind AS text FROM lock_requests WHERE kind = '${kind}' ORDER BY id`;

/** GRO that members set aside for a time. */
export const locks: LaneOfDay = {
  name: 'locks',
  calls: ['GroToken.transferBatch', 'SeatLock.lockOf'],
  isOf: (fn, [items]) => fn !== 'transferBatch' || (items as { id: bigint }[])[0]?.id === 0n,
  live,
  most: 300,
  kept: (reader) => texts(reader, kept('lock')),
  keyOf: ({ message }) => {
    const { seat, nonce } = fieldsOf(message, 'GroTransfer');
    return `${seat}/${nonce}`;
  },
  landed: ({ events }) =>
    events
      .of('GroToken', 'TransferCarried')
      .filter(({ args }) => args.id === 0n)
      .map(({ args }) => `${args.seat}/${args.nonce}`),
  // Days went by before it could be recorded, and it would not run for a week any more.
  voidReasons: ['expired', 'lock_too_short', 'depends_on_void'],
};

/** What was locked for long enough comes back. */
export const lockWithdrawals: LaneOfDay = {
  name: 'lock-withdrawals',
  calls: ['SeatLock.withdraw'],
  live: async () => {},
  kept: (reader) => texts(reader, kept('withdraw')),
  keyOf: ({ message }) => `${message.fields.seat}/${message.fields.until}`,
  landed: ({ events }) => events.of('SeatLock', 'LockWithdrawn').map(({ args }) => `${args.seat}/${args.until}`),
  voidReasons: [],
};
