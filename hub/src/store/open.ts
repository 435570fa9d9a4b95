import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { syncFolder } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import type { EventBus } from '../platform/events.ts';
import type { Action, Change, Reader, Store, Tx } from '../platform/ports/index.ts';
import { verifiedBackup } from './backup.ts';
import { appendChange, changesAfter, lastSeq } from './changes.ts';
import { isDiskFull } from './commit-queue.ts';
import { type Connection, createReader, quickCheck } from './connection.ts';
import { type Migration, migrateUp, pendingMigrations, schemaVersion } from './migrate.ts';
import { type StoreParts, soundParts } from './parts.ts';
import { keepReply, keptReply } from './reply-keeper.ts';
import type { SpaceGuard } from './space.ts';

export interface StoreOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly migrations: readonly Migration[];
  readonly space?: SpaceGuard;
  /** Where the copy goes that is made before the first migration of a run. */
  readonly backupDir?: string;
  readonly windowMs?: number;
  readonly parts?: Partial<StoreParts>;
}

export interface OpenStore extends Store {
  close(): void;
  /** An online copy into `path`, checked before it counts. */
  backup(path: string): Promise<void>;
  quickCheck(): string[];
  readonly version: number;
  /** COMMITs so far; several actions share one. */
  readonly commits: number;
}

const insertAudit = `INSERT INTO audit (at_ms, action, actor_seat, system, device_id, detail)
  VALUES (@atMs, @action, @seat, @system, @deviceId, @detail)`;

/** Opens `stoop.db`, migrates it (after a verified copy) and gives the one way to write it. */
export async function openStore(options: StoreOptions): Promise<OpenStore> {
  mkdirSync(dirname(options.path), { recursive: true });
  const parts = { ...soundParts, ...options.parts };
  const writer = parts.openWriter(options.path);
  try {
    await bringUpToDate(writer, options);
  } catch (error) {
    writer.close();
    throw error;
  }
  syncFolder(dirname(options.path));
  return createStore(writer, parts, options);
}

async function bringUpToDate(writer: Connection, options: StoreOptions): Promise<void> {
  const pending = pendingMigrations(writer, options.migrations);
  if (pending.length === 0) return;
  const found = schemaVersion(writer);
  if (found > 0 && options.backupDir) {
    await verifiedBackup(writer, `${options.backupDir}/before-migration-${found}-${options.clock.nowMs()}.db`);
  }
  migrateUp(writer, pending);
}

function createStore(writer: Connection, parts: StoreParts, options: StoreOptions): OpenStore {
  const { clock, events, space } = options;
  const readerConnection = parts.openReader(options.path, writer);
  const writing = createReader(writer);
  const reading = createReader(readerConnection);
  const queue = parts.createQueue(writer, options.windowMs ?? 10, () => clock.monotonicMs());

  function unitOfWork<T>(action: Action, work: (tx: Tx) => T) {
    return () => {
      const kept = keptReply(writing, action);
      if (kept) return { value: kept.reply as T, changes: [] as Change[], news: [] };
      const nowMs = clock.nowMs();
      const { tx, changes, news, detail } = createTx(writing, action, nowMs);
      const value = work(tx);
      if (value instanceof Promise) throw new Error(`store: ${action.name} must not await inside a transaction`);
      writing.prepare(insertAudit).run({
        atMs: nowMs,
        action: action.name,
        seat: action.actor.seat ?? null,
        system: action.actor.system ?? null,
        deviceId: action.actor.deviceId ?? null,
        detail: JSON.stringify(detail),
      });
      keepReply(writing, action, value, nowMs);
      return { value, changes, news };
    };
  }

  return {
    async act<T>(action: Action, work: (tx: Tx) => T): Promise<T> {
      space?.assertRoom(action);
      let done: { value: T; changes: Change[]; news: { type: string }[] };
      try {
        done = await queue.push(unitOfWork(action, work));
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        space?.noticeFull();
        throw fail('disk_full', {}, error);
      }
      events.publishChanges(done.changes);
      for (const event of done.news) events.publish(event);
      return done.value;
    },
    read<T>(work: (reader: Reader) => T): T {
      // One read transaction, so that several statements see one commit.
      return readerConnection.transaction(() => work(reading))();
    },
    changesAfter: (seq, limit) => changesAfter(reading, seq, limit),
    lastSeq: () => lastSeq(reading),
    backup: (path) => verifiedBackup(writer, path),
    quickCheck: () => quickCheck(readerConnection),
    close() {
      queue.close();
      writer.pragma('wal_checkpoint(TRUNCATE)');
      readerConnection.close();
      writer.close();
    },
    get version() {
      return schemaVersion(writer);
    },
    get commits() {
      return queue.commits;
    },
  };
}

function createTx(writing: Reader, action: Action, nowMs: number) {
  const changes: Change[] = [];
  const news: { type: string; [field: string]: unknown }[] = [];
  const detail: Record<string, string | number | boolean | null> = {};
  const tx: Tx = {
    nowMs,
    actor: action.actor,
    prepare: (sql) => writing.prepare(sql),
    changed(noun, id, revision, audience = 'all') {
      changes.push(appendChange(writing, nowMs, { noun, id, revision, audience }));
    },
    emit: (event) => void news.push(event),
    audit: (more) => void Object.assign(detail, more),
  };
  return { tx, changes, news, detail };
}
