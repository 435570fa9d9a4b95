import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type CycleHouse, createCycleHouse, type Offer } from '../src/modules/orders/cycles/testing/cycle-house.ts';

export const about =
  '500 members × 2,000 articles: cases filled in the worker while the event loop goes on; [--members 500] [--articles 2000] [--items 40] [--rounds 5]; two minutes';

/** What must hold. */
export const gates = { closeMs: 2000, loopDelayMaxMs: 50 };

/** The same figures every time: a linear congruential generator (Numerical Recipes). */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** As long as nothing else runs: the longest time that the event loop did not come round. */
async function watched<T>(work: () => Promise<T>): Promise<{ tookMs: number; loopDelayMaxMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const since = performance.now();
  await work();
  const tookMs = performance.now() - since;
  delay.disable();
  return { tookMs, loopDelayMaxMs: delay.max / 1e6 };
}

/** Everybody's weekly shop: some articles each, some of them with a least amount or tolerance; half change it once. */
async function fillBaskets(house: CycleHouse, id: string, articles: readonly string[], items: number): Promise<void> {
  const dice = createDice(7);
  const shop = () => {
    const popular = 1 + dice(4);
    return Object.fromEntries([
      // One article that everybody asks for, all or nothing.
      [articles[0]!, [popular, popular, popular] as const],
      ...Array.from({ length: items - 1 }, () => {
        const want = 1 + dice(4);
        const atLeast = dice(5) === 0 ? 1 + dice(want) : 0;
        return [articles[1 + dice(articles.length - 1)]!, [atLeast, want, want + dice(3)] as const] as const;
      }),
    ]);
  };
  for (const seat of house.seats) await house.put(id, seat, shop());
  for (const seat of house.seats) if (dice(2) === 0) await house.put(id, seat, shop());
}

export async function run(args: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      members: { type: 'string', default: '500' },
      articles: { type: 'string', default: '2000' },
      items: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const house = await createCycleHouse(Number(values.members), 1_000_000_000);
  try {
    const dice = createDice(3);
    const offers = Array.from({ length: Number(values.articles) }, (): Offer => {
      const unitPriceMicros = 1_000_000 + dice(90) * 50_000;
      return {
        supplier: dice(3),
        unitPriceMicros,
        unitsPerCase: [1, 6, 10, 12, 24][dice(5)]!,
        tiers: [{ fromUnits: 24, unitPriceMicros: unitPriceMicros - 100_000 }],
        taxPpm: dice(4) === 0 ? 88_750 : 0,
      };
    });
    const { id, articles } = await house.opened(offers, { policy: 'pro-rata' });
    await fillBaskets(house, id, articles, Number(values.items));
    await house.step(id, { to: 'closed' });
    const fills: Awaited<ReturnType<typeof watched>>[] = [];
    for (let round = 0; round < Number(values.rounds); round++) fills.push(await watched(() => house.fill(id)));
    const charge = await watched(() => house.close(id));
    const charged = house.lines(id).filter(({ state }) => state === 'charged').length;
    const row = (what: string, { tookMs, loopDelayMaxMs }: (typeof fills)[number]) => ({
      what,
      ms: Math.round(tookMs),
      'loop delay, most, ms': Math.round(loopDelayMaxMs),
    });
    console.table([
      ...fills.map((fill, index) => row(index === 0 ? 'fill, with the worker’s start' : 'fill', fill)),
      row(`${charged} charges and closings`, charge),
    ]);
    console.log(`Gates: ${gates.closeMs} ms to close, ${gates.loopDelayMaxMs} ms of delay`);
    const most = (of: (one: (typeof fills)[number]) => number) => Math.round(Math.max(...fills.map(of)));
    return {
      closeMs: most(({ tookMs }) => tookMs),
      loopDelayMaxMs: most(({ loopDelayMaxMs }) => loopDelayMaxMs),
      chargeMs: Math.round(charge.tookMs),
      chargeLoopDelayMaxMs: Math.round(charge.loopDelayMaxMs),
    };
  } finally {
    await house.dispose();
  }
}
