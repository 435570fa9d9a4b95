import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'node:test';
import { systemClock } from '../../platform/clock.ts';
import { createEventBus } from '../../platform/events.ts';
import { type OpenStore, openStore } from '../../store/index.ts';
import { migrations } from '../../store/migrations/index.ts';
import { allWaiting } from './sensors.store.ts';
import { createWaitingList } from './waiting.ts';

let dir: string;
let store: OpenStore;
const rethrow = (error: unknown) => {
  throw error;
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stoop-waiting-'));
  const events = createEventBus(rethrow);
  store = await openStore({ path: join(dir, 'stoop.db'), clock: systemClock, events, migrations });
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true });
});

const listed = () => store.read(allWaiting);
const start = (nowMs: () => number) => createWaitingList({ store, nowMs, onError: rethrow });

it('writes a thousand knocks of one device twice at most, and counts them all', async () => {
  let nowMs = 1_000;
  const waiting = start(() => nowMs++);
  for (let n = 0; n < 1_000; n++) waiting.note({ clientId: 'esp-1', username: 'me', remoteAddress: '10.0.0.9' });
  const before = store.lastSeq();
  await waiting.stop();
  const [device] = listed();
  assert.deepEqual(device, {
    clientId: 'esp-1',
    username: 'me',
    remoteAddress: '10.0.0.9',
    firstSeenAtMs: 1_000,
    lastSeenAtMs: 1_999,
    tries: 1_000,
  });
  // Each write tells two audiences.
  assert.ok(store.lastSeq() - before <= 4);
});

it('is not flooded: one address keeps eight places, all together fifty', async () => {
  let nowMs = 1_000;
  const knock = async (clientId: string, remoteAddress: string) => {
    const waiting = start(() => nowMs++);
    waiting.note({ clientId, remoteAddress });
    await waiting.stop();
  };
  await knock('honest', '10.0.0.1');
  for (let n = 0; n < 20; n++) await knock(`flood-${n}`, '10.0.0.2');
  assert.equal(listed().length, 9);
  assert.ok(listed().some(({ clientId }) => clientId === 'honest'));
  for (let n = 0; n < 60; n++) await knock(`many-${n}`, `10.0.1.${n}`);
  assert.equal(listed().length, 50);
});

it('shows what a stranger calls itself without control characters, and short', async () => {
  const waiting = start(() => 1);
  waiting.note({ clientId: `\u001b[31m${'x'.repeat(500)}`, remoteAddress: '10.0.0.1' });
  await waiting.stop();
  assert.match(listed()[0]!.clientId, /^·\[31mx{123}$/);
});
