import type { Hex } from '../../../src/platform/ports/index.ts';
import { fieldsOf } from '../../../src/signing/index.ts';
import type { Phone } from '../../day/building.ts';
import type { ChainEvents } from '../verdict/chain-events.ts';
import { longPause, signForBoard } from './board.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';
import { guestSeats } from './seats.ts';

interface KeyChange {
  readonly id: string;
  readonly seat: number;
  readonly state: string;
}

const openChanges = async (life: Life): Promise<readonly KeyChange[]> =>
  (await life.caller(life.cast.board[0]).get<{ items: KeyChange[] }>('/api/key-changes')).items;

/** One asks for it, another seconds it. False when it was refused. */
async function askForKey(life: Life, seat: number, pin: string): Promise<boolean> {
  const [first, second] = life.cast.board.map((phone) => life.caller(phone));
  const path = `/api/members/${seat}/key-change`;
  const asked = await first!.perform<{ id: string }>({ method: 'POST', path, body: { pin } });
  // The registry does not know the seat yet; a restore took the member.
  if (!asked.done) life.refused(asked, 'not_found', 'already_exists');
  if (!asked.done) return false;
  const { id } = asked.body;
  const outcome = await second!.perform({ method: 'POST', path: `/api/key-changes/${id}/second` });
  if (outcome.done) life.acknowledged({ lane: 'recoveries', text: `${id}: seconded`, isIntent: true });
  else life.refused(outcome, 'not_found', 'conflict');
  return outcome.done;
}

const pin = '518264';

async function live(life: Life): Promise<void> {
  await Promise.all([
    signForBoard(life),
    (async () => {
      while (!life.isOver()) {
        const busy = new Set((await openChanges(life)).map(({ seat }) => seat));
        const free = guestSeats.filter((seat) => !busy.has(seat));
        if (free.length > 0) await askForKey(life, life.random.pick(free), pin);
        await life.pause();
      }
    })(),
  ]);
}

/** Guests who lost PIN and code get another key, a week later. */
export const recoveries: LaneOfDay = {
  name: 'recoveries',
  isOneByOne: true,
  calls: ['SeatRegistry.announceRecovery', 'SeatRegistry.keyChangeOf'],
  live,
  most: 240,
  kept: (reader) => texts(reader, `SELECT id || ': seconded' AS text FROM key_changes WHERE seconded_by IS NOT NULL`),
  keyOf: ({ message }) => {
    const { seat, newKey } = fieldsOf(message, 'RecoverKey');
    return `${seat}/${newKey}`;
  },
  landed: ({ events }) =>
    events
      .of('SeatRegistry', 'KeyChangeAnnounced')
      .map(({ args }) => `${args.seat}/${String(args.newKey).toLowerCase()}`),
  // A restored hub asks again for what its former life has announced; the member objected before it left.
  voidReasons: ['overtaken', 'key_changed', 'cancelled'],
};

/** Whose key is asked for by mistake: their own keys send nothing else. */
const mistaken = ({ cast }: Life): Phone[] => [
  cast.treasurer,
  ...Object.values(cast.officers),
  ...cast.others.slice(0, 1),
];

async function liveCancelling(life: Life): Promise<void> {
  const people = mistaken(life);
  await Promise.all(
    people.map(async (phone) => {
      while (!life.isOver()) {
        const mine = (await openChanges(life)).find(({ seat }) => seat === phone.seat);
        if (!mine) await askForKey(life, phone.seat, phone.pin);
        else if (mine.state === 'announced') await cancel(life, phone, mine.id);
        await longPause(life);
      }
    }),
  );
}

const asked = new Set<string>();

async function cancel(life: Life, phone: Phone, id: string): Promise<void> {
  if (asked.has(id)) return;
  const outcome = await life.caller(phone).perform({ method: 'DELETE', path: '/api/me/key-change' });
  if (!outcome.done) return life.refused(outcome, 'not_found');
  asked.add(id);
  life.acknowledged({ lane: 'key-change-cancels', text: `seat ${phone.seat}`, isIntent: true });
}

/** Somebody objects with the key that still opens. */
export const cancels: LaneOfDay = {
  name: 'key-change-cancels',
  isOneByOne: true,
  calls: ['SeatRegistry.cancelKeyChange'],
  live: liveCancelling,
  // What they object to counts as well.
  most: 280,
  kept: (reader) =>
    texts(reader, `SELECT 'seat ' || seat AS text FROM intents WHERE lane = 'key-change-cancels' ORDER BY id`),
  keyOf: ({ message }) => {
    const { seat, revision } = fieldsOf(message, 'CancelKeyChange');
    return `${seat}/${revision}`;
  },
  landed: ({ events }) => cancelledIn(events),
  // It was completed, or cancelled by a former life, before the objection arrived.
  voidReasons: ['nothing_waits', 'overtaken'],
};

/** Each announcement and each cancelling counts a seat's revision by one. */
function cancelledIn(events: ChainEvents): string[] {
  const said = ['KeyChangeAnnounced', 'KeyChangeCancelled'].flatMap((name) => events.of('SeatRegistry', name));
  const revisions = new Map<string, number>();
  return said
    .sort((one, other) => one.index - other.index)
    .flatMap(({ name, args }) => {
      const seat = String(args.seat);
      const revision = (revisions.get(seat) ?? 0) + 1;
      revisions.set(seat, revision);
      return name === 'KeyChangeCancelled' ? [`${seat}/${revision}`] : [];
    });
}

/** What was announced for long enough is completed by anybody. */
export const keyChanges: LaneOfDay = {
  name: 'key-changes',
  calls: ['SeatRegistry.applyKeyChange'],
  live: async () => {},
  kept: () => [],
  keyOf: ({ message }) => `${message.fields.seat}/${String(message.fields.newKey).toLowerCase()}`,
  landed: ({ events }) =>
    events.of('SeatRegistry', 'KeyChanged').map(({ args }) => `${args.seat}/${String(args.newKey).toLowerCase()}`),
  voidReasons: ['cancelled'],
};

const formerKey = ({ message }: { message: { fields: Readonly<Record<string, unknown>> } }): string =>
  `${message.fields.seat}/${String(message.fields.oldKey).toLowerCase()}`;

/** The seat's money follows its key; what comes later to the former one does too. */
export const carries: LaneOfDay = {
  name: 'carries',
  calls: ['FoodUSD.carry'],
  live: async () => {},
  kept: () => [],
  keyOf: formerKey,
  landed: ({ events }) => [
    ...new Set(events.of('FoodUSD', 'Carried').map(({ args }) => `${args.seat}/${String(args.oldKey).toLowerCase()}`)),
  ],
  voidReasons: [],
};

/** GRO and produce follow too. Where there is none nothing has to be sent. */
export const groCarries: LaneOfDay = {
  name: 'gro-carries',
  calls: ['GroToken.carry'],
  live: async () => {},
  kept: () => [],
  keyOf: formerKey,
  landed: ({ events }) => {
    const held = new Map<string, bigint>();
    const move = (id: unknown, from: unknown, to: unknown, amount: bigint) => {
      for (const [who, by] of [
        [from, -amount],
        [to, amount],
      ] as const) {
        const key = `${String(who).toLowerCase()}/${id}`;
        held.set(key, (held.get(key) ?? 0n) + by);
      }
    };
    for (const { args } of events.of('GroToken', 'TransferSingle'))
      move(args.id, args.from, args.to, args.value as bigint);
    for (const { args } of events.of('GroToken', 'TransferBatch'))
      for (const [index, id] of [...(args.ids as bigint[])].entries())
        move(id, args.from, args.to, [...(args.values as bigint[])][index]!);
    const isEmpty = (key: Hex) => ![...held].some(([one, amount]) => one.startsWith(`${key}/`) && amount > 0n);
    return events
      .of('SeatRegistry', 'KeyChanged')
      .map(({ args }) => [args.seat, String(args.oldKey).toLowerCase() as Hex] as const)
      .filter(([, key]) => isEmpty(key))
      .map(([seat, key]) => `${seat}/${key}`);
  },
  voidReasons: [],
};
