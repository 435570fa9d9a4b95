import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import mqtt from 'mqtt';
import { openReader, quickCheck } from '../src/store/index.ts';

const inFlight = 20;

interface Doors {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Publishes numbers from `first` on with twenty in flight until the hub is gone; kills it at the n-th PUBACK. */
async function publishUntilKilled(dir: string, first: number, killAt: number, sabotage: string[]): Promise<number[]> {
  const child = fork(join(import.meta.dirname, 'garden-child.ts'), [dir, `publisher ${first}`, ...sabotage]);
  const [{ url, ...credentials }] = (await once(child, 'message')) as [Doors];
  const client = mqtt.connect(url, { ...credentials, reconnectPeriod: 0 });
  client.on('error', () => {});
  const acknowledged: number[] = [];
  let next = first;
  function publishNext(): void {
    const sequence = next++;
    client.publish('stoop/kill/ph', JSON.stringify({ value: sequence, seq: sequence }), { qos: 1 }, (error) => {
      if (error) return;
      acknowledged.push(sequence);
      if (acknowledged.length === killAt) child.kill('SIGKILL');
      if (client.connected) publishNext();
    });
  }
  client.on('connect', () => {
    for (let n = 0; n < inFlight; n++) publishNext();
  });
  await once(child, 'exit');
  client.end(true);
  return acknowledged;
}

/** Acknowledged numbers that the file does not hold after all lives of the hub. */
async function lostOver(lives: number, sabotage: string[] = []): Promise<{ acknowledged: number; lost: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'stoop-kill-'));
  try {
    const acknowledged: number[] = [];
    for (let life = 0; life < lives; life++) {
      const killAt = 20 + Math.floor(Math.random() * 400);
      acknowledged.push(...(await publishUntilKilled(dir, life * 1_000_000, killAt, sabotage)));
    }
    const db = openReader(join(dir, 'telemetry.db'));
    const rows = db.prepare('SELECT sequence, value FROM readings').all() as { sequence: number; value: number }[];
    assert.deepEqual(quickCheck(db), []);
    db.close();
    const stored = new Set(rows.filter(({ sequence, value }) => sequence === value).map(({ sequence }) => sequence));
    assert.equal(stored.size, rows.length, 'nothing is stored twice or changed');
    return { acknowledged: acknowledged.length, lost: acknowledged.filter((one) => !stored.has(one)).length };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe('kill -9 while devices publish', () => {
  it('loses no acknowledged reading', async (t) => {
    const { acknowledged, lost } = await lostOver(6);
    t.diagnostic(`${acknowledged} acknowledged, ${lost} lost`);
    assert.ok(acknowledged >= 6 * 20);
    assert.equal(lost, 0);
  });

  it('would show a hub that acknowledges before it has committed', async (t) => {
    const { acknowledged, lost } = await lostOver(4, ['ack-early']);
    t.diagnostic(`${acknowledged} acknowledged, ${lost} lost`);
    assert.ok(lost > 0);
  });
});
