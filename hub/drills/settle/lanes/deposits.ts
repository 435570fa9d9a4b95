import { fieldsOf } from '../../../src/signing/index.ts';
import { bank } from './bank.ts';
import type { LaneOfDay, Life } from './lane.ts';

const textOf = (one: { reference: string; seat: number; amountMicros: number }) =>
  `${one.reference}: ${one.amountMicros} for seat ${one.seat}`;

async function live(life: Life): Promise<void> {
  const { cast, random } = life;
  const treasurer = life.caller(cast.treasurer);
  for (let number = 1; !life.isOver(); number++) {
    const body = {
      seat: random.pick(cast.seats),
      amountMicros: random.between(1, 50) * 10_000,
      reference: `DRILL-${number}`,
    };
    const outcome = await treasurer.perform({ method: 'POST', path: '/api/deposits', body });
    bank.depositedMicros += body.amountMicros;
    if (outcome.done) life.acknowledged({ lane: 'deposits', text: textOf(body), isIntent: true });
    else life.refused(outcome);
    await life.pause();
  }
}

/** Money that comes in, each time under a reference of its own. */
export const deposits: LaneOfDay = {
  name: 'deposits',
  calls: ['FoodUSD.mintBatch', 'FoodUSD.isMinted', 'FoodUSD.minterOf'],
  live,
  kept: (reader) =>
    reader
      .prepare(`SELECT reference, seat, amount_micros AS amountMicros FROM deposits WHERE reference LIKE 'DRILL-%'`)
      .all<Parameters<typeof textOf>[0]>()
      .map(textOf),
  keyOf: ({ message }) => fieldsOf(message, 'Mint').depositRef,
  landed: ({ events }) => events.of('FoodUSD', 'DepositMinted').map(({ args }) => String(args.depositRef)),
  voidReasons: [],
};
