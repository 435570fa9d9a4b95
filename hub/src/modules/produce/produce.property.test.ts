import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { checkBooks } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { isStoopError } from '../../platform/errors.ts';
import type { Hex, Intent } from '../../platform/ports/index.ts';
import { certifier, createGardenHouse, type GardenHouse, seats } from './testing/garden-house.ts';

type Step =
  | { readonly do: 'hand'; readonly shares: readonly { readonly seat: number; readonly grams: number }[] }
  | { readonly do: 'consume'; readonly seat: number; readonly grams: number }
  | { readonly do: 'settle' | 'void'; readonly pick: number }
  | { readonly do: 'give'; readonly seat: number; readonly toSeat: number; readonly grams: number }
  | { readonly do: 'recall' }
  | { readonly do: 'walletEats'; readonly seat: number; readonly grams: number };

const seat = fc.constantFrom(...seats);
const grams = fc.integer({ min: 1, max: 500 });
const pick = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('hand' as const),
      shares: fc.array(fc.record({ seat, grams }), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('consume' as const), seat, grams }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('void' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('walletEats' as const), seat, grams }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('give' as const), seat, toSeat: seat, grams }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'recall' }) },
);

/** What a lot should be, counted here on its own. */
interface Model {
  readonly certified: number;
  isRecalled: boolean;
  readonly owned: Map<number, number>;
  /** What is under way, by intent: what it gave to its seat, or took. */
  readonly open: Map<string, { intent: Intent; seat: number; grams: number; from?: number; isHarvest: boolean }>;
  handed: number;
}

describe('a lot under any sequence of handing out, giving, eating, settling and failing', () => {
  let house: GardenHouse;
  before(async () => {
    house = await createGardenHouse();
  });
  after(() => house.dispose());

  const intentsOf = (model: Model, lane: string) =>
    house.read((reader) =>
      reader
        .prepare('SELECT public_id AS id FROM intents WHERE lane = @lane ORDER BY id')
        .all<{ id: string }>({ lane })
        .map(({ id }) => outbox.find(reader, id)!)
        .filter(({ id }) => !model.open.has(id)),
    );
  const refusedWith = async (
    work: Promise<unknown>,
    code: 'bad_request' | 'above_certified' | 'lot_recalled' | 'not_enough_produce',
  ) => assert.rejects(work, (error) => isStoopError(error, code));

  async function take(lotId: string, model: Model, known: Set<string>, one: Step): Promise<void> {
    const own = (who: number) => model.owned.get(who) ?? 0;
    const note = (lane: string, isHarvest: boolean) => {
      for (const intent of intentsOf(model, lane).filter(({ id }) => !known.has(id))) {
        known.add(intent.id);
        const fields = intent.message.fields as { seat: number; grams: number };
        model.open.set(intent.id, { intent, seat: fields.seat, grams: fields.grams, isHarvest });
      }
    };
    if (one.do === 'hand') {
      const total = one.shares.reduce((sum, share) => sum + share.grams, 0);
      const work = house.room.produce.hand(certifier, { lotId, shares: [...one.shares] });
      if (model.isRecalled) return refusedWith(work, 'lot_recalled');
      if (model.handed + total > model.certified) return refusedWith(work, 'above_certified');
      await work;
      model.handed += total;
      for (const share of one.shares) model.owned.set(share.seat, own(share.seat) + share.grams);
      note('harvests', true);
    } else if (one.do === 'consume') {
      const actor = { seat: one.seat, roles: [] };
      const work = house.room.produce.consume(actor, { lotId, grams: one.grams, why: 'eaten' });
      if (one.grams > own(one.seat)) return refusedWith(work, 'not_enough_produce');
      await work;
      model.owned.set(one.seat, own(one.seat) - one.grams);
      note('consumptions', false);
    } else if (one.do === 'give') {
      const { seat: from, toSeat, grams: given } = one;
      const work = house.room.gifts.give({ seat: from, roles: [] }, { lotId, toSeat, grams: given });
      if (from === toSeat) return refusedWith(work, 'bad_request');
      if (model.isRecalled) return refusedWith(work, 'lot_recalled');
      if (given > own(from)) return refusedWith(work, 'not_enough_produce');
      await work;
      model.owned.set(from, own(from) - given);
      model.owned.set(toSeat, own(toSeat) + given);
      for (const intent of intentsOf(model, 'gro-transfers').filter(({ id }) => !known.has(id))) {
        known.add(intent.id);
        model.open.set(intent.id, { intent, seat: toSeat, from, grams: given, isHarvest: false });
      }
    } else if (one.do === 'walletEats') {
      const reasonHash: Hex = `0x${'ee'.repeat(32)}`;
      const holder = house.keyOf(one.seat)!;
      const args = {
        seat: BigInt(one.seat),
        lot: BigInt(house.tokenOf(lotId)),
        holder,
        grams: BigInt(one.grams),
        reasonHash,
      };
      await house.see('Consumed', args);
      model.owned.set(one.seat, own(one.seat) - one.grams);
    } else if (one.do === 'recall') {
      if (model.isRecalled) return refusedWith(house.room.lots.recall(certifier, lotId), 'lot_recalled');
      await house.room.lots.recall(certifier, lotId);
      model.isRecalled = true;
    } else {
      const open = [...model.open.values()];
      const chosen = open[one.pick % Math.max(1, open.length)];
      if (!chosen) return;
      model.open.delete(chosen.intent.id);
      if (one.do === 'settle') return house.settle(chosen.intent);
      await house.void(chosen.intent, 'expired');
      // A second word of the same changes nothing.
      if (chosen.from === undefined) await house.void(chosen.intent, 'expired');
      if (chosen.from !== undefined) {
        model.owned.set(chosen.seat, own(chosen.seat) - chosen.grams);
        model.owned.set(chosen.from, own(chosen.from) + chosen.grams);
        return;
      }
      model.owned.set(chosen.seat, own(chosen.seat) + (chosen.isHarvest ? -chosen.grams : chosen.grams));
      if (chosen.isHarvest) model.handed -= chosen.grams;
    }
  }

  it('never hands out more than was certified, never lets anybody eat what they have not, and loses no gram', async (t) => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2000 }),
        fc.array(step, { minLength: 5, maxLength: 40 }),
        async (certified, steps) => {
          const lotId = await house.certified(certified);
          const model: Model = { certified, isRecalled: false, owned: new Map(), open: new Map(), handed: 0 };
          const known = new Set(
            ['harvests', 'consumptions', 'gro-transfers'].flatMap((lane) => intentsOf(model, lane)).map(({ id }) => id),
          );
          for (const one of steps) {
            await take(lotId, model, known, one);
            taken += 1;
            const { handed, inAll } = house.read((reader) => ({
              handed: reader
                .prepare(`SELECT COALESCE(SUM(grams), 0) AS grams FROM harvests h JOIN lots l ON l.id = h.lot_id
                WHERE l.public_id = @lotId AND h.state <> 'void'`)
                .get<{ grams: number }>({ lotId })!.grams,
              inAll: reader
                .prepare(`SELECT COALESCE(SUM(a.balance_micros), 0) AS grams FROM accounts a
                JOIN currencies c ON c.id = a.currency_id WHERE c.code = 'LOT-' || @lotId`)
                .get<{ grams: number }>({ lotId })!.grams,
            }));
            assert.equal(handed, model.handed);
            assert.ok(handed <= certified);
            assert.equal(inAll, 0, 'what is there, was used and was never minted is what was handed out');
            for (const who of seats) assert.equal(house.grams(lotId, who), model.owned.get(who) ?? 0);
          }
          assert.deepEqual(house.read(checkBooks), []);
        },
      ),
      { numRuns: 40 },
    );
    t.diagnostic(`${taken} steps`);
    assert.ok(taken > 200);
  });
});
