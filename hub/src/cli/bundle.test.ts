import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type CliHouse, createCliHouse } from './testing/cli-house.ts';

const settings = `
[chain]
rpcUrl = "http://127.0.0.1:9/v1/rpc-key-of-the-endpoint?token=qwertyuiop"
`;

describe('stoop bundle', () => {
  let house: CliHouse;
  /** What must not be found, by what it is. */
  const planted: Record<string, string> = {
    person: 'Zenobia Quill',
    'part of a person': 'Zenobia',
    'person in capitals': 'QUILL',
    dwelling: 'Penthouse Nine',
    building: 'Elderflower House',
    pin: '482913',
    'endpoint key': 'rpc-key-of-the-endpoint',
    'endpoint token': 'qwertyuiop',
    token: randomBytes(24).toString('base64url'),
    'relayer key': randomBytes(32).toString('hex'),
    'recovery code': 'AZ9Y-NKKQ-413C-A5NG-GQKR-RBM0-ZCPE',
    mail: 'zen@example.org',
    password: 'hunter2',
    pem: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
  };

  before(async () => {
    house = createCliHouse(settings);
    const [http = ''] = await house.startHub();
    planted['claim code'] = JSON.parse((await house.stoop('claim', '--json')).out).code;
    const reply = await fetch(`${http}/api/claim`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), origin: http },
      body: JSON.stringify({
        code: planted['claim code'],
        buildingName: planted.building,
        name: planted.person,
        dwelling: planted.dwelling,
        pin: planted.pin,
      }),
    });
    assert.equal(reply.status, 200);
    writeFileSync(join(house.dataDir, 'relayer-key'), `${planted['relayer key']}\n`);
    planted['hub secret'] = readFileSync(join(house.dataDir, 'hub-secret')).toString('hex');
    planted['hub secret, base64'] = readFileSync(join(house.dataDir, 'hub-secret')).toString('base64');
    const line = (more: object) => `${JSON.stringify({ level: 50, time: Date.now(), room: 'web', ...more })}\n`;
    const log = join(house.dataDir, 'hub.log');
    appendFileSync(log, line({ msg: `${planted.person} joined`, name: planted.person, seat: 7, count: 3 }));
    appendFileSync(log, line({ msg: 'wrong', pin: planted.pin, note: planted.password, mail: planted.mail }));
    appendFileSync(
      log,
      line({ msg: 'failed', err: { message: `pin ${planted.pin}: ${planted.token}`, stack: `at ${planted.mail}` } }),
    );
    appendFileSync(
      log,
      line({ msg: `PIN: ${planted.pin}, password=${planted.password}`, args: [planted['hub secret']] }),
    );
    appendFileSync(log, `crashed at ${planted['relayer key']} and ${planted['hub secret, base64']}\n`);
    appendFileSync(
      log,
      `QUILL of ${planted.dwelling?.toLowerCase()} has ${planted['recovery code']} and ${planted['claim code']}\n`,
    );
    appendFileSync(log, `-----BEGIN PRIVATE KEY----- ${planted.pem} -----END PRIVATE KEY-----\n`);
    appendFileSync(log, `asked http://127.0.0.1:9/v1/${planted['endpoint key']}?token=${planted['endpoint token']}\n`);
  });
  after(() => house.dispose());

  const bundle = async () => {
    const said = await house.stoop('bundle', '--json', '--to', `bundle-${randomUUID()}.tar.gz`);
    assert.equal(said.code, 0, said.err);
    const { file, files } = JSON.parse(said.out) as { file: string; files: string[] };
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const content = (name: string) => {
      const listed = spawnSync('tar', ['-tzf', file], { encoding: 'utf8' }).stdout.split('\n');
      const path = listed.find((one) => one.endsWith(`/${name}`))!;
      return spawnSync('tar', ['-xzOf', file, path], { encoding: 'utf8' }).stdout;
    };
    return { files, content, all: files.map(content).join('\n') };
  };

  const holdsNothing = (all: string) => {
    for (const [what, secret] of Object.entries(planted))
      assert.equal(all.toLowerCase().includes(secret.toLowerCase()), false, what);
  };

  it('says what support needs, and nothing that was planted', async () => {
    const { files, content, all } = await bundle();
    holdsNothing(all);
    assert.ok(!all.includes(house.dir), 'no path of this machine');
    const health = JSON.parse(content('health.json'));
    assert.equal(health.isClaimed, true);
    const store = JSON.parse(content('store.json'));
    assert.deepEqual(store['stoop.db'].problems, []);
    assert.equal(store['stoop.db'].rows.members, 1);
    const doctor = JSON.parse(content('doctor.json')) as { check: string; level: string }[];
    assert.ok(doctor.some(({ check, level }) => check === 'chain port' && level === 'warn'));
    assert.ok(JSON.parse(content('disk.json')).freeBytes > 0);
    assert.equal(JSON.parse(content('board.json')).platform, 'linux');
    assert.equal(JSON.parse(content('versions.json')).node, process.versions.node);
    const log = content('log.jsonl');
    assert.match(log, /"msg":"\[name\] joined"/);
    assert.match(log, /"seat":7,"count":3/);
    assert.equal(files.includes('README.txt'), true);
  });

  it('works with the hub down, and overwrites nothing', async () => {
    await house.stopHub();
    const { content, all } = await bundle();
    holdsNothing(all);
    assert.equal(content('health.json').trim(), 'null');
    const taken = join(house.dir, 'taken.tar.gz');
    writeFileSync(taken, 'something else');
    assert.notEqual((await house.stoop('bundle', '--to', taken)).code, 0);
    assert.equal(readFileSync(taken, 'utf8'), 'something else');
  });

  it('is made of a store that cannot be read too', async () => {
    writeFileSync(join(house.dataDir, 'stoop.db'), 'this is no database at all, just text that lies there'.repeat(100));
    const { content, all } = await bundle();
    holdsNothing(all);
    assert.notDeepEqual(JSON.parse(content('store.json'))['stoop.db'].problems, []);
  });
});
