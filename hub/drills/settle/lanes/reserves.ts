import { createHash } from 'node:crypto';
import { fieldsOf } from '../../../src/signing/index.ts';
import type { Caller } from '../../day/caller.ts';
import { bank } from './bank.ts';
import type { LaneOfDay, Life } from './lane.ts';

const textOf = (one: { reserveMicros: number; documentHash: string }) => `${one.reserveMicros} by ${one.documentHash}`;

let statements = 0;
let foundedMicros: number | undefined;

/** As much as has come in by now: what comes in next waits for the next word. */
async function attest(life: Life): Promise<void> {
  const treasurer = life.caller(life.cast.treasurer);
  foundedMicros ??= await foundedWith(treasurer);
  const documentHash = `0x${createHash('sha256').update(`Statement ${++statements}`).digest('hex')}`;
  const body = { reserveMicros: foundedMicros + bank.depositedMicros, documentHash };
  const outcome = await treasurer.perform({ method: 'POST', path: '/api/reserves', body });
  if (outcome.done) life.acknowledged({ lane: 'reserves', text: textOf(body), isIntent: true });
  else life.refused(outcome);
}

async function foundedWith(treasurer: Caller): Promise<number> {
  const { items } = await treasurer.get<{ items: { reference: string; amountMicros: number }[] }>(
    '/api/deposits?limit=200',
  );
  return items
    .filter(({ reference }) => reference.startsWith('DEMO-'))
    .reduce((sum, { amountMicros }) => sum + amountMicros, 0);
}

async function live(life: Life): Promise<void> {
  while (!life.isOver()) {
    await attest(life);
    // Each is a transaction of its own.
    for (let pauses = 0; pauses < 3; pauses++) await life.pause();
  }
}

/** What the bank account holds, said again and again. */
export const reserves: LaneOfDay = {
  name: 'reserves',
  isOneByOne: true,
  calls: ['FoodUSD.attest', 'FoodUSD.attestationSequence'],
  live,
  end: attest,
  kept: (reader) =>
    reader
      .prepare('SELECT reserve_micros AS reserveMicros, document_hash AS documentHash FROM reserves WHERE sequence > 1')
      .all<Parameters<typeof textOf>[0]>()
      .map(textOf),
  keyOf: ({ message }) => String(fieldsOf(message, 'Attestation').sequence),
  // A later word of the bank says all that the earlier ones said.
  landed({ events }) {
    const said = events.of('FoodUSD', 'ReserveAttested').map(({ args }) => Number(args.sequence));
    const newest = Math.max(0, ...said);
    const skipped = Array.from({ length: newest }, (_, index) => index + 1).filter((number) => !said.includes(number));
    return [...said, ...skipped].map(String);
  },
  voidReasons: [],
};
