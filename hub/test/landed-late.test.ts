import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { putBack } from '../src/cli/put-back.ts';
import { takeBackup } from '../src/cli/take-backup.ts';
import type { DemoPerson } from '../src/modules/demo/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import type { Carrier } from '../src/platform/ports/index.ts';
import { createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

const dollar = 1_000_000;

interface Settlement {
  readonly differences: string[];
  readonly foreign: { seat: number; amountMicros: number }[];
}

/** The bytes of a former life wait in somebody's pool while the store is put back, and land when it has caught up. */
describe('an order that a former life has sent and that lands after a restore', { timeout: 120_000 }, () => {
  let outside: OutsideBuilding;
  /** What left, and reached no block yet. */
  const pool = Promise.withResolvers<string>();
  let isSlow = false;
  const slow = (carrier: Carrier): Carrier => ({
    ...carrier,
    async perform(attempt) {
      if (isSlow) pool.resolve(attempt.payload);
      else await carrier.perform(attempt);
    },
  });

  before(async () => {
    outside = await createOutsideBuilding({ sabotage: { carrier: slow } });
  });
  after(() => outside.dispose());

  const building = () => outside.house.hub.building!;
  const orderFor = (id: string, seat: number) =>
    building().store.read((reader) => building().orders.view(reader, id, { seat, roles: [] })!);
  async function moneyOf(person: DemoPerson): Promise<number[]> {
    const phone = await outside.house.phone(person);
    const { body } = await phone.get<{ availableMicros: number; heldMicros: number }>('/api/money');
    return [body.availableMicros, body.heldMicros];
  }

  it('is settled here too: who is in it has paid once, and who left it since has paid as well', async () => {
    const { people } = outside.house;
    const [ana, ben, cleo] = [people[3]!, people[4]!, people[5]!];
    await outside.house.until(() => building().store.read((reader) => reader.prepare(waiting).all()).length === 0);
    const opener = await outside.house.phone(ana);
    const [good] = (await opener.get<{ items: { supplierId: string }[] }>('/api/goods')).body.items;
    const { body: order } = await opener.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      unit: 'bag',
      unitPriceMicros: dollar,
      unitsPerCase: 6,
      targetMicros: 6 * dollar,
      deadlineAtMs: Date.now() + 3_600_000,
      executes: 'at-target',
    });
    const path = `/api/orders/${order.id}/line`;
    for (const person of [ana, cleo])
      assert.equal((await (await outside.house.phone(person)).post(path, { units: 2 })).status, 201);
    const before = [await moneyOf(ana), await moneyOf(ben), await moneyOf(cleo)];
    const { file } = await takeBackup({ dataDir: outside.house.dir, withTelemetry: false, hubVersion: 'test' });
    isSlow = true;
    assert.equal((await (await outside.house.phone(ben)).post(path, { units: 2 })).status, 201);
    const bytes = await pool.promise;
    const dataDir = outside.house.dir;
    await outside.restart(() => putBack({ dataDir, file, isReplacing: true, recoveryCode: async () => '' }));
    await outside.house.until(() => !outside.house.hub.faults().some(({ code }) => code === 'catching_up'));
    assert.equal((await (await outside.house.phone(cleo)).delete(path)).status, 200);
    assert.deepEqual([orderFor(order.id, ana.seat).state, orderFor(order.id, cleo.seat).myLine], ['open', undefined]);

    await outside.provider.send('eth_sendRawTransaction', [bytes]);
    await outside.house.until(() => orderFor(order.id, ana.seat).state === 'settled');
    assert.deepEqual(
      [ana, cleo].map(({ seat }) => orderFor(order.id, seat).myLine?.record),
      ['recorded', 'recorded'],
    );
    const spent = (money: number[], available: number, held: number) => [money[0]! + available, money[1]! + held];
    assert.deepEqual(
      [await moneyOf(ana), await moneyOf(ben), await moneyOf(cleo)],
      [spent(before[0]!, 0, -2 * dollar), spent(before[1]!, -2 * dollar, 0), spent(before[2]!, 0, -2 * dollar)],
    );
    const treasurer = await outside.house.phone(outside.house.personWith('treasurer'));
    const view = (await treasurer.get<Settlement>('/api/settlement')).body;
    assert.deepEqual(view.differences, []);
    assert.ok(view.foreign.some(({ seat, amountMicros }) => seat === ben.seat && amountMicros === -2 * dollar));
  });
});

const waiting = "SELECT 1 FROM intents WHERE state IN ('queued', 'sent', 'landed')";
