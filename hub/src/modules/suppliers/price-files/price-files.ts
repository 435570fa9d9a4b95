import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../../platform/errors.ts';
import type { Actor, Reader, Store, Tx } from '../../../platform/ports/index.ts';
import type { Workers } from '../../../platform/workers.ts';
import { findList, findSupplier, setEdition } from '../suppliers.store.ts';
import { confirmRows, stageRows, stoppedCount, sweepSome } from './editions.store.ts';
import type { PreviewInput, PreviewOutput } from './preview-price-file.worker.ts';
import type { PriceFileBody, PriceFilePreview } from './price-files.schema.ts';
import {
  canUndo,
  countStaged,
  decideFile,
  discardOpenFiles,
  findPriceFile,
  insertPriceFile,
  type PriceFileRow,
  priceFileOf,
  savedPriceMapping,
  savePriceMapping,
  setRead,
  setReady,
} from './price-files.store.ts';

export interface PriceFilesDeps {
  readonly store: Store;
  readonly storePath: string;
  readonly workers: Pick<Workers, 'run'>;
}

export interface PriceFiles {
  /** Reads the file and prepares the next edition of the list; nothing that holds changes. Answers what it found. */
  preview(actor: Actor, supplierId: string, body: PriceFileBody, idempotencyKey?: string): Promise<PriceFilePreview>;
  /** Lets these prices pass although they moved far. */
  confirm(actor: Actor, fileId: string, ids: readonly string[], idempotencyKey?: string): Promise<void>;
  /** Puts the whole file in force at once. Throws `prices_stopped`, and `conflict` when the list changed meanwhile. */
  apply(actor: Actor, fileId: string, idempotencyKey?: string): Promise<void>;
  /** Puts back what held before. Throws `newer_prices` once something else has changed in the list. */
  undo(actor: Actor, fileId: string, idempotencyKey?: string): Promise<void>;
  discard(actor: Actor, fileId: string, idempotencyKey?: string): Promise<void>;
}

const previewModule = new URL('./preview-price-file.worker.ts', import.meta.url);
/** A price that moved by more than a quarter is looked at, unless the supplier's page says otherwise. */
const defaultStopPermille = 250;
/** Rows that one unit of work takes away; the main thread must not be held. */
const sweptAtOnce = 500;
const chunksPerNews = 8;

export function createPriceFiles({ store, storePath, workers }: PriceFilesDeps): PriceFiles {
  /** Of callers that ask again while the first answer is on its way. */
  const running = new Map<string, Promise<PriceFilePreview>>();

  async function sweep(actor: Actor, { supplierId, rowId }: PriceFileRow): Promise<void> {
    for (let hasMore = true; hasMore; ) {
      hasMore = await store.act({ name: 'price-file.sweep', actor }, (tx) => {
        const list = findList(tx, supplierId)!;
        return sweepSome(tx, list.rowId, list.edition, rowId, sweptAtOnce);
      });
    }
  }

  async function readAndStage(actor: Actor, file: PriceFileRow, body: PriceFileBody): Promise<PriceFilePreview> {
    const { supplierId, rowId, list } = file;
    await sweep(actor, file);
    const { mapping, stopPermille } = store.read((reader) => ({
      mapping: body.mapping ?? savedPriceMapping(reader, supplierId, body.format) ?? {},
      stopPermille: findSupplier(reader, supplierId)?.priceStopPermille ?? defaultStopPermille,
    }));
    const { format, content, isWhole } = body;
    const input: PreviewInput = { path: storePath, supplierId, format, mapping, content, isWhole, stopPermille };
    const read = await workers.run<PreviewOutput>(previewModule, input);
    const isRefused = read.problemCount > 0;
    await act(actor, file, 'price-file.read', ['reading'], (tx) => {
      setRead(tx, rowId, {
        rowCount: read.rowCount,
        unchangedCount: read.unchangedCount,
        toStageCount: read.nextCount,
        problems: JSON.stringify(read.problems),
        problemCount: read.problemCount,
        state: isRefused ? 'refused' : 'reading',
        fileHash: read.fileHash,
      });
      tx.audit({ priceFile: file.id, rows: read.rowCount, problems: read.problemCount });
    });
    for (const [index, chunk] of read.chunks.entries()) {
      const rows = new TextDecoder().decode(new Uint8Array(chunk));
      const isNews = index % chunksPerNews === 0;
      await act(
        actor,
        file,
        'price-file.stage',
        ['reading'],
        (tx) => countStaged(tx, rowId, stageRows(tx, list, rowId, rows)),
        isNews,
      );
    }
    if (!isRefused) {
      await act(actor, file, 'price-file.ready', ['reading'], (tx) => {
        setReady(tx, rowId, read.differences);
        savePriceMapping(tx, list, format, read.mapping);
      });
    }
    return { file: viewOf(file.id), mapping: read.mapping, sample: read.sample };
  }

  /** One unit of work on a file that must be in one of these states; throws `conflict` for another. */
  async function act(
    actor: Actor,
    file: Pick<PriceFileRow, 'id'>,
    name: string,
    states: readonly PriceFileRow['state'][],
    work: (tx: Tx, row: PriceFileRow) => void,
    isNews = true,
    idempotencyKey?: string,
  ): Promise<void> {
    await store.act({ name, actor, idempotencyKey, body: { file: file.id } }, (tx) => {
      const row = rowIn(tx, file.id);
      if (!states.includes(row.state)) throw fail('conflict', { noun: 'price file' });
      work(tx, row);
      if (isNews) tx.changed('price-file', file.id, 1, 'role:coordinator');
    });
  }

  function rowIn(reader: Reader, id: string): PriceFileRow {
    const row = findPriceFile(reader, id);
    if (!row) throw fail('not_found', { noun: 'price file' });
    return row;
  }
  const viewOf = (id: string) => store.read((reader) => priceFileOf(reader, rowIn(reader, id)));

  return {
    async preview(actor, supplierId, body, idempotencyKey) {
      const { content, ...rest } = body;
      const covered = { supplierId, ...rest, length: content.length };
      const id = await store.act({ name: 'price-file.open', actor, idempotencyKey, body: covered }, (tx) => {
        const list = findList(tx, supplierId);
        if (!list) throw fail('not_found', { noun: 'supplier' });
        discardOpenFiles(tx, list.rowId);
        const fileId = uuidv7();
        const { fileName, format, isWhole } = body;
        const { edition, goodsRevision, rowId } = list;
        insertPriceFile(tx, { id: fileId, list: rowId, format, fileName, isWhole, edition, goodsRevision });
        tx.audit({ priceFile: fileId, supplier: supplierId });
        return fileId;
      });
      const file = store.read((reader) => rowIn(reader, id));
      const started = running.get(id);
      if (started) return started;
      if (file.state !== 'reading') return { file: viewOf(id), mapping: body.mapping ?? {}, sample: [] };
      const work = readAndStage(actor, file, body).finally(() => running.delete(id));
      running.set(id, work);
      return work;
    },

    confirm: (actor, id, ids, idempotencyKey) =>
      store.act({ name: 'price-file.confirm', actor, idempotencyKey, body: { id, ids } }, (tx) => {
        const row = rowIn(tx, id);
        if (row.state !== 'ready') throw fail('conflict', { noun: 'price file' });
        if (confirmRows(tx, row.rowId, ids) !== ids.length) throw fail('not_found', { noun: 'good' });
        tx.audit({ priceFile: id, confirmed: ids.length });
        tx.changed('price-file', id, 1, 'role:coordinator');
      }),

    apply: (actor, id, idempotencyKey) =>
      act(
        actor,
        { id },
        'price-file.apply',
        ['ready'],
        (tx, row) => {
          const count = stoppedCount(tx, row.rowId);
          if (count > 0) throw fail('prices_stopped', { count });
          if (row.edition !== row.beforeEdition || row.listRevision !== row.goodsRevision) {
            throw fail('conflict', { noun: 'price list' });
          }
          decideFile(tx, row.rowId, 'applied', setEdition(tx, row.list, row.rowId));
          tx.audit({ priceFile: id, supplier: row.supplierId });
          tx.changed('good', row.supplierId, row.rowId);
        },
        true,
        idempotencyKey,
      ),

    async undo(actor, id, idempotencyKey) {
      const file = store.read((reader) => rowIn(reader, id));
      await act(
        actor,
        { id },
        'price-file.undo',
        ['applied'],
        (tx, row) => {
          if (!canUndo(row)) throw fail('newer_prices');
          discardOpenFiles(tx, row.list);
          decideFile(tx, row.rowId, 'undone', setEdition(tx, row.list, row.beforeEdition));
          tx.audit({ priceFile: id, supplier: row.supplierId });
          tx.changed('good', row.supplierId, row.rowId);
        },
        true,
        idempotencyKey,
      );
      await sweep(actor, file);
    },

    async discard(actor, id, idempotencyKey) {
      const file = store.read((reader) => rowIn(reader, id));
      const states = ['reading', 'ready', 'refused'] as const;
      await act(
        actor,
        { id },
        'price-file.discard',
        states,
        (tx, row) => decideFile(tx, row.rowId, 'discarded', row.goodsRevision),
        true,
        idempotencyKey,
      );
      await sweep(actor, file);
    },
  };
}
