import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { run as kill } from '../drills/kill.ts';
import { run as power } from '../drills/power.ts';
import { run as settle } from '../drills/settle.ts';

type Figures = Awaited<ReturnType<typeof kill>>;

/** Few ends of few seeds; the drills themselves do hundreds. */
async function drill(t: TestContext, run: typeof kill, line: string): Promise<Figures> {
  const said: string[] = [];
  const figures = await run(line.split(' '), (text) => void said.push(text)).catch((error: unknown) => {
    for (const text of said) t.diagnostic(text);
    throw error;
  });
  t.diagnostic(JSON.stringify(figures));
  return figures;
}

const sound = { acknowledgedLost: 0, doneTwice: 0, settledTwice: 0, unbalanced: 0, unexpected: 0 };
const losses = ({ acknowledgedLost, doneTwice, settledTwice, unbalanced, unexpected }: Figures) => ({
  acknowledgedLost,
  doneTwice,
  settledTwice,
  unbalanced,
  unexpected,
});

describe('a hub that dies in the middle of its day', () => {
  it('by kill -9 loses and repeats nothing', async (t) => {
    const figures = await drill(t, kill, '--count 5 --seed 11');
    assert.deepEqual(losses(figures), sound);
    assert.equal(figures.kills, 5);
    assert.ok(figures.inFlight >= 3, 'most of them met an action under way');
    assert.ok(figures.acknowledged > 100);
  });

  it('by power cut loses and repeats nothing', async (t) => {
    const figures = await drill(t, power, '--count 3 --seed 12');
    assert.deepEqual(losses(figures), sound);
    assert.ok(figures.acknowledged > 50);
  });

  it('would be found out if it answered before it commits', async (t) => {
    const figures = await drill(t, kill, '--count 6 --seed 13 --sabotage ack-early');
    assert.ok(figures.acknowledgedLost > 0);
  });

  it('would be found out if it did not sync', async (t) => {
    const figures = await drill(t, power, '--count 4 --seed 13 --sabotage sync-off');
    assert.ok(figures.acknowledgedLost > 0);
  });

  it('would be found out if it forgot to give money back', async (t) => {
    const figures = await drill(t, kill, '--count 8 --seed 13 --sabotage hold-leak');
    assert.ok(figures.unbalanced > 0);
  });
});

type SettleFigures = Awaited<ReturnType<typeof settle>>;

describe('a hub whose line to the chain lies', () => {
  async function lie(t: TestContext, ...args: string[]): Promise<SettleFigures> {
    const said: string[] = [];
    const figures = await settle(args, (text) => void said.push(text)).catch((error: unknown) => {
      for (const text of said) t.diagnostic(text);
      throw error;
    });
    for (const text of said) t.diagnostic(text);
    t.diagnostic(JSON.stringify(figures));
    return figures;
  }

  it('settles everything once, and its books are the chain’s', async (t) => {
    const { lost, doubled, stuck, driftMicros, wrong, ...figures } = await lie(t, '--count', '12', '--seed', '21');
    assert.deepEqual(
      { lost, doubled, stuck, driftMicros, wrong },
      { lost: 0, doubled: 0, stuck: 0, driftMicros: 0, wrong: 0 },
    );
    assert.ok(figures.faults >= 12 && figures.intents > 100);
  });

  /** A few faults may miss what a sabotage does wrong, on a busy machine above all: one of these seeds has to meet it. */
  async function isFoundOut(
    t: TestContext,
    sabotage: string,
    [only, count, ...seeds]: readonly [only: string, count: number, ...seeds: number[]],
    isFound: (figures: SettleFigures) => boolean,
  ): Promise<boolean> {
    for (const seed of seeds) {
      const faults = ['--only', only, '--count', String(count), '--seed', String(seed)];
      if (isFound(await lie(t, ...faults, '--sabotage', sabotage))) return true;
    }
    return false;
  }

  it('would be found out if it sent again under another nonce', async (t) => {
    const runs = ['slow blocks', 6, 22, 25, 26] as const;
    assert.ok(await isFoundOut(t, 'resend-new-nonce', runs, ({ doubled }) => doubled > 0));
  });

  it('would be found out if it took a receipt for the end', async (t) => {
    const runs = ['reorganisation', 8, 23, 27, 28] as const;
    assert.ok(await isFoundOut(t, 'trust-receipt', runs, ({ lost, doubled }) => lost + doubled > 0));
  });

  it('would be found out if it gave up what only has to wait', async (t) => {
    const runs = ['server error', 6, 24, 29, 30] as const;
    assert.ok(await isFoundOut(t, 'void-not-yet', runs, ({ lost }) => lost > 0));
  });
});
