import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import Database from 'better-sqlite3';
import type { Order } from '../src/modules/orders/index.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { copyOfFoundedBuilding } from './support/founded.ts';

interface Health {
  readonly status: string;
  readonly faults: { code: string; class: string; sinceMs: number; message: string }[];
}

/** A page as somebody's browser asks for it. */
async function pageOf(house: TestHub, path: string, language: string): Promise<{ status: number; html: string }> {
  const answer = await fetch(house.http + path, { headers: { accept: 'text/html', 'accept-language': language } });
  return { status: answer.status, html: await answer.text() };
}

describe('a hub whose store cannot be opened', () => {
  let house: TestHub | undefined;
  afterEach(async () => {
    await house?.dispose();
    house = undefined;
  });

  /** A founded folder with one verified backup, as a hub leaves it; answers the backup's name. */
  async function folder(): Promise<{ dir: string; backup: string }> {
    const sound = await createTestHub({ dir: await copyOfFoundedBuilding() });
    const { jobs } = sound.hub.building!;
    await jobs.find(({ name }) => name === 'store.backup')!.run(new AbortController().signal);
    await sound.stop();
    return { dir: sound.dir, backup: readdirSync(join(sound.dir, 'backups'))[0]! };
  }

  async function saysWhatHappened(up: TestHub, code: string, backup: string, reason: RegExp): Promise<void> {
    const { status, body } = await up.browser().get<Health>('/health');
    assert.equal(status, 200);
    assert.equal(body.status, 'degraded');
    assert.deepEqual(
      body.faults.map(({ code: each, class: kind }) => [each, kind]),
      [[code, 'store']],
    );
    assert.match(body.faults[0]!.message, reason);

    for (const [path, language, title] of [
      ['/', 'en', 'The hub cannot open its records'],
      ['/orders', 'es', 'El hub no puede abrir sus registros'],
    ] as const) {
      const { status, html } = await pageOf(up, path, language);
      assert.equal(status, 503);
      assert.ok(html.indexOf(title) > 0 && html.indexOf(title) === html.indexOf('<h1>') + 4, `${title} comes first`);
      assert.match(html, reason);
      assert.ok(html.includes(backup), 'the last good backup is named');
      assert.match(html, /stoop doctor|version|versión/);
    }
    const ana = up.browser();
    for (const answer of [
      await ana.get('/api/orders'),
      await ana.post('/api/orders', {}),
      await ana.get('/api/me'),
      await ana.get('/api/events'),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [503, 'store_unavailable']);
    }
    assert.equal((await ana.get('/api/hub')).status, 200);
    assert.equal((await fetch(`${up.http}/trust`)).status, 200);
  }

  it('says so when the file is garbage, touches nothing, and is whole again with the backup in its place', async () => {
    const { dir, backup } = await folder();
    const path = join(dir, 'stoop.db');
    const garbage = Buffer.from('This is no database.\n'.repeat(400));
    writeFileSync(path, garbage);
    house = await createTestHub({ dir });
    assert.equal(house.hub.building, undefined);
    await saysWhatHappened(house, 'store_unavailable', backup, /not a database/);
    assert.ok(readFileSync(path).equals(garbage));
    await house.stop();

    for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
    copyFileSync(join(dir, 'backups', backup), path);
    house = await createTestHub({ dir });
    const phone = await house.phone(house.people[4]!);
    assert.equal((await phone.get('/api/money')).status, 200);
  });

  it('says so when the file is cut off', async () => {
    const { dir, backup } = await folder();
    const path = join(dir, 'stoop.db');
    truncateSync(path, 100_000);
    house = await createTestHub({ dir });
    assert.equal(house.hub.building, undefined);
    await saysWhatHappened(house, 'store_unavailable', backup, /malformed/);
  });

  it('says so when a newer hub wrote it, and leaves it to that one', async () => {
    const { dir, backup } = await folder();
    const path = join(dir, 'stoop.db');
    const db = new Database(path);
    const known = db.pragma('user_version', { simple: true }) as number;
    db.pragma('user_version = 4711');
    db.close();
    const before = readFileSync(path);
    house = await createTestHub({ dir });
    await saysWhatHappened(house, 'store_newer', backup, new RegExp(`version 4711; this hub knows ${known}`));
    assert.ok(readFileSync(path).equals(before));
    assert.deepEqual(readdirSync(join(dir, 'backups')), [backup]);
  });
});

describe('a hub whose measurements are damaged', () => {
  it('sets them aside, says so, and begins new ones', async () => {
    const dir = await copyOfFoundedBuilding();
    const garbage = Buffer.from('This is no database.\n'.repeat(400));
    writeFileSync(join(dir, 'telemetry.db'), garbage);
    const house = await createTestHub({ dir });
    try {
      const { body } = await house.browser().get<Health>('/health');
      assert.deepEqual(
        body.faults.map(({ code, class: kind }) => [code, kind]),
        [['measurements_set_aside', 'store']],
      );
      const aside = readdirSync(dir).find((name) => name.startsWith('telemetry.db.damaged-'))!;
      assert.ok(body.faults[0]!.message.includes(aside));
      assert.ok(readFileSync(join(dir, aside)).equals(garbage));
      const phone = await house.phone(house.people[4]!);
      assert.equal((await phone.get('/api/orders')).status, 200);
      assert.equal((await phone.get('/api/readings')).status, 200);
      await house.hub.building!.telemetry.presence('tower-1', true, Date.now());
    } finally {
      await house.dispose();
    }
  });
});

describe('a hub whose broker finds its port taken', () => {
  let house: TestHub;
  let squatter: Server;
  afterEach(async () => {
    await house.dispose();
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('says so, the page, orders and the chain go on, and it listens once the port is free', async () => {
    squatter = createServer();
    const port = await new Promise<number>((resolve) => {
      squatter.listen(0, '127.0.0.1', () => resolve((squatter.address() as { port: number }).port));
    });
    house = await createTestHub({ config: (config) => ({ ...config, mqtt: { ...config.mqtt, port } }) });
    const { body } = await house.browser().get<Health>('/health');
    assert.equal(body.status, 'degraded');
    assert.deepEqual(
      body.faults.map(({ code }) => code),
      ['broker_down'],
    );
    assert.match(body.faults[0]!.message, new RegExp(`EADDRINUSE.*${port}`));
    assert.equal((await pageOf(house, '/', 'en')).html.includes('cannot open its records'), false);

    const ana = await house.phone(house.people[8]!);
    const { items } = (await ana.get<{ items: Order[] }>('/api/orders')).body;
    const atTarget = items.find((order) => order.executes === 'at-target' && !order.myLine)!;
    assert.equal((await ana.post(`/api/orders/${atTarget.id}/line`, { units: 1 })).status, 201);
    await house.until(() => house.hub.state().isOnline);

    await new Promise((resolve) => squatter.close(resolve));
    await house.until(() => !house.hub.faults().some(({ code }) => code === 'broker_down'));
    assert.equal(house.hub.building!.broker!.address()?.port, port);
  });
});
