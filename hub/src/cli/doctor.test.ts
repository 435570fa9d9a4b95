import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { openWriter } from '../store/index.ts';
import { type CliHouse, createCliHouse } from './testing/cli-house.ts';

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly found: string;
  readonly advice?: string;
}

const doctorOf = (house: CliHouse) => async () => {
  const { out, code } = await house.stoop('doctor', '--json');
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const of = (check: string) => findings.find((one) => one.check === check);
  assert.ok(
    findings.every(({ level, advice }) => level === 'ok' || advice),
    'all advice is there',
  );
  return { of, code, findings };
};

describe('stoop doctor with the hub down', () => {
  let house: CliHouse;
  let doctor: ReturnType<typeof doctorOf>;
  before(async () => {
    house = createCliHouse();
    await house.startHub();
    await house.stopHub();
    doctor = doctorOf(house);
  });
  after(() => house.dispose());

  it('finds a store that is sound, and changes nothing', async () => {
    const before = readdirSync(house.dataDir);
    const { of, code } = await doctor();
    assert.equal(code, 0);
    assert.equal(of('hub')?.level, 'warn');
    assert.equal(of('store')?.level, 'ok');
    assert.deepEqual(
      readdirSync(house.dataDir).filter((name) => !/-(wal|shm)$/.test(name)),
      before,
    );
  });

  it('finds a damaged store, and names the way back', async () => {
    const path = join(house.dataDir, 'stoop.db');
    const whole = readFileSync(path);
    writeFileSync(path, Buffer.from(whole).fill(0xff, 4096, 40_960));
    const { of, code } = await doctor();
    assert.equal(code, 1);
    assert.equal(of('store')?.level, 'fail');
    assert.match(of('store')!.advice!, /stoop restore/);
    writeFileSync(path, whole);
    for (const name of ['stoop.db-wal', 'stoop.db-shm']) rmSync(join(house.dataDir, name), { force: true });
    assert.equal((await doctor()).of('store')?.level, 'ok');
  });

  it('finds a webhook’s secret that is not there, or that others can read', async () => {
    assert.equal((await doctor()).of('outside'), undefined);
    const path = join(house.dir, 'books-secret');
    const settings = join(house.dir, 'stoop.toml');
    const before = readFileSync(settings, 'utf8');
    const hook = '[[webhooks]]\nname = "books"\nurl = "https://books.test/in"\nsecretFile = "books-secret"\n';
    writeFileSync(settings, `${before}\n${hook}`);
    assert.match((await doctor()).of('outside')!.found, /webhooks books secretFile: .+ is not there/);
    writeFileSync(path, 'the-secret-that-both-sides-know', { mode: 0o644 });
    assert.match((await doctor()).of('outside')!.advice!, /^chmod 600 /);
    chmodSync(path, 0o600);
    assert.deepEqual((await doctor()).of('outside'), {
      check: 'outside',
      level: 'ok',
      found: '0 readers of letters, 1 webhooks',
    });
    writeFileSync(settings, before);
  });

  it('finds a clock that is behind the newest entry', async () => {
    const db = openWriter(join(house.dataDir, 'stoop.db'));
    const insert = db.prepare(`INSERT INTO audit (at_ms, action, system, detail) VALUES (?, 'test', 'test', '{}')`);
    const { lastInsertRowid } = insert.run(Date.now() + 3 * 86_400_000);
    const { of } = await doctor();
    assert.equal(of('clock')?.level, 'fail');
    assert.match(of('clock')!.found, /2 days before/);
    db.prepare('DELETE FROM audit WHERE seq = ?').run(lastInsertRowid);
    db.close();
  });

  it('finds secrets that others can read', async () => {
    const path = join(house.dataDir, 'claim-code');
    chmodSync(path, 0o644);
    const { of } = await doctor();
    assert.match(of('secrets')!.found, /others can read claim-code/);
    chmodSync(path, 0o600);
  });

  it('finds a restore that was cut off', async () => {
    const [store, aside, mark] = ['stoop.db', 'kept', 'catching-up'].map((name) => join(house.dataDir, name));
    writeFileSync(aside!, readFileSync(store!));
    rmSync(store!);
    writeFileSync(mark!, '{}');
    const { of, code } = await doctor();
    assert.equal(code, 1);
    assert.match(of('store')!.found, /cut off/);
    assert.equal(existsSync(store!), false);
    writeFileSync(store!, readFileSync(aside!));
    assert.equal((await doctor()).of('restore')?.level, 'warn');
    rmSync(mark!);
  });

  it('has nothing to say about a folder that is not there', async () => {
    assert.equal((await house.stoop('doctor', '--data', join(house.dir, 'nowhere'))).code, 66);
  });
});

describe('stoop doctor and the line to the chain', () => {
  let house: CliHouse | undefined;
  afterEach(() => house?.dispose());

  async function endpoint(answers: Record<string, unknown>) {
    const server = createHttp((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { method } = JSON.parse(body);
        response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: answers[method] ?? null }));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  }
  const chain = (url: string, more = '') => createCliHouse(`[chain]\nchainId = 31999\nrpcUrl = "${url}"\n${more}`);
  const seconds = (agoMs: number) => `0x${Math.floor((Date.now() - agoMs) / 1000).toString(16)}`;

  it('finds a good line good, hop by hop', async () => {
    const { server, url } = await endpoint({
      eth_chainId: '0x7cff',
      eth_getBlockByNumber: { timestamp: seconds(4000) },
    });
    house = chain(url);
    const { of } = await doctorOf(house)();
    assert.equal(of('chain port')?.level, 'ok');
    assert.match(of('chain')!.found, /^id 31999, answers in/);
    assert.equal(of('chain head')?.level, 'ok');
    server.close();
  });

  it('tells a wrong chain, a lagging one, a foreign answer and a cut line apart', async () => {
    const wrong = await endpoint({ eth_chainId: '0x1' });
    house = chain(wrong.url);
    const other = await doctorOf(house)();
    assert.equal(other.of('chain id')?.level, 'fail');
    assert.equal(other.of('chain id')?.found, '1 instead of 31999');
    assert.equal(other.code, 1);
    wrong.server.close();
    await house.dispose();

    const late = await endpoint({ eth_chainId: '0x7cff', eth_getBlockByNumber: { timestamp: seconds(3_600_000) } });
    house = chain(late.url);
    assert.equal((await doctorOf(house)()).of('chain head')?.level, 'warn');
    late.server.close();
    await house.dispose();

    const mute = await endpoint({});
    house = chain(mute.url);
    assert.match((await doctorOf(house)()).of('chain')!.found, /does not answer as one/);
    mute.server.close();
    await house.dispose();

    house = chain(mute.url);
    const cut = await doctorOf(house)();
    assert.equal(cut.of('chain port')?.level, 'warn');
    assert.equal(cut.of('chain'), undefined);
    assert.equal(cut.code, 0);
    await house.dispose();

    house = chain('https://rpc.invalid/');
    assert.equal((await doctorOf(house)()).of('chain name')?.level, 'warn');
  });

  it('goes through every endpoint and names the one that it found wanting', async () => {
    const good = await endpoint({ eth_chainId: '0x7cff', eth_getBlockByNumber: { timestamp: seconds(4000) } });
    const wrong = await endpoint({ eth_chainId: '0x1' });
    house = createCliHouse(`[chain]\nchainId = 31999\nrpcUrls = ["${wrong.url}", "${good.url}"]\n`);
    const { findings } = await doctorOf(house)();
    const found = findings.filter(({ check }) => check.startsWith('chain')).map((one) => `${one.level} ${one.found}`);
    const [wrongHost, goodHost] = [new URL(wrong.url).host, new URL(good.url).host];
    assert.ok(found.includes(`fail ${wrongHost}: 1 instead of 31999`), found.join('\n'));
    assert.ok(
      found.some((line) => line.startsWith(`ok ${goodHost}: id 31999, answers in`)),
      found.join('\n'),
    );
    wrong.server.close();
    good.server.close();
  });

  it('finds a port that another program has', async () => {
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as AddressInfo;
    house = createCliHouse();
    const config = readFileSync(join(house.dir, 'stoop.toml'), 'utf8');
    writeFileSync(join(house.dir, 'stoop.toml'), config.replace('port = 0', `port = ${port}`));
    const { of } = await doctorOf(house)();
    assert.match(of('http')!.found, /taken by another program/);
    taken.close();
  });
});
