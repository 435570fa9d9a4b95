import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { SettlementFees, SettlementQuote } from '../src/modules/treasury/index.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';

describe('a treasurer who settles now', () => {
  let house: TestHub;
  let treasurer: Browser;
  afterEach(() => house.dispose());

  async function moveIn(chain: { patience: number; dailySpendCapWei?: string }): Promise<void> {
    house = await createTestHub({ config: (config) => ({ ...config, chain: { ...config.chain, ...chain } }) });
    treasurer = await house.phone(house.personWith('treasurer'));
  }
  const { waiting } = outbox;
  const countOf = (lane: string) =>
    house.hub.building!.store.read((reader) => waiting(reader).find((each) => each.lane === lane)?.count ?? 0);
  const deposit = async (reference: string) => {
    const body = { seat: house.people[3]!.seat, amountMicros: 5_000_000, reference };
    const { status } = await treasurer.post('/api/deposits', body);
    assert.equal(status, 201);
  };
  const quote = async () => (await treasurer.get<SettlementQuote>('/api/settlement/quote')).body;
  const fees = async () => (await treasurer.get<SettlementFees>('/api/settlement/fees?days=1')).body;
  const online = () => house.until(() => house.hub.state().isOnline && house.hub.building!.chain.state().readNumber);

  it('sees what waits and what it would cost, presses, and reads afterwards what it did cost', async () => {
    await moveIn({ patience: 1 });
    await online();
    await treasurer.post('/api/settlement/now');
    await house.until(() => countOf('deposits') === 0);
    for (const reference of ['WIRE-1', 'WIRE-2', 'WIRE-3']) await deposit(reference);
    const told = await quote();
    const [lane] = told.lanes.filter((each) => each.lane === 'deposits');
    // Still queued: three are no full batch, and two hours are not over.
    assert.deepEqual([told.coin, lane!.waitingCount, lane!.readyCount, lane!.carrier], ['ETH', 3, 3, 'chain']);
    const [cost, perItem] = [BigInt(lane!.costWei), BigInt(lane!.perItemWei)];
    assert.ok(cost > 0n && perItem === cost / 3n && BigInt(lane!.allWei) === cost);
    assert.ok(BigInt(lane!.gas) > 100_000n && BigInt(lane!.gas) < 1_000_000n, lane!.gas);

    assert.equal((await treasurer.post('/api/settlement/now')).status, 202);
    await house.until(() => countOf('deposits') === 0);
    const { batches, prices, spentWei } = await fees();
    const [batch] = batches;
    assert.deepEqual([batch!.lane, batch!.itemCount, batch!.state], ['deposits', 3, 'final']);
    const paid = BigInt(batch!.paidWei!);
    assert.ok(paid > cost / 2n && paid < cost * 2n, `${paid} for a quote of ${cost}`);
    assert.equal(batch!.perItemWei, String(paid / 3n));
    assert.ok(BigInt(spentWei) >= paid);
    assert.ok(prices.length >= 1 && prices[0]!.lowWei > 0 && prices[0]!.highWei >= prices[0]!.lowWei);
  });

  it('goes beyond the cap of a day, which stops everybody else with a fault', async () => {
    await moveIn({ patience: 0, dailySpendCapWei: '1' });
    await online();
    await deposit('WIRE-9');
    const isCapped = () => house.hub.faults().some(({ code }) => code === 'spending_cap');
    await house.until(isCapped);
    assert.ok(countOf('deposits') >= 1);
    assert.equal((await quote()).capWei, '1');

    await treasurer.post('/api/settlement/now');
    await house.until(() => countOf('deposits') === 0);
    await house.until(() => !isCapped());
  });

  it('is refused days that no history has', async () => {
    await moveIn({ patience: 0 });
    for (const days of ['0', '36', 'x']) {
      const { status, body } = await treasurer.get<{ code: string; field: string }>(
        `/api/settlement/fees?days=${days}`,
      );
      assert.deepEqual([status, body.code, body.field], [400, 'bad_request', 'days']);
    }
  });
});
