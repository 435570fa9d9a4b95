import { fieldsOf } from '../../../src/signing/index.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';
import { yesterday } from './lots.ts';

interface Shift {
  readonly id: string;
  readonly isMine: boolean;
}

async function live(life: Life): Promise<void> {
  const { cast, random } = life;
  const coordinator = life.caller(cast.officers.coordinator);
  while (!life.isOver()) {
    const body = { work: 'Watering', shifts: random.between(1, 3), doneOn: yesterday(life) };
    const told = await life.caller(random.pick(cast.residents)).perform({ method: 'POST', path: '/api/shifts', body });
    if (!told.done) life.refused(told);
    const reported = await coordinator.get<{ items: Shift[] }>('/api/shifts?which=reported');
    const [shift] = reported.items.filter(({ isMine }) => !isMine);
    if (shift) {
      const outcome = await coordinator.perform({ method: 'POST', path: `/api/shifts/${shift.id}/confirmation` });
      if (outcome.done) life.acknowledged({ lane: 'shifts', text: `${shift.id}: done`, isIntent: true });
      else life.refused(outcome, 'conflict', 'not_found');
    }
    await life.pause();
  }
}

/** Work in the garden that earns GRO. */
export const shifts: LaneOfDay = {
  name: 'shifts',
  calls: ['GroToken.shiftBatch', 'GroToken.isShiftUsed'],
  live,
  kept: (reader) => texts(reader, `SELECT public_id || ': done' AS text FROM shifts WHERE intent_id IS NOT NULL`),
  keyOf: ({ message }) => fieldsOf(message, 'Shift').ref,
  landed: ({ events }) => events.of('GroToken', 'ShiftsRewarded').map(({ args }) => String(args.ref)),
  voidReasons: [],
};
