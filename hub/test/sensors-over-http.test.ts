import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { anaToken, call, cookie, startTestWeb } from '../src/web/web.test-kit.ts';
import { openGardenHouse } from './garden-house.ts';

const gardenerToken = 'gardener-session-tok-001';

async function open(t: TestContext) {
  const house = await openGardenHouse();
  t.after(() => house.stop());
  const { url, members } = await startTestWeb(t, {
    routes: house.garden.routes,
    changes: {
      lastSeq: () => house.store.lastSeq(),
      changesAfter: (seq, limit) => house.store.changesAfter(seq, limit),
      subscribe: (listener) => house.events.onChanges(listener),
      subscribeTransient: (listener) => house.events.onTransient(listener),
    },
  });
  members.sessions.set(gardenerToken, { seat: 3, roles: ['resident', 'gardener'], sessionId: 's-gardener' });
  return { house, url, gardener: cookie(gardenerToken), ana: cookie(anaToken) };
}

test('a reading reaches a page over HTTP, and the open page hears of it', { timeout: 20_000 }, async (t) => {
  const { house, url, gardener } = await open(t);
  const made = await call(`${url}/api/sensors`, 'POST', { name: 'Tower 1' }, gardener);
  assert.equal(made.status, 201);
  const { username, token } = made.body as { username: string; token: string };

  const stop = new AbortController();
  t.after(() => stop.abort());
  const stream = await fetch(`${url}/api/events`, { signal: stop.signal });
  const heard = (async () => {
    let text = '';
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('"noun":"reading"')) return text;
    }
    return text;
  })();

  const tower = await house.connect({ username, password: token });
  await tower.publishAsync('stoop/tower-1/water_temperature', '20.4', { qos: 1 });
  assert.match(await heard, /"noun":"reading","id":"tower-1\/water_temperature"/);
  const { status, body } = await call(`${url}/api/readings?ids=tower-1/water_temperature`, 'GET');
  const [item] = body.items as { value: number; unit: string; spark: number[][]; takenAtMs: number }[];
  assert.deepEqual([status, item?.value, item?.unit, item?.spark.length], [200, 20.4, '°C', 1]);
  const chart = await call(`${url}/api/readings/tower-1/water_temperature?points=10`, 'GET');
  assert.deepEqual((chart.body.points as number[][])[0]?.slice(1), [20.4, 20.4, 20.4]);
  const list = await call(`${url}/api/sensors`, 'GET', undefined, gardener);
  assert.equal((list.body.items as { isOnline: boolean }[])[0]?.isOnline, true);
  assert.ok(!list.text.includes(token));
  assert.equal((await call(`${url}/api/sensors/tower-1`, 'DELETE', undefined, gardener)).status, 204);
});

test('wrong requests about sensors are answered with their code and change nothing', async (t) => {
  const { house, url, gardener, ana } = await open(t);
  const sensors = `${url}/api/sensors`;
  const good = { name: 'Tower 1' };
  const key = { 'idempotency-key': randomUUID() };
  assert.equal((await call(sensors, 'POST', good, { ...gardener, ...key })).status, 201);
  const audits = () => house.store.read((db) => db.prepare('SELECT COUNT(*) AS n FROM audit').get<{ n: number }>()!.n);
  const before = audits();
  const wrong: [status: number, code: string, method: string, url: string, body?: unknown, headers?: object][] = [
    [401, 'not_signed_in', 'GET', sensors],
    [403, 'not_allowed', 'GET', sensors, undefined, ana],
    [403, 'not_allowed', 'POST', sensors, good, ana],
    [401, 'not_signed_in', 'DELETE', `${sensors}/tower-1`],
    [403, 'not_allowed', 'DELETE', `${sensors}/tower-1`, undefined, ana],
    [400, 'bad_request', 'POST', sensors, {}, gardener],
    [400, 'bad_request', 'POST', sensors, { name: '' }, gardener],
    [400, 'bad_request', 'POST', sensors, { name: '  ' }, gardener],
    [400, 'bad_request', 'POST', sensors, { name: 'x'.repeat(61) }, gardener],
    [400, 'bad_request', 'POST', sensors, { name: 7 }, gardener],
    [400, 'bad_request', 'POST', sensors, { ...good, token: 'mine' }, gardener],
    [400, 'bad_request', 'POST', sensors, { ...good, publish: [] }, gardener],
    [400, 'bad_request', 'POST', sensors, { ...good, publish: 'stoop/#' }, gardener],
    [400, 'bad_request', 'POST', sensors, { ...good, publish: ['#'] }, gardener],
    [400, 'bad_request', 'POST', sensors, { ...good, subscribe: ['$SYS/#'] }, gardener],
    [400, 'bad_request', 'POST', sensors, { ...good, publish: Array(17).fill('stoop/a') }, gardener],
    [409, 'idempotency_key_reused', 'POST', sensors, { name: 'Tower 2' }, { ...gardener, ...key }],
    [400, 'idempotency_key_missing', 'POST', sensors, good, { ...gardener, 'idempotency-key': 'again' }],
    [404, 'not_found', 'DELETE', `${sensors}/tower-9`, undefined, gardener],
    [404, 'not_found', 'DELETE', `${sensors}/waiting/nobody`, undefined, gardener],
    [404, 'not_found', 'GET', `${url}/api/readings/tower-1/ph`],
    [400, 'bad_request', 'GET', `${url}/api/readings/tower-1/ph?points=0`],
    [400, 'bad_request', 'GET', `${url}/api/readings/tower-1/ph?points=1e9`],
    [400, 'bad_request', 'GET', `${url}/api/readings/tower-1/ph?fromMs=yesterday`],
    [400, 'bad_request', 'GET', `${url}/api/readings?ids=${'x'.repeat(4_001)}`],
  ];
  for (const [status, code, method, address, body, headers] of wrong) {
    await t.test(
      `${method} ${address.slice(url.length, url.length + 40)} ${JSON.stringify(body)?.slice(0, 40)}`,
      async () => {
        const answer = await call(address, method, body, { ...headers });
        assert.deepEqual([answer.status, answer.body.code], [status, code]);
      },
    );
  }
  assert.equal(audits(), before);
  assert.deepEqual(
    house.garden.sensors.list().map(({ id }) => id),
    ['tower-1'],
  );
});
