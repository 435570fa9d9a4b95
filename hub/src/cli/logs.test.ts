import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type CliHouse, createCliHouse } from './testing/cli-house.ts';

describe('stoop logs', () => {
  let house: CliHouse;
  let log: string;
  beforeEach(() => {
    house = createCliHouse();
    log = join(house.dataDir, 'hub.log');
  });
  afterEach(() => house.dispose());

  const line = (msg: string, level = 30, more: object = {}) =>
    `${JSON.stringify({ level, time: 1_795_000_000_000, pid: 1, hostname: 'h', ...more, msg })}\n`;

  it('shows the last lines, for people or as they are', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => line(`number ${index} ${'x'.repeat(80)}`)).join('');
    writeFileSync(log, `${many}${line('a reading came', 30, { room: 'garden', count: 2 })}a crash’s last words\n`);
    const words = await house.stoop('logs', '-n', '3');
    const [first, second, third] = words.out.trimEnd().split('\n');
    assert.match(first!, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info {2}number 4999 /);
    assert.match(second!, /info {2}\[garden\] a reading came count=2$/);
    assert.equal(third, 'a crash’s last words');
    assert.equal((await house.stoop('logs')).out.trimEnd().split('\n').length, 100);
    assert.equal((await house.stoop('logs', '-n', '100000')).out.trimEnd().split('\n').length, 5002);
    const raw = (await house.stoop('logs', '--json', '-n', '2')).out.trimEnd().split('\n');
    assert.deepEqual(
      raw.map((one) => JSON.parse(one).msg),
      ['a reading came', 'a crash’s last words'],
    );
  });

  it('shows what is worse than a level, with the trouble’s own words', async () => {
    writeFileSync(
      log,
      line('fine') + line('hm', 40) + line('broken', 50, { err: { message: 'x', stack: 'Error: x\n at y' } }),
    );
    const { out } = await house.stoop('logs', '--level', 'warn');
    assert.doesNotMatch(out, /fine/);
    assert.match(out, /warn {2}hm\n.*error broken \n {2}Error: x\n {3}at y/);
  });

  it('follows the file, also into the next one, until it is told to stop', async () => {
    writeFileSync(log, line('one'));
    const child = house.spawnStoop('logs', '--follow', '--json');
    const lines = createInterface({ input: child.stdout! });
    const next = async () => JSON.parse((await once(lines, 'line'))[0]).msg;
    assert.equal(await next(), 'one');
    const half = line('two');
    const two = next();
    appendFileSync(log, half.slice(0, 10));
    appendFileSync(log, half.slice(10));
    assert.equal(await two, 'two');
    const three = next();
    renameSync(log, `${log}.1`);
    writeFileSync(log, line('three'));
    assert.equal(await three, 'three');
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
  });

  it('says where to look when there is no file', async () => {
    const { code, err } = await house.stoop('logs');
    assert.equal(code, 66);
    assert.match(err, /journalctl -u stoop/);
  });
});
