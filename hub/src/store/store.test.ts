import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import { fail, isStoopError } from '../platform/errors.ts';
import { createEventBus } from '../platform/events.ts';
import { system } from '../platform/ports/index.ts';
import { openReader } from './connection.ts';
import type { Migration } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { type OpenStore, openStore, type StoreOptions } from './open.ts';
import { createSpaceGuard } from './space.ts';

const things: Migration = {
  version: 101,
  name: 'things',
  up: 'CREATE TABLE things (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT',
  down: 'DROP TABLE things',
};
const put = 'INSERT INTO things (name, n) VALUES (@name, @n)';
const count = 'SELECT COUNT(*) AS n FROM things';

describe('store', () => {
  let dir: string;
  let store: OpenStore;
  const open = (more: Partial<StoreOptions> = {}) =>
    openStore({
      path: join(dir, 'stoop.db'),
      clock: systemClock,
      events: createEventBus((error) => {
        throw error;
      }),
      migrations: [...migrations, things],
      backupDir: join(dir, 'backups'),
      ...more,
    });
  const countThings = () => store.read((reader) => reader.prepare(count).get<{ n: number }>()!.n);

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stoop-store-'));
    store = await open();
  });
  afterEach(() => store.close());

  const insert = (name: string, more: { idempotencyKey?: string; body?: unknown } = {}) =>
    store.act({ name: 'thing.put', actor: { seat: 7, roles: [] }, ...more }, (tx) => {
      tx.prepare(put).run({ name, n: 1 });
      tx.changed('thing', name, 1);
      tx.audit({ name });
      return { name };
    });

  it('commits rows, audit and change log together, and says so to listeners after the commit', async () => {
    const events = createEventBus(() => {});
    store.close();
    store = await open({ events });
    const seen: string[] = [];
    events.onChanges((changes) => {
      seen.push(...changes.map((change) => `${change.noun} ${change.id} of ${countThings()}`));
    });
    await insert('a');
    assert.deepEqual(seen, ['thing a of 1']);
    assert.deepEqual(store.changesAfter(0, 10), [{ seq: 1, noun: 'thing', id: 'a', revision: 1, audience: 'all' }]);
    const audit = store.read((r) => r.prepare('SELECT action, actor_seat, detail FROM audit').all());
    assert.deepEqual(audit, [{ action: 'thing.put', actor_seat: 7, detail: '{"name":"a"}' }]);
  });

  it('undoes only the action that failed when several share a commit', async () => {
    const before = store.commits;
    const outcomes = await Promise.allSettled([
      insert('a'),
      store.act({ name: 'thing.spoil', actor: system('test') }, (tx) => {
        tx.prepare(put).run({ name: 'half', n: 1 });
        tx.changed('thing', 'half', 1);
        throw fail('conflict', { noun: 'thing' });
      }),
      insert('b'),
    ]);
    assert.deepEqual(
      outcomes.map((o) => o.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(countThings(), 2);
    assert.deepEqual(
      store.changesAfter(0, 10)?.map((change) => change.id),
      ['a', 'b'],
    );
    assert.equal(store.commits - before, 1);
  });

  it('answers the kept reply for a repeated key and refuses the key for another body', async () => {
    const key = { idempotencyKey: 'k1', body: { x: 1, y: 2 } };
    const first = await insert('a', key);
    const again = await insert('a', { idempotencyKey: 'k1', body: { y: 2, x: 1 } });
    assert.deepEqual(again, first);
    assert.equal(countThings(), 1);
    await assert.rejects(insert('a', { idempotencyKey: 'k1', body: { x: 2, y: 2 } }), (error) =>
      isStoopError(error, 'idempotency_key_reused'),
    );
  });

  it('does an action once when the same key arrives twice at once', async () => {
    const both = await Promise.all([
      insert('a', { idempotencyKey: 'k1', body: 1 }),
      insert('a', { idempotencyKey: 'k1', body: 1 }),
    ]);
    assert.deepEqual(both, [{ name: 'a' }, { name: 'a' }]);
    assert.equal(countThings(), 1);
  });

  it('keeps nothing of a refused action, so that a corrected retry with the same key may succeed', async () => {
    const refuse = store.act({ name: 'thing.put', actor: { seat: 7, roles: [] }, idempotencyKey: 'k', body: 1 }, () => {
      throw fail('conflict', { noun: 'thing' });
    });
    await assert.rejects(refuse);
    await insert('a', { idempotencyKey: 'k', body: 1 });
    assert.equal(countThings(), 1);
  });

  it('refuses work that awaits, and undoes it', async () => {
    await assert.rejects(
      store.act({ name: 'thing.wait', actor: system('test') }, (tx) => {
        tx.prepare(put).run({ name: 'late', n: 1 });
        return Promise.resolve();
      }),
      /must not await/,
    );
    assert.equal(countThings(), 0);
  });

  it('survives a reopen, goes down without loss and refuses to lose the audit', async () => {
    await insert('a');
    store.close();
    store = await open();
    assert.equal(countThings(), 1);
    assert.equal(store.version, 101);
  });

  it('refuses a newer file with its code and leaves it alone', async () => {
    store.close();
    await assert.rejects(open({ migrations }), (error) => isStoopError(error, 'store_newer'));
    store = await open();
    assert.equal(store.version, 101);
  });

  it('makes a checked copy before it migrates a file that holds something', async () => {
    await insert('a');
    store.close();
    const next: Migration = {
      version: 102,
      name: 'more',
      up: 'ALTER TABLE things ADD COLUMN m INTEGER',
      down: 'ALTER TABLE things DROP COLUMN m',
    };
    store = await open({ migrations: [...migrations, things, next] });
    const [copy] = readdirSync(join(dir, 'backups'));
    const db = openReader(join(dir, 'backups', copy!));
    assert.equal((db.prepare(count).get() as { n: number }).n, 1);
    assert.equal(db.pragma('user_version', { simple: true }), 101);
    db.close();
  });

  it('refuses members below the free-space floor but lets the hub itself go on', async () => {
    store.close();
    store = await open({
      space: createSpaceGuard(
        dir,
        () => Date.now(),
        () => 1000,
      ),
    });
    await assert.rejects(insert('a'), (error) => isStoopError(error, 'disk_full'));
    await store.act({ name: 'hold.release', actor: system('orders') }, (tx) =>
      tx.prepare(put).run({ name: 'b', n: 1 }),
    );
    assert.equal(countThings(), 1);
  });

  it('tells a reader from another life to reload', async () => {
    await insert('a');
    assert.equal(store.changesAfter(99, 10), undefined);
    assert.deepEqual(store.changesAfter(1, 10), []);
  });
});
