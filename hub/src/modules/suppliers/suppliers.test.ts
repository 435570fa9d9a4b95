import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { isStoopError } from '../../platform/errors.ts';
import { type Actor, nobody, type Route, type RouteRequest, system } from '../../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../../store/testing/temp-store.ts';
import type { Good, NewGood } from './goods.schema.ts';
import { isGtin, readGtin } from './gtin.ts';
import { createSuppliersRoom, findGood, findSupplier, listGoods, tiersOf } from './index.ts';
import { comparedPrice, readUnitSize } from './measures.ts';
import type { Supplier, SupplierDetails } from './suppliers.schema.ts';

const coordinator: Actor = { seat: 3, roles: ['resident', 'coordinator'] };
const workers = { run: () => Promise.reject(new Error('no file is read here')) };

describe('suppliers and their goods', () => {
  let temp: TempStore;
  let routes: readonly Route[];
  before(async () => {
    temp = await createTempStore();
    routes = createSuppliersRoom({ store: temp.store, storePath: '', workers }).routes;
    // Somebody who lives here and makes things.
    await temp.store.act({ name: 'test', actor: system('test') }, (tx) =>
      tx
        .prepare(
          `INSERT INTO members (seat, id, name, class, address, key_storage, language, enrolled_at_ms)
            VALUES (7, 'm7', 'Keisha', 'resident', '0x07', 'hub', 'en', 0)`,
        )
        .run(),
    );
  });
  after(() => temp.dispose());

  async function call<T>(line: string, request: Partial<RouteRequest<object, object, object>> = {}): Promise<T> {
    const [method, path] = line.split(' ');
    const route = routes.find((one) => one.method === method && one.path === path)!;
    const reply = await route.handle({ actor: coordinator, params: {}, query: {}, body: {}, ...request } as never);
    return reply.body as T;
  }
  const addSupplier = (body: object) => call<SupplierDetails>('POST /api/suppliers', { body });
  const addGood = (body: NewGood) => call<Good>('POST /api/goods', { body });
  const code = (expected: string, field?: string) => (error: unknown) =>
    isStoopError(error) && error.code === expected && (field === undefined || error.details.field === field);

  const terms = {
    email: 'o@farm.example',
    phone: '1',
    customerNumber: 'C-1',
    minimumMicros: 250_000_000,
    deliveryDays: [2, 5],
  };
  const rice = { title: 'Rice', unit: 'bag', unitPriceMicros: 3_600_000, unitsPerCase: 12 };

  it('have contacts and terms, which only those read who order and pay', async () => {
    const { id } = await addSupplier({ name: 'Farm', ...terms });
    const read = (actor: Actor) => call<Partial<SupplierDetails>>('GET /api/suppliers/:id', { actor, params: { id } });
    const forAll = { id, name: 'Farm', nameEs: undefined, state: 'active', isMaker: false, goodsCount: 0 };
    assert.deepEqual(await read(nobody), forAll);
    assert.deepEqual(await read({ seat: 9, roles: ['resident', 'board'] }), forAll);
    const { nameEs: _, ...known } = forAll;
    assert.deepEqual(await read({ seat: 2, roles: ['treasurer'] }), { ...known, revision: 1, ...terms });
    const { items } = await call<{ items: Supplier[] }>('GET /api/suppliers', { actor: nobody });
    assert.ok(items.every((one) => !('email' in one)));
  });

  it('may be a neighbor, whose seat must be somebody’s', async () => {
    await assert.rejects(addSupplier({ name: 'Ghost', makerSeat: 4711 }), code('bad_request', 'makerSeat'));
    const { id } = await addSupplier({ name: 'Kombucha', makerSeat: 7 });
    assert.equal((await call<Supplier>('GET /api/suppliers/:id', { actor: nobody, params: { id } })).isMaker, true);
  });

  it('are changed by who read them last, and retired: then they sell nothing', async () => {
    const one = await addSupplier({ name: 'Mill' });
    const good = await addGood({ ...rice, title: 'Mill rice', supplierId: one.id });
    const edit = (body: object) => call<SupplierDetails>('PUT /api/suppliers/:id', { params: { id: one.id }, body });
    const two = await edit({ revision: 1, state: 'active', name: 'Old mill', phone: '2' });
    assert.deepEqual([two.name, two.phone, two.revision, two.goodsCount], ['Old mill', '2', 2, 1]);
    await assert.rejects(edit({ revision: 1, state: 'active', name: 'Mill' }), code('conflict'));
    await assert.rejects(edit({ revision: 2, state: 'active', name: 'Farm' }), code('already_exists', 'name'));
    await edit({ revision: 2, state: 'retired', name: 'Old mill' });
    const page = (query: object) => call<{ items: Good[] }>('GET /api/goods', { query });
    assert.deepEqual((await page({ find: 'mill rice' })).items, []);
    const { items } = await call<{ items: Supplier[] }>('GET /api/suppliers', { query: { state: 'retired' } });
    assert.deepEqual(
      items.map(({ name }) => name),
      ['Old mill'],
    );
    // What was ordered still finds both.
    temp.store.read((reader) => {
      assert.equal(findGood(reader, good.id)?.title, 'Mill rice');
      assert.equal(findSupplier(reader, one.id)?.state, 'retired');
    });
  });

  it('keep all that is said of goods, and tell a price to compare', async () => {
    const { id: supplierId } = await addSupplier({ name: 'Market' });
    const whole: NewGood = {
      ...rice,
      supplierId,
      titleEs: 'Arroz',
      sku: 'A-1',
      gtin: '00036000291452',
      brand: 'Field',
      category: 'Dry',
      unitSize: 5,
      measure: 'LBR',
      soldBy: 'weight',
      tiers: [
        { fromUnits: 24, unitPriceMicros: 3_400_000 },
        { fromUnits: 48, unitPriceMicros: 3_300_000 },
      ],
      minCases: 2,
      depositMicros: 250_000,
      taxPpm: 88_750,
      allergens: ['nuts', 'milk'],
      diets: ['vegan'],
      shelfPriceMicros: 5_490_000,
      picture: 'rice',
      origin: 'Arkansas',
    };
    const good = await addGood(whole);
    const { id, revision, supplierName, compared, status, ...said } = good;
    assert.deepEqual({ ...said }, whole);
    assert.deepEqual([revision, supplierName, status], [1, 'Market', 'on-sale']);
    // 3.60 for 5 lb of 453.59237 g each.
    assert.deepEqual(compared, { per: '100g', priceMicros: 158_733 });
    assert.deepEqual(
      tiersOf(good).map(({ fromUnits }) => fromUnits),
      [0, 24, 48],
    );
    const found = async (query: object) =>
      (await call<{ items: Good[] }>('GET /api/goods', { query: { supplier: supplierId, ...query } })).items.length;
    assert.deepEqual(
      [await found({ diet: 'vegan' }), await found({ diet: 'vegetarian' }), await found({ without: 'milk' })],
      [1, 0, 0],
    );
    assert.deepEqual([await found({ without: 'eggs' }), await found({ gtin: '036000291452' })], [1, 1]);
  });

  it('refuse facts that do not belong together', async () => {
    const { id: supplierId } = await addSupplier({ name: 'Stall' });
    const add = (more: object) => addGood({ ...rice, supplierId, ...more });
    const tier = (fromUnits: number, unitPriceMicros: number) => ({ fromUnits, unitPriceMicros });
    await assert.rejects(add({ gtin: '00036000291453' }), code('bad_request', 'gtin'));
    await assert.rejects(add({ unitSize: 5 }), code('bad_request', 'measure'));
    await assert.rejects(add({ tiers: [tier(24, 3_600_000)] }), code('bad_request', 'tiers'));
    await assert.rejects(add({ tiers: [tier(24, 3_000_000), tier(24, 2_000_000)] }), code('bad_request', 'tiers'));
    await add({ sku: '1' });
    await assert.rejects(add({ title: 'Other', sku: '1' }), code('already_exists', 'sku'));
    await add({ title: 'Beans' });
    await assert.rejects(add({ title: 'Beans' }), code('already_exists', 'title'));
  });

  it('change goods by who read them last, and lists leave out what is retired', async () => {
    const { id: supplierId } = await addSupplier({ name: 'Dairy' });
    const good = await addGood({ ...rice, supplierId });
    const edit = (body: object) => call<Good>('PUT /api/goods/:id', { params: { id: good.id }, body });
    const now = await edit({ ...rice, revision: 1, unitPriceMicros: 3_700_000, status: 'out' });
    assert.deepEqual([now.id, now.revision, now.unitPriceMicros, now.status], [good.id, 2, 3_700_000, 'out']);
    await assert.rejects(edit({ ...rice, revision: 1 }), code('conflict'));
    await edit({ ...rice, revision: 2, status: 'retired' });
    assert.deepEqual(
      temp.store.read((reader) => listGoods(reader, supplierId)),
      [],
    );
    await assert.rejects(
      call('PUT /api/goods/:id', { params: { id: supplierId }, body: { ...rice, revision: 1 } }),
      code('not_found'),
    );
  });
});

describe('a barcode', () => {
  it('is fourteen digits of which the last checks the others, however many are written', () => {
    assert.equal(readGtin('0-36000-29145-2'), '00036000291452');
    assert.equal(readGtin('4006381333931'), '04006381333931');
    assert.equal(readGtin('96385074'), '00000096385074');
    for (const wrong of ['036000291453', '0'.repeat(14), '1234567', '036000 29145X', ''])
      assert.equal(readGtin(wrong), undefined);
  });

  it('notices every single wrong digit', () => {
    const digits = '00036000291452';
    fc.assert(
      fc.property(fc.nat(13), fc.integer({ min: 1, max: 9 }), (place, more) => {
        const other = (Number(digits[place]) + more) % 10;
        assert.equal(isGtin(digits.slice(0, place) + other + digits.slice(place + 1)), false);
      }),
    );
  });
});

describe('the size of one', () => {
  it('is read as suppliers write it', () => {
    const sizes: [string, unknown][] = [
      ['16 OZ', { unitSize: 16, measure: 'ONZ' }],
      ['1.5 LT', { unitSize: 1.5, measure: 'LTR' }],
      ['6/12 fl oz', { unitSize: 72, measure: 'OZA' }],
      ['500g', { unitSize: 500, measure: 'GRM' }],
      ['5#', { unitSize: 5, measure: 'LBR' }],
      ['0,5 Liter', { unitSize: 0.5, measure: 'LTR' }],
      ['1 dozen', { unitSize: 12, measure: 'H87' }],
      ['EA', { unitSize: 1, measure: 'H87' }],
      ['large', undefined],
      ['12', undefined],
      ['0 g', undefined],
    ];
    for (const [text, size] of sizes) assert.deepEqual(readUnitSize(text), size, text);
  });

  it('makes prices of different sizes comparable', () => {
    assert.deepEqual(comparedPrice(3_000_000, { unitSize: 500, measure: 'MLT' }), {
      per: 'litre',
      priceMicros: 6_000_000,
    });
    assert.deepEqual(comparedPrice(2_400_000, { unitSize: 12, measure: 'H87' }), {
      per: 'piece',
      priceMicros: 200_000,
    });
    assert.equal(comparedPrice(2_400_000, { unitSize: 1, measure: 'H87' }), undefined);
  });
});
