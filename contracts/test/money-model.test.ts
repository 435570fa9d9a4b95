import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DAY } from './model/money.ts';
import { actions } from './model/money-actions.ts';
import { type MoneyChain, moneyChain } from './model/money-chain.ts';
import { newOrder, type Story, storyOf } from './model/money-story.ts';
import { expected, seen } from './model/money-view.ts';
import { defect } from './model/money-words.ts';
import type { Escrow } from './model/orders.ts';
import { modelSteps } from './support/runs.ts';

/** Each story begins anew, so that what there is to look at stays small. */
const STORY_STEPS = 120;
const steps = modelSteps(1000);

describe('the money and the orders beside their reference model', () => {
  let chain: MoneyChain;
  before(async () => {
    chain = await moneyChain();
  });
  after(() => chain.building.close());

  /** Mostly a little later; sometimes just before, at or after the moment at which something changes. */
  const passTime = ({ money, orders, dice }: Story): void => {
    const { clock } = chain;
    clock.now += dice.chance(85) ? 1 + dice.below(900) : 1 + dice.below(10 * 3600);
    const moments = [
      (money.today + 1) * DAY,
      money.pausedUntil,
      money.pausedUntil + 3 * DAY,
      ...[...orders.escrows.values()].flatMap((each) => [each.deadline, each.deadline + 1]),
      ...[...money.accounts.values()].flatMap((each) => (each.raise ? [each.raise.at] : [])),
      ...[...money.seats.values()].flatMap((each) => (each.change ? [each.change.at] : [])),
      ...[...money.redemptions.values()].map((each) => each.at + 30 * DAY),
    ].filter((each) => each > clock.now && each < clock.now + 31 * DAY);
    if (moments.length > 0 && dice.chance(8))
      clock.now = dice.pick(moments.sort((a, b) => a - b).slice(0, 4)) - dice.below(2);
    money.now = clock.now;
  };

  /** Each action as often as its weight says, in halves. */
  const urn = actions.flatMap((each) => Array<(typeof actions)[number]>(each[1] * 2).fill(each));

  const sumOf = ({ entries }: Escrow): bigint => entries.reduce((sum, each) => sum + (each?.amount ?? 0n), 0n);

  it(`are in the same state after each of ${steps} steps`, { timeout: 60_000 + steps * 1000 }, async () => {
    const { simulator } = chain.building;
    const started = chain.clock.now;
    const met = new Set<string>();
    for (let done = 0, seed = 1; done < steps; seed += 1) {
      const mark = await simulator.request('evm_snapshot', []);
      chain.clock.now = started;
      const story = storyOf(chain, seed);
      newOrder(story);
      for (let step = 0; step < STORY_STEPS && done < steps; step += 1, done += 1) {
        passTime(story);
        const [name, , act] = step === 0 ? actions[0]! : step < 4 ? actions[1]! : story.dice.pick(urn);
        const where = `story ${seed}, step ${step}: ${name}`;
        try {
          story.doing.name = name;
          await act(story);
        } catch (error) {
          throw new Error(where, { cause: error });
        }
        const { names, money, orders } = story;
        assert.deepEqual(await seen(chain, names), expected(money, orders, names), where);
      }
      await simulator.request('evm_revert', [mark]);
      for (const each of story.met) met.add(each);
      const escrows = [...story.orders.escrows.values()];
      if (escrows.some((each) => each.executed)) met.add('executed');
      if (escrows.some((each) => each.executed && each.total > sumOf(each))) met.add('passed straight on');
      if (escrows.some((each) => each.entries.includes(undefined))) met.add('paid back');
    }
    // Stories that lead nowhere would agree about nothing.
    if (steps < 1000) return;
    const through = actions.map(([name]) => `${name} went through`).filter((each) => !each.startsWith('execute '));
    const items = Object.values(defect).map((code) => `item ${code}`);
    const wanted = [...through, ...items, 'executed', 'passed straight on', 'paid back'];
    assert.deepEqual(
      wanted.filter((each) => !met.has(each)),
      [],
      'never met',
    );
  });
});
