import { fieldsOf } from '../../../src/signing/index.ts';
import type { Phone } from '../../day/building.ts';
import { type Evidence, type LaneOfDay, type Life, texts } from './lane.ts';

interface Limit {
  readonly limitMicros?: number;
  readonly raise?: object;
  readonly wish?: { readonly state: string };
}

const dollar = 1_000_000;
let asked = 0;

/** Upwards or downwards by a dollar, and never the same twice: by its amount the chain tells which one it was. */
const nextOf = (nowMicros: number, isUp: boolean): number =>
  (Math.floor(nowMicros / dollar) + (isUp ? 1 : -1)) * dollar + (++asked % dollar);

async function askOnce(life: Life, phone: Phone, isUp: boolean): Promise<void> {
  const member = life.caller(phone);
  const path = '/api/me/daily-limit';
  const { limitMicros, raise, wish } = await member.get<Limit>(path);
  // One after the other: what waits would be replaced.
  if (limitMicros === undefined || raise || (wish && wish.state !== 'void')) return;
  const body = { limitMicros: nextOf(limitMicros, isUp) };
  const outcome = await member.perform({ method: 'PUT', path, body });
  if (!outcome.done) return life.refused(outcome, 'conflict');
  life.acknowledged({ lane: 'daily-limits', text: `seat ${phone.seat}: ${body.limitMicros}`, isIntent: true });
}

/** Each seat goes one way only: a raise that is in force stays so, whatever a restored hub has forgotten. */
async function live(life: Life): Promise<void> {
  const [lowering, ...raising] = life.cast.residents;
  for (let turn = 0; !life.isOver(); turn++) {
    // Round by round: between two leaps everybody's raise is announced.
    if (life.random.chance(0.85)) await askOnce(life, raising[turn % raising.length]!, true);
    else await askOnce(life, lowering!, false);
    await life.pause();
  }
}

/** Which limits were announced to be raised to, and which were set, by seat and amount. */
function saidOf({ events, seatOf }: Evidence) {
  const keysOf = (name: string) =>
    events.of('FoodUSD', name).map(({ args }) => `${seatOf(String(args.account))}/${args.newLimit}`);
  const announced = keysOf('DailyLimitRaiseAnnounced');
  const isAnnounced = new Set(announced);
  const set = keysOf('DailyLimitSet');
  return {
    announced,
    lowered: set.filter((key) => !isAnnounced.has(key)),
    applied: set.filter((key) => isAnnounced.has(key)),
  };
}

/** What members let leave their accounts in a day. */
export const dailyLimits: LaneOfDay = {
  name: 'daily-limits',
  isOneByOne: true,
  calls: ['FoodUSD.setDailyLimit', 'FoodUSD.limitChangeOf'],
  live,
  most: 300,
  kept: (reader) =>
    texts(
      reader,
      `SELECT 'seat ' || seat || ': ' || json_extract(message, '$.fields.limit') AS text FROM intents
        WHERE lane = 'daily-limits' ORDER BY id`,
    ),
  keyOf: ({ message }) => {
    const { seat, limit } = fieldsOf(message, 'DailyLimit');
    return `${seat}/${limit}`;
  },
  landed(evidence) {
    const { announced, lowered } = saidOf(evidence);
    return [...announced, ...lowered];
  },
  // A restored hub does not know the wish that its former life has sent.
  voidReasons: ['replaced'],
};

/** What was announced for two days is put into force by anybody. */
export const limitRaises: LaneOfDay = {
  name: 'limit-raises',
  calls: ['FoodUSD.applyDailyLimit'],
  live: async () => {},
  kept: () => [],
  keyOf: ({ message }) => `${message.fields.seat}/${message.fields.raisedTo}`,
  landed: (evidence) => saidOf(evidence).applied,
  voidReasons: ['taken_back'],
};
