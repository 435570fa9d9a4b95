import type { Wallet } from 'ethers';
import type { Random } from '../day/random.ts';
import type { Lives } from './lives.ts';
import { spokenLies } from './node/said.ts';
import { type OwnWallet, strangerWithKey } from './own-wallet.ts';
import type { World } from './world.ts';

export interface Stage {
  readonly world: World;
  readonly lives: Lives;
  readonly random: Random;
  readonly wallets: readonly OwnWallet[];
  readonly relayer: Wallet;
  readonly chainId: number;
  /** Resolves when the chain is so many blocks further. */
  blocks(count: number): Promise<void>;
}

interface Fault {
  readonly weight: number;
  /** Does it and counts it; what only lasts a while is over when this resolves. */
  happen(stage: Stage): Promise<void>;
}

/** Changes how the node shows itself for some blocks. */
const forBlocks =
  (kind: string, change: (stage: Stage) => () => void, from: number, to: number): Fault['happen'] =>
  async (stage) => {
    const undo = change(stage);
    stage.world.tally.count(kind);
    await stage.blocks(stage.random.between(from, to));
    undo();
  };

const hourMs = 3_600_000;
/** On a slow machine a hub may take so many blocks until it sends something. */
const waitsAtMost = 150;

/** Resolves when a transaction waits for a block. */
async function somethingWaits({ node }: World, blocks: Stage['blocks']): Promise<void> {
  for (let waited = 0; node.pool.all().length === 0 && waited < waitsAtMost; waited++) await blocks(1);
}

/** What happens to the chain, the line, the clock and the machine. */
const happenings: Readonly<Record<string, Fault>> = {
  reorganisation: {
    weight: 14,
    async happen({ world, random, blocks }) {
      // Mostly one that undoes something.
      await somethingWaits(world, blocks);
      await world.node.markFork();
      await blocks(random.between(1, 12));
      // A hub that has not looked cannot have taken it for the end.
      if (world.node.underWay().length > 0) await world.holdUntilAsked(2);
      // One that came between has taken the fork's memory.
      const done = await world.node.reorganise();
      if (done) world.tally.count('reorganisation');
    },
  },
  'stale head': {
    weight: 6,
    happen: forBlocks(
      'stale head',
      ({ world: { node }, random }) => {
        node.staleBlocks = random.between(1, 8);
        return () => {
          node.staleBlocks = 0;
        };
      },
      2,
      10,
    ),
  },
  'late finality': {
    weight: 4,
    happen: forBlocks(
      'late finality',
      ({ world: { node }, random }) => {
        node.lagBlocks = random.between(5, 40);
        return () => {
          node.lagBlocks = 0;
        };
      },
      10,
      40,
    ),
  },
  'price spike': {
    weight: 5,
    happen: forBlocks(
      'price spike',
      ({ world: { node }, random }) => {
        node.feeFactor = random.pick([50, 1000, 100_000, 1_000_000_000]);
        return () => {
          node.feeFactor = 1;
        };
      },
      5,
      25,
    ),
  },
  'slow blocks': {
    weight: 5,
    async happen({ world, random, blocks }) {
      world.node.patienceBlocks = random.between(30, 60);
      await somethingWaits(world, blocks);
      world.tally.count('slow blocks');
      await world.holdUntilAsked(3);
      await blocks(random.between(20, 40));
      world.node.patienceBlocks = 0;
    },
  },
  'forgotten transaction': {
    weight: 6,
    async happen({ world: { node, tally }, blocks }) {
      node.patienceBlocks = 5;
      for (let tries = 0; tries < 20; tries++) {
        await blocks(1);
        const [one] = node.pool.all();
        if (!one) continue;
        tally.count('forgotten transaction');
        node.pool.drop(one.hash);
        break;
      }
      node.patienceBlocks = 0;
    },
  },
  'another chain': {
    weight: 4,
    async happen({ world, random, blocks }) {
      world.showOther(random.chance(0.5) ? '0x1' : undefined);
      world.tally.count('another chain');
      await blocks(random.between(3, 15));
      world.showOwn();
    },
  },
  'no line': {
    weight: 4,
    async happen({ world, random, blocks }) {
      world.tally.count('no line');
      await world.proxy.setUp(false);
      await blocks(random.between(3, 20));
      await world.proxy.setUp(true);
    },
  },
  'chain started again': {
    weight: 3,
    async happen({ world }) {
      world.tally.count('chain started again');
      await world.restartChain();
    },
  },
  'own wallet spends': {
    weight: 3,
    async happen({ world: { node, tally }, wallets, random }) {
      if (wallets.length === 0) return;
      const raw = await random.pick(wallets).spend(random.between(300, 1000));
      if (!raw) return;
      await node.answer('eth_sendRawTransaction', [raw]).catch(() => {});
      tally.count('own wallet spends');
    },
  },
  'nonce used by another': {
    weight: 3,
    async happen({ world: { node, tally, upstream }, relayer, chainId }) {
      const raw = await strangerWithKey(upstream, chainId, relayer);
      tally.count('nonce used by another');
      await node.answer('eth_sendRawTransaction', [raw]).catch(() => {});
    },
  },
  'kill -9': {
    weight: 4,
    async happen({ world, lives }) {
      world.tally.count('kill -9');
      await lives.kill();
    },
  },
  'power cut': {
    weight: 3,
    async happen({ world, lives }) {
      world.tally.count('power cut');
      await lives.cutPower();
    },
  },
  'clock set wrong': {
    weight: 4,
    async happen({ world, lives, random, blocks }) {
      world.tally.count('clock set wrong');
      lives.setClock(random.pick([-3, -1, 2, 20]) * hourMs);
      await blocks(random.between(3, 15));
      lives.setClock(0);
    },
  },
  'backup put back': {
    weight: 1,
    async happen({ world, lives, random, blocks }) {
      await lives.backUp();
      await blocks(random.between(10, 60));
      world.tally.count('backup put back');
      await lives.putBack();
    },
  },
};

/** Lies wait for the request that they are about; this many lie in wait at most. */
const liesAtOnce = 3;

const spoken: Readonly<Record<string, Fault>> = Object.fromEntries(
  Object.entries(spokenLies).map(([kind, make]): [string, Fault] => [
    kind,
    {
      weight: 6,
      async happen({ world, random, blocks }) {
        world.lies.arm(make(random));
        for (let waited = 0; world.lies.waiting() > liesAtOnce && waited < 20; waited++) await blocks(1);
      },
    },
  ]),
);

const faults: Readonly<Record<string, Fault>> = { ...happenings, ...spoken };

export const faultKinds = Object.keys(faults);

/** The next fault, by the seed. */
export function pickFault(random: Random, kinds: readonly string[]): { kind: string } & Fault {
  const pots = kinds.flatMap((kind) => Array<string>(faults[kind]!.weight).fill(kind));
  const kind = random.pick(pots);
  return { kind, ...faults[kind]! };
}
