import { fieldsOf } from '../../../src/signing/index.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';
import { certifiedLots, isSuspect } from './lots.ts';
import { guestSeats } from './seats.ts';

const ordinary = ['not_enough_produce', 'not_found', 'conflict', 'not_enough_money', 'lot_recalled', 'account_short'];

async function liveHanding(life: Life): Promise<void> {
  const { cast, random } = life;
  const certifier = life.caller(cast.officers.certifier);
  while (!life.isOver()) {
    const lot = (await certifiedLots(life)).find((one) => !isSuspect(one) && one.leftGrams >= 60);
    if (lot) {
      const seats = new Set(Array.from({ length: 3 }, () => random.pick(cast.residents).seat));
      const shares = [...seats].map((seat) => ({ seat, grams: random.between(5, 20) }));
      const body = { lotId: lot.id, shares };
      const outcome = await certifier.perform({ method: 'POST', path: '/api/harvests', body });
      if (outcome.done)
        for (const { seat, grams } of shares)
          life.acknowledged({ lane: 'harvests', text: `seat ${seat}: ${grams} g of ${lot.id}`, isIntent: true });
      else life.refused(outcome, ...ordinary);
    }
    await life.pause();
  }
}

/** A certified lot is handed out. */
export const harvests: LaneOfDay = {
  name: 'harvests',
  calls: ['GroToken.harvestBatch', 'GroToken.isHarvestUsed'],
  live: liveHanding,
  kept: (reader) =>
    texts(
      reader,
      `SELECT 'seat ' || h.seat || ': ' || h.grams || ' g of ' || l.public_id AS text FROM harvests h
        JOIN lots l ON l.id = h.lot_id WHERE h.intent_id IS NOT NULL`,
    ),
  keyOf: ({ message }) => fieldsOf(message, 'Harvest').ref,
  landed: ({ events }) => events.of('GroToken', 'ProduceMinted').map(({ args }) => String(args.ref)),
  voidReasons: [],
};

interface Mine {
  readonly items: readonly {
    readonly lot: { readonly id: string; readonly isRecalled: boolean };
    readonly grams: number;
  }[];
}

/** Somebody does something with a few grams of what they have. */
async function withMyGrams(
  life: Life,
  act: (seat: number, lotId: string, grams: number) => Promise<void>,
): Promise<void> {
  const { cast, random } = life;
  while (!life.isOver()) {
    const phone = random.pick(cast.residents);
    const { items } = await life.caller(phone).get<Mine>('/api/harvests');
    const mine = items.filter(({ lot, grams }) => grams > 0 && !lot.isRecalled);
    if (mine.length > 0) {
      const { lot, grams } = random.pick(mine);
      await act(phone.seat, lot.id, Math.min(grams, random.between(1, 4)));
    }
    await life.pause();
  }
}

const phoneOf = ({ cast }: Life, seat: number) => cast.residents.find((phone) => phone.seat === seat)!;

export const consumptions: LaneOfDay = {
  name: 'consumptions',
  calls: ['GroToken.consumeBatch', 'GroToken.isConsumeUsed'],
  live: (life) =>
    withMyGrams(life, async (seat, lotId, grams) => {
      const body = { lotId, grams, why: life.random.pick(['eaten', 'donated', 'spoiled']) };
      const outcome = await life
        .caller(phoneOf(life, seat))
        .perform({ method: 'POST', path: '/api/consumptions', body });
      if (outcome.done)
        life.acknowledged({ lane: 'consumptions', text: `seat ${seat}: ${grams} g of ${lotId}`, isIntent: true });
      else life.refused(outcome, ...ordinary);
    }),
  kept: (reader) =>
    texts(
      reader,
      `SELECT 'seat ' || c.seat || ': ' || c.grams || ' g of ' || l.public_id AS text FROM consumptions c
        JOIN lots l ON l.id = c.lot_id WHERE c.intent_id IS NOT NULL`,
    ),
  keyOf: ({ message }) => fieldsOf(message, 'Consume').reasonHash,
  landed: ({ events }) => events.of('GroToken', 'Consumed').map(({ args }) => String(args.reasonHash)),
  voidReasons: [],
};

export const gifts: LaneOfDay = {
  name: 'gro-transfers',
  calls: ['GroToken.transferBatch', 'GroToken.isTransferUsed'],
  isOf: (fn, [items]) => fn !== 'transferBatch' || (items as { id: bigint }[])[0]?.id !== 0n,
  live: (life) =>
    withMyGrams(life, async (seat, lotId, grams) => {
      const neighbours = life.cast.residents.map((phone) => phone.seat).filter((one) => one !== seat);
      const toSeat = life.random.pick(guestSeats.length > 0 && life.random.chance(0.4) ? guestSeats : neighbours);
      const body = { lotId, toSeat, grams };
      const outcome = await life.caller(phoneOf(life, seat)).perform({ method: 'POST', path: '/api/gifts', body });
      if (outcome.done)
        life.acknowledged({ lane: 'gro-transfers', text: `seat ${seat}: ${grams} g of ${lotId}`, isIntent: true });
      else life.refused(outcome, ...ordinary);
    }),
  kept: (reader) =>
    texts(
      reader,
      `SELECT 'seat ' || i.seat || ': ' || json_extract(i.message, '$.fields.amount') || ' g of ' || l.public_id AS text
        FROM intents i JOIN lots l ON l.token_id = json_extract(i.message, '$.fields.id')
        WHERE i.lane = 'gro-transfers'`,
    ),
  keyOf: ({ message }) => {
    const { seat, nonce } = fieldsOf(message, 'GroTransfer');
    return `${seat}/${nonce}`;
  },
  landed: ({ events }) =>
    events
      .of('GroToken', 'TransferCarried')
      .filter(({ args }) => args.id !== 0n)
      .map(({ args }) => `${args.seat}/${args.nonce}`),
  voidReasons: ['payee_key_changed'],
};
