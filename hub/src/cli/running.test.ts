import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { type CliHouse, createCliHouse } from './testing/cli-house.ts';

describe('stoop beside a running hub', () => {
  let house: CliHouse;
  let http: string;
  before(async () => {
    house = createCliHouse();
    [http = ''] = await house.startHub();
  });
  after(() => house.dispose());

  const json = async (...args: string[]) => {
    const said = await house.stoop(...args, '--json');
    return { ...said, value: JSON.parse(said.out || said.err) };
  };
  const raw = async (line: string) => {
    const socket = createConnection(join(house.dataDir, 'stoop.sock'));
    await once(socket, 'connect');
    socket.write(line);
    return JSON.parse(await text(socket));
  };

  it('tells the state, in words and as JSON', async () => {
    const words = await house.stoop('status');
    assert.equal(words.code, 0);
    assert.match(words.out, /Grand Concourse 1520: up for/);
    assert.ok(words.out.includes(http));
    const { value, code } = await json('status');
    assert.equal(code, 0);
    assert.equal(value.isClaimed, false);
    assert.equal(value.addresses.http, http);
  });

  it('prints the claim code that makes the first member, and then none', async () => {
    const { value } = await json('claim');
    assert.match(value.code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    assert.equal((await json('claim')).value.code, value.code);
    const reply = await fetch(`${http}/api/claim`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), origin: http },
      body: JSON.stringify({
        code: value.code,
        buildingName: 'Elm House',
        name: 'Zenobia Quill',
        dwelling: '7C',
        pin: '482913',
      }),
    });
    assert.equal(reply.status, 200);
    assert.deepEqual((await json('claim')).value, { isClaimed: true });
    const { items } = (await json('members')).value;
    assert.deepEqual(
      items.map(({ name, dwelling }: { name: string; dwelling: string }) => ({ name, dwelling })),
      [{ name: 'Zenobia Quill', dwelling: '7C' }],
    );
    assert.match((await house.stoop('members')).out, /Zenobia Quill +7C +.*treasurer/);
  });

  it('prints a code that approves a lobby screen', async () => {
    const { value } = await json('claim', 'kiosk');
    const reply = await fetch(`${http}/api/kiosks/claim`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), origin: http },
      body: JSON.stringify({ code: value.code, name: 'Lobby' }),
    });
    assert.equal(reply.status, 204);
    const { kiosks } = (await json('devices')).value;
    assert.deepEqual(
      kiosks.map(({ name }: { name: string }) => name),
      ['Lobby'],
    );
  });

  it('lists orders, and what waits for a chain that is not there', async () => {
    assert.deepEqual((await json('orders')).value, { items: [] });
    assert.deepEqual((await json('orders', '--past')).value, { items: [] });
    const { value, code } = await json('settle');
    assert.equal(code, 0);
    assert.equal(value.isOnline, false);
    assert.deepEqual(value.waiting, []);
    assert.deepEqual(value.attempts, []);
    const rebuild = await house.stoop('chain', 'rebuild');
    assert.deepEqual([rebuild.code, rebuild.err], [75, 'stoop: There is no connection to the chain.\n']);
    assert.match((await house.stoop('settle')).out, /Nothing can be sent now: .+\n\nNothing waits\./);
  });

  it('has a socket for the hub’s user alone, which takes commands and nothing else', async () => {
    assert.equal(statSync(join(house.dataDir, 'stoop.sock')).mode & 0o777, 0o600);
    assert.equal((await raw('{"command":"status"}\n')).ok.name, 'Elm House');
    assert.equal((await raw('{"command":"members.enrol","args":{}}\n')).error.code, 'not_found');
    assert.equal((await raw('nonsense\n')).error.code, 'bad_request');
    assert.equal((await raw('null\n')).error.code, 'bad_request');
    const flood = createConnection(join(house.dataDir, 'stoop.sock'));
    const closed = new Promise((resolve) => flood.on('error', () => {}).once('close', resolve));
    flood.resume().end('x'.repeat(200_000));
    await closed;
    assert.equal((await house.stoop('status')).code, 0);
  });

  it('finds a healthy hub healthy', async () => {
    const { value, code } = await json('doctor');
    assert.equal(value.failed, 0, JSON.stringify(value.findings, null, 1));
    assert.equal(code, 0);
    const ok = value.findings
      .filter(({ level }: { level: string }) => level === 'ok')
      .map(({ check }: { check: string }) => check);
    for (const check of ['hub', 'socket', 'http', 'https', 'mqtt', 'certificate', 'store', 'clock'])
      assert.ok(ok.includes(check), check);
    // How well it is depends on what else this machine does just now.
    assert.ok(value.findings.some(({ check }: { check: string }) => check === 'event loop'));
  });

  it('says wrong use as such, with help at hand', async () => {
    for (const wrong of [
      ['nix'],
      ['claim', 'phone'],
      ['status', '--nix'],
      ['logs', '--lines', 'many'],
      ['migrate', 'down'],
    ])
      assert.equal((await house.stoop(...wrong)).code, 64, wrong.join(' '));
    const help = await house.stoop('backup', '--help');
    assert.equal(help.code, 0);
    assert.match(help.out, /--new-recovery-key/);
    assert.match(help.out, /Exit codes:/);
  });

  it('is refused what would change the data under the hub', async () => {
    const { code, value } = await json('restore', '/nowhere');
    assert.equal(code, 66);
    assert.match(value.error.message, /no file/);
    assert.equal((await json('migrate', 'down', '--to', '1')).code, 75);
    const backup = (await json('backup')).value;
    const restore = await json('restore', backup.file, '--replace');
    assert.equal(restore.code, 75);
    assert.equal(restore.value.error.code, 'data_in_use');
    assert.equal((await house.stoop('status')).code, 0);
  });

  it('has no second hub beside it on the same folder', async () => {
    const second = await house.hubEnds();
    assert.equal(second.code, 75);
    assert.match(second.err, /in use by the hub, process \d+/);
    assert.equal((await house.stoop('status')).code, 0);
  });

  it('is down when the hub is, and finds the next one although the last left its socket', async () => {
    await house.stopHub('SIGKILL');
    assert.ok(existsSync(join(house.dataDir, 'stoop.sock')));
    const { code, value } = await json('status');
    assert.equal(code, 69);
    assert.match(value.error.message, /No hub answers/);
    for (const command of [
      ['claim'],
      ['claim', 'kiosk'],
      ['members'],
      ['devices'],
      ['orders'],
      ['settle'],
      ['chain', 'rebuild'],
    ])
      assert.equal((await house.stoop(...command)).code, 69, command.join(' '));
    await house.startHub();
    assert.equal((await house.stoop('status')).code, 0);
    await house.stopHub();
    assert.equal(existsSync(join(house.dataDir, 'stoop.sock')), false);
    assert.equal((await house.stoop('status')).code, 69);
  });
});

describe('a data folder whose path is longer than a socket’s address', () => {
  it('has a socket all the same', async () => {
    const house = createCliHouse();
    const long = join(house.dir, 'a'.repeat(60), 'b'.repeat(60));
    try {
      await house.startHub('--data', long);
      assert.equal(statSync(join(long, 'stoop.sock')).mode & 0o777, 0o600);
      assert.equal((await house.stoop('status', '--data', long)).code, 0);
    } finally {
      await house.dispose();
    }
  });
});
