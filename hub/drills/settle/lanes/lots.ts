import { fieldsOf } from '../../../src/signing/index.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';

export interface LotNow {
  readonly id: string;
  readonly crop: string;
  readonly state: string;
  readonly leftGrams: number;
  readonly isRecalled: boolean;
  readonly record: string;
}

/** Certified and never handed out: only these are recalled, so that nobody waits for what was on its way. */
const suspect = 'Suspect basil';
const dayMs = 86_400_000;

export const yesterday = (life: Life): string => new Date(life.nowMs() - dayMs).toISOString().slice(0, 10);

export const certifiedLots = async (life: Life): Promise<LotNow[]> =>
  (await life.caller(life.cast.treasurer).get<{ items: LotNow[] }>('/api/lots?limit=50')).items.filter(
    ({ state, isRecalled }) => state === 'certified' && !isRecalled,
  );

export const isSuspect = ({ crop }: LotNow): boolean => crop === suspect;

async function live(life: Life): Promise<void> {
  const { cast, random } = life;
  const [gardener, certifier] = [life.caller(cast.officers.gardener), life.caller(cast.officers.certifier)];
  while (!life.isOver()) {
    const crop = random.chance(0.5) ? suspect : 'Lettuce';
    const grams = random.between(200, 900);
    const body = { farm: 'Roof', crop, harvestedOn: yesterday(life), grams };
    const lot = await gardener.perform<LotNow>({ method: 'POST', path: '/api/lots', body });
    if (lot.done) {
      const path = `/api/lots/${lot.body.id}/certificate`;
      const outcome = await certifier.perform<LotNow>({ method: 'POST', path, body: { grams } });
      if (outcome.done) life.acknowledged({ lane: 'lots', text: `${lot.body.id}: ${grams} g`, isIntent: true });
      else life.refused(outcome, 'not_found');
    } else life.refused(lot);
    await life.pause();
  }
}

/** Harvests that the certifier weighed. */
export const lots: LaneOfDay = {
  name: 'lots',
  calls: ['GroToken.certifyBatch'],
  live,
  most: 280,
  kept: (reader) =>
    texts(
      reader,
      `SELECT public_id || ': ' || certified_grams || ' g' AS text FROM lots WHERE state <> 'recorded' AND farm = 'Roof'`,
    ),
  keyOf: ({ message }) => {
    const { farm, serial, documentHash } = fieldsOf(message, 'Certify');
    return `${farm}/${serial}/${documentHash}`;
  },
  landed: ({ events }) =>
    events.of('GroToken', 'LotCertified').map(({ args }) => `${args.farm}/${args.serial}/${args.documentHash}`),
  voidReasons: [],
};

async function liveRecalling(life: Life): Promise<void> {
  const certifier = life.caller(life.cast.officers.certifier);
  while (!life.isOver()) {
    const found = (await certifiedLots(life)).find(isSuspect);
    if (found) {
      const outcome = await certifier.perform({ method: 'POST', path: `/api/lots/${found.id}/recall` });
      if (outcome.done) life.acknowledged({ lane: 'recalls', text: `${found.id}: recalled`, isIntent: true });
      else life.refused(outcome, 'not_found', 'conflict', 'lot_recalled');
    }
    await life.pause();
  }
}

export const recalls: LaneOfDay = {
  name: 'recalls',
  isOneByOne: true,
  calls: ['GroToken.recallBySignature'],
  live: liveRecalling,
  kept: (reader) => texts(reader, `SELECT public_id || ': recalled' AS text FROM lots WHERE is_recalled = 1`),
  keyOf: ({ message }) => String(BigInt(fieldsOf(message, 'Recall').lot)),
  landed: ({ events }) => events.of('GroToken', 'LotRecalled').map(({ args }) => String(args.lot)),
  voidReasons: [],
};
