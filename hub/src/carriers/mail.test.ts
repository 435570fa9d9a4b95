import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  createMailServer,
  type MailServer,
  type MailServerOptions,
  type MailWeather,
  type Step,
} from '../../test/support/mail-server.ts';
import { openAuthority } from '../web/tls/authority.ts';
import { commonNameOf, keyPem, newKey } from '../web/tls/key-pair.ts';
import { leafCertificate, toPem } from '../web/tls/x509.ts';
import { createMailCarrier, type MailSettings } from './mail.ts';
import { createPostRoom, type PostRoom } from './test/post-room.ts';

const reader = 'treasurer@building.test';
const steps: readonly Step[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'message'];

describe('mail carrier', () => {
  let folder: string;
  let identity: { key: string; cert: string };
  const file = (name: string) => join(folder, name);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-mail-'));
    writeFileSync(file('password'), 'open sesame\n');
    const authority = openAuthority(file('authority.pem'), 'stoop', ['mail.test']);
    writeFileSync(file('ca.pem'), authority.certificate.toString());
    const key = newKey();
    const certificate = leafCertificate({
      commonName: 'mail.test',
      publicKey: createPublicKey(key),
      issuer: { commonName: commonNameOf(authority.certificate), key: authority.key },
      hosts: ['127.0.0.1', 'localhost'],
      notBeforeMs: Date.now() - 86_400_000,
      notAfterMs: Date.now() + 86_400_000,
    });
    identity = { key: keyPem(key), cert: toPem(certificate) };
  });
  after(() => rmSync(folder, { recursive: true }));

  async function inRoom(
    work: (room: PostRoom, server: MailServer) => Promise<void>,
    {
      settings = {},
      timeoutMs = 10_000,
      ...options
    }: MailServerOptions & {
      settings?: Partial<MailSettings>;
      /** Short only where the server keeps silent: a busy machine answers late as well. */
      timeoutMs?: number;
    } = {},
  ) {
    const server = await createMailServer({ ...options, identity });
    const room = await createPostRoom({
      carrier: (store, clock) =>
        createMailCarrier({
          settings: { host: '127.0.0.1', port: server.port, security: 'none', from: 'hub@building.test', ...settings },
          mayWriteTo: (address) => address === reader,
          store,
          clock,
          timeoutMs,
        }),
      call: ({ id, message }) => ({
        contract: 'mail',
        fn: 'send',
        args: [{ key: id, to: String(message.fields.to ?? reader), subject: 'Aviso', text: message.fields.text }],
      }),
    });
    try {
      await work(room, server);
    } finally {
      room.dispose();
      await server.close();
    }
  }

  it('sends a letter under the id of what it tells, and says that nobody answers it', () =>
    inRoom(async (room, server) => {
      const id = await room.post('Se gastó más de lo permitido: 12,50 €.\n.a line that begins with a dot');
      await room.settle();
      assert.equal(room.state(id), 'final');
      const [letter] = server.received;
      assert.deepEqual([letter!.from, letter!.to], ['hub@building.test', reader]);
      assert.match(letter!.text, new RegExp(`^Message-ID: <${id}@building.test>\\r$`, 'm'));
      assert.match(letter!.text, /^Auto-Submitted: auto-generated\r$/m);
      assert.match(letter!.text, /^Date: Mon, 01 Jun 2026 00:00:00 \+0000\r$/m);
      assert.match(letter!.text, /Se gast=C3=B3 m=C3=A1s/);
      assert.match(letter!.text, /^\.a line that begins with a dot/m);
    }));

  for (const step of steps) {
    it(`comes through a line that is cut at ${step}, and one that falls silent there`, () =>
      inRoom(
        async (room, server) => {
          const id = await room.post('x');
          server.forecast([{ cut: step }, { silent: step }]);
          await room.round();
          assert.equal(room.state(id), 'sent');
          assert.match((await room.carrier().unavailable())!, /^mail: .+; tried again in 5 s\.$/);
          await room.settle();
          assert.equal(room.state(id), 'final');
          assert.equal(server.received.length, 1);
          assert.equal(server.sessions(), 3);
        },
        { timeoutMs: 1_000 },
      ));
  }

  it('comes through a cut in the middle of the letter with one letter', () =>
    inRoom(async (room, server) => {
      const id = await room.post('x'.repeat(300_000));
      server.forecast(['half', 'half']);
      await room.settle();
      assert.equal(room.state(id), 'final');
      assert.equal(server.received.length, 1);
    }));

  it('sends the same letter again when its 250 was lost, even over a restart: one in the mailbox', () =>
    inRoom(async (room, server) => {
      const id = await room.post('x');
      server.forecast(['unheard', 'unheard']);
      await room.round();
      room.restart();
      await room.settle();
      assert.equal(room.state(id), 'final');
      assert.equal(server.received.length, 3);
      assert.equal(new Set(server.received.map(({ text }) => text)).size, 1);
      assert.deepEqual([...server.mailbox().keys()], [`${id}@building.test`]);
      await room.round();
      assert.deepEqual(room.attempts(), ['final']);
    }));

  it('never repeats what was answered: a restart between the 250 and the next look sends nothing', () =>
    inRoom(async (room, server) => {
      await room.post('x');
      await room.round();
      room.restart();
      await room.settle();
      assert.equal(server.sessions(), 1);
      assert.deepEqual(room.attempts(), ['final']);
    }));

  it('puts off what the server puts off, lets others pass, and comes back to it', () =>
    inRoom(async (room, server) => {
      server.forecast([{ reply: '451 4.7.1 greylisted', at: 'rcpt' }]);
      const first = await room.post('first');
      const second = await room.post('second');
      for (let round = 0; round < 3; round++) await room.round();
      assert.deepEqual([room.state(first), room.state(second)], ['queued', 'final']);
      assert.equal(room.reason(first), 'put_off');
      await room.settle();
      assert.equal(room.state(first), 'final');
      assert.equal(server.received.length, 2);
    }));

  for (const [reply, at] of [
    ['550 5.1.1 no such reader', 'rcpt'],
    ['554 5.7.1 spam', 'message'],
  ] as const) {
    it(`takes ${reply.slice(0, 3)} at ${at} for never, and asks once`, () =>
      inRoom(async (room, server) => {
        server.forecast([{ reply, at }]);
        const id = await room.post('x');
        await room.settle();
        assert.deepEqual([room.state(id), room.reason(id)], ['void', 'refused_there']);
        assert.equal(server.sessions(), 1);
      }));
  }

  for (const weather of [
    { reply: '421 4.3.2 closing', at: 'greeting' },
    { reply: '554 no service', at: 'greeting' },
    { reply: '421 4.3.2 closing', at: 'rcpt' },
    { reply: '550 5.7.1 sender unknown', at: 'mail' },
    { reply: '421 4.3.2 closing', at: 'message' },
  ] satisfies MailWeather[]) {
    it(`takes ${weather.reply} at ${weather.at} for news about the server, not about the letter`, () =>
      inRoom(async (room, server) => {
        server.forecast([weather]);
        const id = await room.post('x');
        await room.round();
        assert.ok((await room.carrier().unavailable())!.includes(weather.reply), await room.carrier().unavailable());
        await room.settle();
        assert.equal(room.state(id), 'final');
        assert.equal(server.received.length, 1);
      }));
  }

  it('brings every letter to its end, whatever the line does', async () => {
    const at = fc.constantFrom(...steps);
    const weathers = fc.oneof(
      fc.constantFrom<MailWeather>('fine', 'half', 'unheard', { reply: '421 busy', at: 'greeting' }),
      fc.record({ cut: at }),
      fc.record({ at: fc.constantFrom<Step>('rcpt', 'data', 'message'), reply: fc.constant('451 later') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(weathers, { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), (weather, count) =>
        inRoom(async (room, server) => {
          const ids: string[] = [];
          for (let index = 0; index < count; index++) ids.push(await room.post(`letter ${index}`));
          server.forecast(weather);
          for (let life = 0; life < 3; life++) {
            await room.round();
            room.restart();
          }
          await room.settle();
          assert.deepEqual([...server.mailbox().keys()].sort(), ids.map((id) => `${id}@building.test`).sort());
          // A letter lies there twice only where the server's word on it was lost.
          const lost = weather.filter((now) => now === 'unheard').length;
          assert.ok(server.received.length <= count + lost, `${server.received.length} letters`);
        }),
      ),
      { numRuns: 12 },
    );
  });

  it('lets go of a server that keeps silent when the hub stops', async () => {
    const server = await createMailServer();
    server.forecast([{ silent: 'greeting' }]);
    const stopping = new AbortController();
    const settings = { host: '127.0.0.1', port: server.port, security: 'none', from: 'hub@building.test' } as const;
    const room = await createPostRoom({
      carrier: (store, clock) =>
        createMailCarrier({ settings, mayWriteTo: () => true, store, clock, signal: stopping.signal }),
      call: ({ id }) => ({ contract: 'mail', fn: 'send', args: [{ key: id, to: reader, subject: 's', text: 't' }] }),
    });
    const id = await room.post('x');
    const round = room.round();
    const begun = performance.now();
    stopping.abort();
    await round;
    assert.ok(performance.now() - begun < 5_000);
    assert.equal(room.state(id), 'sent');
    room.dispose();
    await server.close();
  });

  it('gives a letter up after its time, as void', () =>
    inRoom(async (room, server) => {
      await server.goAway();
      const id = await room.post('x');
      await room.settle();
      assert.deepEqual([room.state(id), room.reason(id)], ['void', 'expired']);
      await server.comeBack();
    }));

  it('writes to nobody who is not in the settings', () =>
    inRoom(async (room, server) => {
      await assert.rejects(
        room
          .carrier()
          .prepare(
            { contract: 'mail', fn: 'send', args: [{ key: 'k', to: 'somebody@else.test', subject: 's', text: 't' }] },
            { highestNonce: -1 },
          ),
        /mail\.readers/,
      );
      assert.equal(server.sessions(), 0);
    }));

  for (const security of ['tls', 'starttls'] as const) {
    it(`speaks ${security} to a server that it knows, logs in, and tells the password to no other`, async () => {
      const auth = { user: 'hub', password: 'open sesame' };
      const login = { security, user: 'hub', passwordFile: file('password') };
      await inRoom(
        async (room, server) => {
          const id = await room.post('x');
          await room.settle();
          assert.equal(room.state(id), 'final');
          assert.equal(server.received[0]!.isEncrypted, true);
        },
        { security, auth, settings: { ...login, caFile: file('ca.pem') } },
      );
      await inRoom(
        async (room, server) => {
          await room.post('x');
          await room.round();
          assert.match((await room.carrier().unavailable())!, /^mail: .*certificate/);
          assert.equal(server.received.length, 0);
        },
        { security, auth, settings: login },
      );
    });
  }

  it('sends nothing in the clear when STARTTLS is asked for and not offered', () =>
    inRoom(
      async (room, server) => {
        await room.post('x');
        await room.round();
        assert.notEqual(await room.carrier().unavailable(), undefined);
        assert.equal(server.received.length, 0);
      },
      { settings: { security: 'starttls' } },
    ));

  it('waits, and says why, when the server refuses the login; a new password needs no restart', async () => {
    writeFileSync(file('late password'), 'mistaken-word\n');
    await inRoom(
      async (room, server) => {
        const id = await room.post('x');
        await room.round();
        assert.match((await room.carrier().unavailable())!, /535/);
        assert.match(room.logged(), /the round was cut short/);
        writeFileSync(file('late password'), 'open sesame\n');
        await room.settle();
        assert.equal(room.state(id), 'final');
        assert.equal(server.received.length, 1);
        for (const word of ['mistaken-word', 'open sesame', Buffer.from('\0hub\0mistaken-word').toString('base64')])
          assert.ok(!room.logged().includes(word));
      },
      {
        security: 'tls',
        auth: { user: 'hub', password: 'open sesame' },
        settings: { security: 'tls', user: 'hub', passwordFile: file('late password'), caFile: file('ca.pem') },
      },
    );
  });
});
