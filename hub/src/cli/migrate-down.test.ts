import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import { createEventBus } from '../platform/events.ts';
import { openReader, openStore, schemaVersion } from '../store/index.ts';
import { migrations } from '../store/migrations/index.ts';
import { type CliHouse, createCliHouse } from './testing/cli-house.ts';

describe('stoop migrate down', () => {
  let house: CliHouse;
  let path: string;
  beforeEach(async () => {
    house = createCliHouse();
    path = join(house.dataDir, 'stoop.db');
    // As a hub that knew six steps left it: the last of them can go back.
    const events = createEventBus(() => {});
    const store = await openStore({ path, clock: systemClock, events, migrations: migrations.slice(0, 6) });
    store.close();
  });
  afterEach(() => house.dispose());

  const look = (file = path) => {
    const db = openReader(file);
    const tables = db.prepare("SELECT COUNT(*) AS count FROM sqlite_schema WHERE name = 'suppliers'").get();
    const version = schemaVersion(db);
    db.close();
    return { version, hasSuppliers: (tables as { count: number }).count === 1 };
  };

  it('goes back a step that loses nothing, after a copy', async () => {
    const said = await house.stoop('migrate', 'down', '--to', '5', '--json');
    assert.equal(said.code, 0, said.err);
    const { from, to, copy } = JSON.parse(said.out);
    assert.deepEqual({ from, to }, { from: 6, to: 5 });
    assert.deepEqual(look(), { version: 5, hasSuppliers: false });
    assert.deepEqual(look(copy), { version: 6, hasSuppliers: true });
  });

  it('changes nothing when a step on the way would lose something', async () => {
    const said = await house.stoop('migrate', 'down', '--to', '3');
    assert.equal(said.code, 1);
    assert.match(said.err, /Nothing was changed\..*refused: /);
    assert.deepEqual(look(), { version: 6, hasSuppliers: true });
  });

  it('knows the way down only, and only from a store that it knows', async () => {
    assert.match((await house.stoop('migrate', 'down', '--to', '6')).out, /is 6 already/);
    assert.equal((await house.stoop('migrate', 'down', '--to', '7')).code, 64);
    rmSync(path);
    assert.equal((await house.stoop('migrate', 'down', '--to', '5')).code, 66);
    assert.equal(existsSync(path), false);
  });
});
