import { setTimeout as wait } from 'node:timers/promises';
import type { Phone } from '../../day/building.ts';
import { bank } from './bank.ts';
import { type Life, ordinaryOfMoney } from './lane.ts';

interface Money {
  readonly availableMicros: number;
}

let chains = 0;

/**
 * Five in a row of which each needs the one before: a deposit, everything that its owner then has to a second, all that
 * goes on to a third, a fourth and a fifth, in another order of people each time.
 */
export async function liveInChains(life: Life): Promise<void> {
  const { cast, random } = life;
  while (!life.isOver()) {
    const left = cast.others.slice(1);
    const row: Phone[] = [];
    while (left.length > 0) row.push(...left.splice(random.between(0, left.length - 1), 1));
    if (row.length > 1 && (await depositFor(life, row[0]!))) await passOn(life, row);
    await life.pause();
  }
}

async function depositFor(life: Life, { seat }: Phone): Promise<boolean> {
  const amountMicros = life.random.between(1, 50) * 10_000;
  const body = { seat, amountMicros, reference: `DRILL-CHAIN-${++chains}` };
  const outcome = await life.caller(life.cast.treasurer).perform({ method: 'POST', path: '/api/deposits', body });
  bank.depositedMicros += amountMicros;
  if (!outcome.done) life.refused(outcome);
  else
    life.acknowledged({
      lane: 'deposits',
      text: `${body.reference}: ${amountMicros} for seat ${seat}`,
      isIntent: false,
    });
  return outcome.done;
}

const availableOf = async (life: Life, phone: Phone): Promise<number> =>
  (await life.caller(phone).get<Money>('/api/money')).availableMicros;

async function passOn(life: Life, row: readonly Phone[]): Promise<void> {
  for (const [index, to] of row.slice(1).entries()) {
    const from = row[index]!;
    const before = await availableOf(life, to);
    const amountMicros = await availableOf(life, from);
    if (amountMicros <= 0) return;
    const body = { toSeat: to.seat, amountMicros };
    const path = '/api/transfers';
    const outcome = await life.caller(from).perform<{ id: string }>({ method: 'POST', path, body });
    if (!outcome.done) return life.refused(outcome, ...ordinaryOfMoney);
    const text = `${outcome.body.id}: ${amountMicros} of seat ${from.seat} for seat ${to.seat}`;
    life.acknowledged({ lane: 'transfers', text, isIntent: false });
    while (!life.isOver() && (await availableOf(life, to)) < before + amountMicros) await wait(1000);
    if (life.isOver()) return;
  }
}
