import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import { digestOfTables } from './support/digest.ts';
import { wrongCallers } from './wrong/callers.ts';
import { wrongForms } from './wrong/forms.ts';
import { wrongGuesses } from './wrong/guesses.ts';
import { offices, wrongOffices } from './wrong/offices.ts';
import { wrongOrderForms } from './wrong/order-forms.ts';
import { wrongOrderStates } from './wrong/order-states.ts';
import { wrongProduce } from './wrong/produce.ts';
import { createScene, type Scene } from './wrong/scene.ts';
import { type Doors, sendWrong, type Wrong } from './wrong/wrong.ts';

describe('wrong requests', () => {
  let scene: Scene;
  let doors: Doors;
  let untouched: Record<string, string>;

  before(async () => {
    scene = await createScene();
    const { http, https } = scene.house;
    const authority = await fetch(`${http}/trust/ca.crt`);
    doors = { http, https, ca: new X509Certificate(Buffer.from(await authority.arrayBuffer())).toString() };
    untouched = digest();
  });
  after(() => scene.house.dispose());

  const digest = () => digestOfTables(scene.house.hub.building!.store);

  async function check(wrong: Wrong): Promise<void> {
    const answer = await sendWrong(wrong, doors, scene);
    const { code, field, message, ...rest } = JSON.parse(answer.text) as Record<string, unknown>;
    assert.equal(
      [answer.status, code, field].filter((part) => part !== undefined).join(' '),
      wrong[4],
      answer.text.slice(0, 300),
    );
    assert.equal(typeof message, 'string');
    assert.ok(
      Object.keys(rest).every((key) => key === 'details'),
      answer.text,
    );
    assert.match(answer.headers.get('content-type')!, /^application\/json/);
    assert.equal(answer.headers.has('set-cookie'), false);
  }

  let count = 0;
  const table = (title: string, rows: (scene: Scene) => Wrong[]) =>
    it(`${title} are answered with their codes and change nothing`, async (t) => {
      for (const wrong of rows(scene)) {
        count++;
        await t.test(wrong[0], () => check(wrong));
      }
      assert.deepEqual(digest(), untouched);
    });

  table('wrong forms', wrongForms);
  table('wrong orders', wrongOrderForms);
  table('wrong callers', wrongCallers);
  table('wrong moments', wrongOrderStates);
  table('wrong offices', wrongOffices);
  table('wrong produce', wrongProduce);
  table('wrong guesses', wrongGuesses);

  it('knows every address that asks for an office', () => {
    const asking = scene.house.hub.building!.routes.filter(
      ({ permission }) => typeof permission === 'object' && 'roles' in permission,
    );
    const listed = offices.map(([line]) => line);
    const missing = asking.filter(
      ({ method, path }) =>
        !listed.some((line) => new RegExp(`^${method} ${path.replace(/:\w+/g, '[^/]+')}$`).test(line)),
    );
    assert.deepEqual(
      missing.map(({ method, path }) => `${method} ${path}`),
      [],
    );
    assert.ok(count >= 80);
  });

  it('would notice a change: the same requests done right leave their mark', async (t) => {
    t.diagnostic(`${count} wrong requests`);
    const { house, orders, cookies } = scene;
    const browser = house.browser();
    for (const [line, body] of [[`/api/orders/${orders.open}/line`, { units: 1 }]] as const) {
      const { status } = await browser.post(line, body, { headers: { cookie: cookies.cal } });
      assert.equal(status, 201);
    }
    const changed = Object.entries(digest()).filter(([table, hash]) => untouched[table] !== hash);
    for (const table of ['orders', 'order_lines', 'holds', 'movements', 'postings', 'intents', 'replies'])
      assert.ok(
        changed.some(([name]) => name === table),
        table,
      );
    assert.deepEqual(house.hub.building!.store.read(checkBooks), []);
  });
});
