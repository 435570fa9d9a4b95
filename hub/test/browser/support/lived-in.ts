import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { DemoPerson } from '../../../src/modules/demo/index.ts';
import type { Order } from '../../../src/modules/orders/index.ts';
import { nobody } from '../../../src/platform/ports/index.ts';
import { mqttEvent } from '../../mqtt-event.ts';
import type { TestHub } from '../../support/create-test-hub.ts';
import { keepBooks } from '../../support/desk-life.ts';

/** What can be looked at in a building where people have been for a while. */
export interface LivedIn {
  /** Somebody with every task of the building, so that every page opens for them. */
  readonly officer: DemoPerson;
  /** An open order in which the officer has a line, and one without. */
  readonly joinedId: string;
  readonly openId: string;
  /** An order that went ahead and is recorded. */
  readonly settledId: string;
  /** A vote that is open. */
  readonly proposalId: string;
  /** An article and who delivers it. */
  readonly goodId: string;
  readonly supplierId: string;
  readonly deviceId: string;
  readonly metric: string;
}

const everyTask = ['resident', 'coordinator', 'gardener', 'certifier', 'creator', 'treasurer', 'board', 'maintainer'];

/** Lets people and sensors live in the building until every page has something to show. */
export async function liveIn(house: TestHub): Promise<LivedIn> {
  const officer = house.people.find(({ name }) => name === 'Denise Carter')!;
  const phone = await house.phone(officer);
  const { status, body } = await phone.put(`/api/members/${officer.seat}/roles`, { roles: everyTask });
  if (status >= 300) throw new Error(`the officer got no tasks: ${JSON.stringify(body)}`);

  const { items } = (await phone.get<{ items: Order[] }>('/api/orders?state=open')).body;
  const named = (title: RegExp) => items.find((order) => title.test(order.title))!.id;
  const open = (await phone.get<{ items: { id: string }[] }>('/api/proposals')).body;
  const proposalId = open.items[0]!.id;
  const [joinedId, openId, settledId] = [named(/rice/), named(/Olive/), named(/eggs/)];
  await phone.post(`/api/orders/${settledId}/line`, { units: 1 });
  await phone.post('/api/demo/neighbours', { orderId: settledId });
  const goods = (await phone.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body;
  const { id: goodId, supplierId } = goods.items[0]!;
  const { store, orders } = house.hub.building!;
  await house.until(() => store.read((reader) => orders.view(reader, settledId, nobody))?.state === 'settled');

  await measureForHours(house);
  await knock(house);
  await askForKey(house, officer);
  await harvest(house, officer);
  await keepBooks(phone, house.people);
  return {
    officer,
    joinedId,
    openId,
    settledId,
    proposalId,
    goodId,
    supplierId,
    deviceId: 'garden-air',
    metric: 'air_temperature',
  };
}

/** Half a day of readings from four real devices. */
async function measureForHours(house: TestHub): Promise<void> {
  const { sensors } = JSON.parse(readFileSync(join(house.dir, 'demo/sensors.json'), 'utf8')) as {
    sensors: { username: string; token: string }[];
  };
  const measured: Record<string, Record<string, number>> = {
    'garden-air': { air_temperature: 22.4, humidity: 58 },
    'tower-1': { ph: 6.05, water_temperature: 20.4 },
    roof: { air_temperature: 14.2 },
    scale: { weight: 1840 },
  };
  for (const { username, token } of sensors.filter((sensor) => sensor.username in measured)) {
    const client = await mqtt.connectAsync(house.mqtt, { username, password: token });
    for (let ago = 24; ago >= 0; ago--) {
      const takenAtMs = Date.now() - ago * 30 * 60_000;
      const values = Object.entries(measured[username]!).map(([metric, base]) => [metric, base * (1 + ago / 400)]);
      await client.publishAsync(`stoop/${username}`, JSON.stringify({ takenAtMs, ...Object.fromEntries(values) }), {
        qos: 1,
      });
    }
    await client.endAsync();
  }
}

/** A harvest in every state, some of it eaten, and shifts to confirm. */
async function harvest(house: TestHub, officer: DemoPerson): Promise<void> {
  const phone = await house.phone(officer);
  const today = new Date().toISOString().slice(0, 10);
  const send = async <T>(path: string, body?: object): Promise<T> => {
    const { status, body: answer } = await phone.post<T>(path, body);
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const lots = [];
  for (const [crop, cropEs] of [
    ['Lettuce', 'Lechuga'],
    ['Basil', 'Albahaca'],
    ['Kale', 'Col rizada'],
  ]) {
    const body = { farm: 'Tower 1', crop, cropEs, picture: 'greens', harvestedOn: today, grams: 900 };
    lots.push(await send<{ id: string }>('/api/lots', body));
  }
  for (const { id } of lots.slice(1)) {
    await send(`/api/lots/${id}/certificate`, { grams: 800 });
    await send('/api/harvests', { lotId: id, shares: [{ seat: officer.seat, grams: 300 }] });
  }
  await send('/api/consumptions', { lotId: lots[1]!.id, grams: 120, why: 'eaten' });
  await send(`/api/lots/${lots[2]!.id}/recall`);
  await send('/api/shifts', { work: 'Riego', shifts: 1, doneOn: today });
  const neighbour = await house.phone(house.people.at(-1)!);
  await neighbour.post('/api/shifts', { work: 'Limpieza', shifts: 2, doneOn: today });
}

/** Two officers ask for another key for a neighbour: the board's keys are to sign. */
async function askForKey(house: TestHub, officer: DemoPerson): Promise<void> {
  const second = house.people.find(({ seat, roles }) => seat !== officer.seat && roles.includes('board'))!;
  const neighbour = house.people.at(-1)!;
  const asked = await (await house.phone(officer)).post<{ id: string }>(`/api/members/${neighbour.seat}/key-change`, {
    pin: neighbour.pin,
  });
  const { status } = await (await house.phone(second)).post(`/api/key-changes/${asked.body.id}/second`);
  if (status !== 204) throw new Error(`nobody could ask for a key: ${asked.status}, ${status}`);
}

/** A device that nobody knows asks to be let in. */
async function knock(house: TestHub): Promise<void> {
  const stranger = mqtt.connect(house.mqtt, { clientId: 'esp-kitchen', reconnectPeriod: 0 });
  await mqttEvent(stranger, 'error').catch(() => undefined);
  stranger.end(true);
}
