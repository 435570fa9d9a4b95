import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isStoopError } from '../../../platform/errors.ts';
import { type Actor, system } from '../../../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../../../store/testing/temp-store.ts';
import type { Good, NewGood } from '../goods.schema.ts';
import { goodsPage, listGoods } from '../goods.store.ts';
import { addGood, editGood } from '../goods.ts';
import { addSupplier } from '../suppliers.ts';
import { differencesPage, sweepSome } from './editions.store.ts';
import type { DifferencesQuery, PriceFile, PriceFileBody } from './price-files.schema.ts';
import { findPriceFile, priceFileOf } from './price-files.store.ts';
import { createPriceFiles, type PriceFiles } from './price-files.ts';

const coordinator: Actor = { seat: 3, roles: ['coordinator'] };
const head = 'SKU,Name,Price,Case Qty,Brand';
/** Runs the worker's own function on this thread; it opens the same file. */
const workers = {
  run: async <Result>(module: URL, input: unknown) =>
    ((await import(module.href)) as { default: (input: unknown) => Result }).default(input),
};

describe('a price file', () => {
  let temp: TempStore;
  let files: PriceFiles;
  before(async () => {
    temp = await createTempStore();
    files = createPriceFiles({ store: temp.store, storePath: join(temp.dir, 'stoop.db'), workers });
  });
  after(() => temp.dispose());

  let suppliers = 0;
  async function supplier(more: object = {}): Promise<string> {
    const name = `Wholesale ${++suppliers}`;
    return (await temp.store.act({ name: 'test', actor: system('test') }, (tx) => addSupplier(tx, { name, ...more })))
      .id;
  }
  const stock = (good: NewGood) => temp.store.act({ name: 'test', actor: coordinator }, (tx) => addGood(tx, good));
  const body = (rows: readonly string[], more: Partial<PriceFileBody> = {}): PriceFileBody => ({
    fileName: 'prices.csv',
    format: 'generic',
    isWhole: true,
    content: gzipSync([head, ...rows].join('\n')).toString('base64'),
    ...more,
  });
  const look = async (id: string, rows: readonly string[], more: Partial<PriceFileBody> = {}): Promise<PriceFile> =>
    (await files.preview(coordinator, id, body(rows, more))).file;
  async function bring(id: string, rows: readonly string[]): Promise<PriceFile> {
    const file = await look(id, rows);
    await files.apply(coordinator, file.id);
    return file;
  }
  const list = (id: string) => temp.store.read((reader) => listGoods(reader, id));
  const shown = (goods: readonly Good[]) =>
    goods.map((good) => [good.sku, good.title, good.unitPriceMicros, good.status]);
  const now = (file: PriceFile) => temp.store.read((reader) => priceFileOf(reader, findPriceFile(reader, file.id)!));
  const differences = (file: PriceFile, query: DifferencesQuery = {}) =>
    temp.store.read((reader) => differencesPage(reader, findPriceFile(reader, file.id)!.rowId, query, 100)).items;
  const code = (expected: string) => (error: unknown) => isStoopError(error) && error.code === expected;

  const first = ['1,Rice,3.60,12,Lundberg', '2,Beans,1.90,20,', '3,Oats,2.00,10,'];

  it('is shown before anything changes, and then holds as a whole', async () => {
    const id = await supplier();
    const file = await look(id, first);
    assert.deepEqual(
      [file.state, file.rowCount, file.unchangedCount, file.differences],
      ['ready', 3, 0, { new: 3, price: 0, changed: 0, missing: 0 }],
    );
    assert.deepEqual(list(id), []);
    await files.apply(coordinator, file.id);
    assert.deepEqual(shown(list(id)), [
      ['2', 'Beans', 1_900_000, 'on-sale'],
      ['3', 'Oats', 2_000_000, 'on-sale'],
      ['1', 'Rice', 3_600_000, 'on-sale'],
    ]);
    await assert.rejects(files.apply(coordinator, file.id), code('conflict'));
  });

  it('tells what is new, changed, moved in price, as it was, and gone', async () => {
    const id = await supplier();
    await bring(id, first);
    const [beans] = list(id);
    // What a person has added by hand the file knows nothing of.
    const facts = { title: 'Beans', unit: 'piece', unitPriceMicros: 1_900_000, unitsPerCase: 20, sku: '2' };
    await temp.store.act({ name: 'test', actor: coordinator }, (tx) =>
      editGood(tx, beans!.id, { ...facts, revision: beans!.revision, titleEs: 'Habichuelas', allergens: ['soy'] }),
    );
    const byHand = await stock({
      supplierId: id,
      title: 'Own jam',
      unit: 'jar',
      unitPriceMicros: 4_000_000,
      unitsPerCase: 6,
    });
    const file = await look(id, ['1,Rice,3.60,12,Lundberg', '2,Beans,2.00,20,', '4,Figs,5.00,8,']);
    assert.deepEqual([file.unchangedCount, file.differences], [1, { new: 1, price: 1, changed: 0, missing: 1 }]);
    const [price] = differences(file, { difference: 'price' });
    assert.deepEqual(
      [price!.beforeMicros, price!.movedPermille, price!.isStopped, price!.fileRow],
      [1_900_000, 53, false, 3],
    );
    await files.apply(coordinator, file.id);
    const after_ = list(id);
    assert.deepEqual(shown(after_), [
      ['2', 'Beans', 2_000_000, 'on-sale'],
      ['4', 'Figs', 5_000_000, 'on-sale'],
      ['3', 'Oats', 2_000_000, 'out'],
      [undefined, 'Own jam', 4_000_000, 'on-sale'],
      ['1', 'Rice', 3_600_000, 'on-sale'],
    ]);
    assert.deepEqual([after_[0]!.id, after_[0]!.titleEs, after_[0]!.allergens], [beans!.id, 'Habichuelas', ['soy']]);
    assert.equal(after_[3]!.id, byHand.id);

    const partial = await look(id, ['1,Rice,3.60,12,Lundberg'], { isWhole: false });
    assert.deepEqual([partial.unchangedCount, partial.differences.missing], [1, 0]);
  });

  it('stops at a price that moves too far until a person has confirmed that row', async () => {
    const id = await supplier({ priceStopPermille: 100 });
    await bring(id, first);
    const file = await look(id, ['1,Rice,36.00,12,Lundberg', '2,Beans,1.70,20,', '3,Oats,2.20,10,']);
    assert.equal(file.stoppedCount, 2);
    await assert.rejects(files.apply(coordinator, file.id), code('prices_stopped'));
    const stopped = differences(file, { difference: 'stopped' });
    assert.deepEqual(
      stopped.map(({ good, movedPermille }) => [good.title, movedPermille]),
      [
        ['Rice', 9000],
        ['Beans', -105],
      ],
    );
    await files.confirm(coordinator, file.id, [stopped[0]!.id]);
    await assert.rejects(files.apply(coordinator, file.id), code('prices_stopped'));
    await assert.rejects(files.confirm(coordinator, file.id, [id]), code('not_found'));
    await files.confirm(coordinator, file.id, [stopped[1]!.id]);
    await files.apply(coordinator, file.id);
    assert.equal(list(id).find(({ sku }) => sku === '1')!.unitPriceMicros, 36_000_000);
  });

  it('is taken back whole, and a later file goes on from there', async () => {
    const id = await supplier();
    await bring(id, first);
    const held = list(id);
    const mistake = await bring(id, ['1,Rye,3.70,12,', '9,Sand,1.00,1,']);
    assert.equal(list(id).length, 4);
    assert.equal(now(mistake).canUndo, true);
    await files.undo(coordinator, mistake.id);
    assert.deepEqual(list(id), held);
    assert.deepEqual([now(mistake).state, now(mistake).canUndo], ['undone', false]);
    await bring(id, ['1,Rice,3.80,12,Lundberg', ...first.slice(1)]);
    assert.deepEqual(
      list(id).map(({ title, unitPriceMicros }) => [title, unitPriceMicros]),
      [
        ['Beans', 1_900_000],
        ['Oats', 2_000_000],
        ['Rice', 3_800_000],
      ],
    );
  });

  it('cannot be taken back once something newer came', async () => {
    const id = await supplier();
    const one = await bring(id, first);
    await bring(id, ['1,Rice,3.70,12,', ...first.slice(1)]);
    await assert.rejects(files.undo(coordinator, one.id), code('newer_prices'));
    const other = await supplier();
    const file = await bring(other, first);
    await stock({ supplierId: other, title: 'Jam', unit: 'jar', unitPriceMicros: 4_000_000, unitsPerCase: 6 });
    assert.equal(now(file).canUndo, false);
    await assert.rejects(files.undo(coordinator, file.id), code('newer_prices'));
  });

  it('that was looked at before the list changed is not applied', async () => {
    const id = await supplier();
    const file = await look(id, first);
    await stock({ supplierId: id, title: 'Jam', unit: 'jar', unitPriceMicros: 4_000_000, unitsPerCase: 6 });
    await assert.rejects(files.apply(coordinator, file.id), code('conflict'));
    assert.deepEqual(shown(list(id)), [[undefined, 'Jam', 4_000_000, 'on-sale']]);
  });

  it('with a mistake changes nothing, and leaves nothing behind', async () => {
    const id = await supplier();
    await bring(id, first);
    const held = list(id);
    const file = await look(id, ['1,Rice,free,12,', '2,Beans,2.00,20,']);
    assert.deepEqual([file.state, file.problemCount], ['refused', 1]);
    assert.deepEqual(file.problems, [{ row: 2, column: 'C (Price)', rule: 'price', found: 'free' }]);
    await assert.rejects(files.apply(coordinator, file.id), code('conflict'));
    const left = await look(id, ['1,Rice,3.50,12,']);
    await files.discard(coordinator, left.id);
    await assert.rejects(files.apply(coordinator, left.id), code('conflict'));
    assert.deepEqual(list(id), held);
    assert.deepEqual(differences(left), []);
    const unpacked = await look(id, [], { content: Buffer.from('SKU,Name').toString('base64') });
    assert.deepEqual(
      unpacked.problems.map(({ rule }) => rule),
      ['too_large'],
    );
  });

  it('that waits is not touched by the sweep after an older one', async () => {
    const id = await supplier();
    const waiting = await look(id, first);
    const { list: listId, rowId } = temp.store.read((reader) => findPriceFile(reader, waiting.id)!);
    const sweep = (upTo: number) =>
      temp.store.act({ name: 'test', actor: system('test') }, (tx) => sweepSome(tx, listId, 0, upTo, 100));
    assert.equal(await sweep(rowId - 1), false);
    assert.equal(differences(waiting).length, 3);
    assert.equal(await sweep(rowId), true);
    assert.equal(differences(waiting).length, 0);
  });

  it('sent twice under one key is read once; the mapping is kept for the next', async () => {
    const id = await supplier();
    const mapping = { skipRows: 1, columns: { sku: 0, title: 1, unitPrice: 2 } };
    const key = '0190b2f4-0000-7000-8000-000000000001';
    const both = await Promise.all([1, 2].map(() => files.preview(coordinator, id, body(first, { mapping }), key)));
    assert.equal(both[0]!.file.id, both[1]!.file.id);
    assert.equal(differences(both[0]!.file).length, 3);
    await files.apply(coordinator, both[0]!.file.id);
    const next = await files.preview(coordinator, id, body(['1,Rice,3.60,24,']));
    assert.deepEqual(next.mapping.columns, mapping.columns);
    // Not mapped, so not the file's to say.
    assert.equal(differences(next.file, { difference: 'changed' }).length, 0);
  });

  it('of five thousand rows is listed page by page and found by words and numbers', async () => {
    const id = await supplier();
    await bring(
      id,
      Array.from({ length: 5000 }, (_, at) => `S${at},Goods ${String(at).padStart(5, '0')} café,2.00,10,`),
    );
    const page = (query: object) => temp.store.read((reader) => goodsPage(reader, { supplier: id, ...query }, 50));
    assert.deepEqual(
      page({ find: 'CAFE s4711' }).items.map(({ sku }) => sku),
      ['S4711'],
    );
    const firstPage = page({});
    const second = page({ after: firstPage.next });
    assert.deepEqual([firstPage.items.at(-1)!.title, second.items[0]!.title], ['Goods 00049 café', 'Goods 00050 café']);
    assert.deepEqual(page({ status: 'out' }), { items: [], next: undefined });
  });
});
