import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { type TestContext, test } from 'node:test';
import open, { type MulticastDNS, type ResponsePacket } from 'multicast-dns';
import { systemClock } from '../../platform/clock.ts';
import { createFaults, type Faults } from '../../platform/faults.ts';
import { silentLog } from '../../platform/log.ts';
import type { Link } from '../own-hosts.ts';
import { createMdns, type Mdns } from './mdns.ts';
import { losesTo } from './records.ts';

const loopback = (address: string): Link => ({
  name: 'lo',
  addresses: [{ address, family: 'IPv4', cidr: `${address}/8`, netmask: '255.0.0.0', mac: '', internal: true }],
});

/** A UDP port that nobody else on this machine hears. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await new Promise((resolve) => socket.once('listening', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

interface Hub {
  mdns: Mdns;
  names: string[];
  faults: Faults;
}

async function startHub(t: TestContext, port: number, address = '127.0.0.1', name = 'elm'): Promise<Hub> {
  const names: string[] = [];
  const faults = createFaults(systemClock);
  const mdns = createMdns({
    name,
    onName: (each) => names.push(each),
    faults,
    log: silentLog,
    links: () => [loopback(address)],
    port,
  });
  await mdns.start({ https: 8443 });
  t.after(() => mdns.stop());
  return { mdns, names, faults };
}

function phone(t: TestContext, port: number): MulticastDNS {
  const socket = open({ port, interface: '127.0.0.1', bind: '0.0.0.0' });
  t.after(() => new Promise<void>((resolve) => socket.destroy(resolve)));
  return socket;
}

type Answers = ResponsePacket['answers'];

/** The next response that has a record like this. */
function hear(socket: MulticastDNS, isWanted: (answers: Answers) => boolean): Promise<Answers> {
  return new Promise((resolve) => {
    const listener = ({ answers }: ResponsePacket) => {
      if (!isWanted(answers)) return;
      socket.off('response', listener);
      resolve(answers);
    };
    socket.on('response', listener);
  });
}

const claims = (name: string) => (answers: Answers) =>
  answers.some((each) => each.type === 'A' && each.name === name && each.ttl !== 0);

test('the hub claims its name, answers for it and says goodbye', async (t) => {
  const port = await freePort();
  const socket = phone(t, port);
  const announced = hear(socket, claims('elm.local'));
  const { mdns, names } = await startHub(t, port);
  const all = await announced;
  assert.equal(mdns.claimed(), 'elm');
  assert.deepEqual(names, []);
  const service = all.find(({ type }) => type === 'SRV');
  assert.deepEqual(service?.type === 'SRV' && [service.name, service.data.port, service.data.target], [
    'elm._https._tcp.local',
    8443,
    'elm.local',
  ]);

  const address = hear(socket, (answers) => answers.length === 1);
  socket.query([{ name: 'ELM.local', type: 'A' }]);
  const [record] = await address;
  assert.deepEqual(record?.type === 'A' && [record.name, record.data, record.ttl], ['elm.local', '127.0.0.1', 120]);

  const found = hear(socket, (answers) => answers.some(({ type }) => type === 'PTR'));
  socket.query([{ name: '_https._tcp.local', type: 'PTR' }]);
  assert.deepEqual((await found).map(({ type }) => type).sort(), ['A', 'PTR', 'PTR', 'SRV', 'TXT']);

  const goodbye = hear(socket, (answers) =>
    answers.every(({ type, ...rest }) => type !== 'A' || (rest as { ttl: number }).ttl === 0),
  );
  await mdns.stop();
  assert.ok((await goodbye).some((each) => each.type === 'A' && each.name === 'elm.local' && each.ttl === 0));
});

test('a name that another device defends is left to it', async (t) => {
  const port = await freePort();
  const other = phone(t, port);
  other.on('query', ({ questions }) => {
    for (const { name } of questions) {
      if (name === 'elm.local' || name === 'elm-2.local')
        other.respond([{ name, type: 'A', ttl: 120, data: '127.0.0.9' }]);
    }
  });
  const announced = hear(other, claims('elm-3.local'));
  const { mdns, names, faults } = await startHub(t, port);
  await announced;
  assert.deepEqual(names, ['elm-2', 'elm-3']);
  assert.equal(mdns.claimed(), 'elm-3');
  assert.deepEqual(faults.list(), []);
});

test('a name that is taken away later is left too', async (t) => {
  const port = await freePort();
  const other = phone(t, port);
  const announced = hear(other, claims('elm.local'));
  const { names } = await startHub(t, port);
  await announced;
  const moved = hear(other, claims('elm-2.local'));
  other.respond([{ name: 'elm.local', type: 'A', ttl: 120, data: '127.0.0.9' }]);
  await moved;
  assert.deepEqual(names, ['elm-2']);
});

test('when every name is taken a fault says so', async (t) => {
  const port = await freePort();
  const other = phone(t, port);
  other.on('query', ({ questions }) => {
    for (const { name } of questions) other.respond([{ name, type: 'A', ttl: 120, data: '127.0.0.9' }]);
  });
  const faults = createFaults(systemClock);
  const full = new Promise<void>((resolve) => {
    const raise = faults.raise;
    faults.raise = (...fault) => {
      raise(...fault);
      resolve();
    };
  });
  const mdns = createMdns({
    name: 'elm',
    onName: () => {},
    faults,
    log: silentLog,
    links: () => [loopback('127.0.0.1')],
    port,
  });
  await mdns.start({ https: 8443 });
  t.after(() => mdns.stop());
  await full;
  assert.equal(faults.list()[0]?.code, 'mdns_name_taken');
  assert.equal(mdns.claimed(), undefined);
});

test('of two hubs that ask for one name at once the greater address goes first', () => {
  const hub = (address: string) => ({ name: 'elm', ipv4: [address], ipv6: [], services: [] });
  const probe = (address: string) => [{ name: 'Elm.local', type: 'A' as const, ttl: 120, data: address }];
  assert.equal(losesTo(probe('10.0.0.10'), hub('10.0.0.9')), true);
  assert.equal(losesTo(probe('10.0.0.9'), hub('10.0.0.10')), false);
  assert.equal(losesTo(probe('10.0.0.9'), hub('10.0.0.9')), false);
  assert.equal(losesTo([{ name: 'oak.local', type: 'A', ttl: 120, data: '10.0.0.99' }], hub('10.0.0.9')), false);
});
