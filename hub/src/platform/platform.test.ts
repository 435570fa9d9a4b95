import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import type { Clock } from './clock.ts';
import { createClockTrust } from './clock-trust.ts';
import { writeDurable } from './durable-file.ts';
import { catalogue, fail } from './errors.ts';
import { createEventBus } from './events.ts';
import { createFaults } from './faults.ts';
import { stopAll } from './lifecycle.ts';
import { createLog, silentLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Part } from './ports/index.ts';
import { createWorkers } from './workers.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const settableClock = (wallMs: number) => {
  let [wall, monotonic] = [wallMs, 0];
  const clock: Clock = { nowMs: () => wall, monotonicMs: () => monotonic };
  return {
    clock,
    pass: (ms: number) => {
      wall += ms;
      monotonic += ms;
    },
    set: (ms: number) => {
      wall = ms;
    },
  };
};

describe('the trust in the clock', () => {
  it('is missing while it is earlier than the newest row, and comes with a confirmation', () => {
    const { clock, pass } = settableClock(1_000_000);
    const trust = createClockTrust(clock);
    trust.notBefore(5_000_000);
    assert.equal(trust.isTrusted(), false);
    pass(1_000);
    assert.equal(trust.isTrusted(), false);
    trust.confirm();
    assert.equal(trust.isTrusted(), true);
  });

  it('goes while another clock speaks against it, unless somebody has confirmed the time since', () => {
    const trust = createClockTrust(settableClock(10_000_000).clock);
    trust.doubt(true);
    assert.equal(trust.isTrusted(), false);
    trust.doubt(false);
    assert.equal(trust.isTrusted(), true);
    trust.doubt(true);
    trust.confirm();
    trust.doubt(true);
    assert.equal(trust.isTrusted(), true);
    trust.doubt(false);
    trust.doubt(true);
    assert.equal(trust.isTrusted(), false, 'a new doubt needs a new word');
  });

  it('goes when the clock is set back, and returns when it has caught up', () => {
    const time = settableClock(10_000_000);
    const trust = createClockTrust(time.clock);
    trust.notBefore(9_000_000);
    time.pass(60_000);
    assert.equal(trust.isTrusted(), true);
    time.set(4_000_000);
    assert.equal(trust.isTrusted(), false);
    time.set(10_060_001);
    assert.equal(trust.isTrusted(), true);
  });

  it('keeps the building’s time going where the clock has lost its own, until that is right or confirmed', () => {
    const startMs = 100 * dayMs;
    const time = settableClock(startMs);
    const trust = createClockTrust(time.clock);
    assert.equal(trust.clock.nowMs(), startMs);
    assert.equal(trust.setBackToMs(), undefined);
    time.set(5_000);
    assert.equal(trust.clock.nowMs(), startMs);
    time.pass(30_000);
    assert.equal(trust.clock.nowMs(), startMs + 30_000);
    assert.equal(trust.setBackToMs(), 35_000);
    assert.equal(trust.isTrusted(), false);
    time.set(startMs + dayMs);
    assert.equal(trust.clock.nowMs(), startMs + dayMs);
    assert.deepEqual([trust.isTrusted(), trust.setBackToMs()], [true, undefined]);
    time.set(50 * dayMs);
    assert.equal(trust.clock.nowMs(), startMs + dayMs);
    trust.confirm();
    assert.equal(trust.clock.nowMs(), 50 * dayMs);
    assert.equal(trust.isTrusted(), true);
  });

  it('takes a clock that was ahead and is corrected at its word, and trusts it when it has caught up', () => {
    const startMs = 100 * dayMs;
    const time = settableClock(startMs);
    const trust = createClockTrust(time.clock);
    time.set(startMs + hourMs);
    assert.equal(trust.clock.nowMs(), startMs + hourMs);
    time.set(startMs);
    assert.equal(trust.clock.nowMs(), startMs);
    assert.deepEqual([trust.isTrusted(), trust.setBackToMs()], [false, undefined]);
    time.pass(hourMs);
    assert.equal(trust.isTrusted(), true);
  });

  it('starts a board without a battery where its newest row ends', () => {
    const time = settableClock(7);
    const trust = createClockTrust(time.clock);
    trust.notBefore(100 * dayMs);
    time.pass(1_000);
    assert.equal(trust.clock.nowMs(), 100 * dayMs + 1_000);
    assert.equal(trust.isTrusted(), false);
    time.set(100 * dayMs + 2_000);
    assert.equal(trust.isTrusted(), true);
  });
});

describe('stopping', () => {
  const part = (name: string, stop: () => Promise<void>): Part => ({ name, start: async () => {}, stop });

  it('goes on past a part that fails', async () => {
    const stopped: string[] = [];
    await stopAll(
      [
        part('first', async () => void stopped.push('first')),
        part('broken', () => Promise.reject(new Error('stuck'))),
        part('last', async () => void stopped.push('last')),
      ],
      silentLog,
    );
    assert.deepEqual(stopped, ['first', 'last']);
  });

  it('leaves a part behind that does not end', async () => {
    const stopped: string[] = [];
    const hangs = part('hangs', () => new Promise(() => {}));
    await stopAll([hangs, part('last', async () => void stopped.push('last'))], silentLog);
    assert.deepEqual(stopped, ['last']);
  });
});

describe('platform', () => {
  it('runs work in a thread and hands its failure back', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'stoop-work-')), 'work.mjs');
    writeFileSync(
      path,
      `import { isMainThread } from 'node:worker_threads';
       export default (n) => { if (n < 0) throw new RangeError('less than nothing'); return { double: n * 2, isMainThread }; };`,
    );
    const workers = createWorkers(1);
    const module = new URL(`file://${path}`);
    assert.deepEqual(await workers.run(module, 21), { double: 42, isMainThread: false });
    await assert.rejects(workers.run(module, -1), /less than nothing/);
    await workers.stop();
  });

  it('keeps a fault’s beginning while it lasts', () => {
    const time = settableClock(100);
    const faults = createFaults(time.clock);
    faults.raise('broker_down', 'device', 'port taken');
    time.pass(50);
    faults.raise('broker_down', 'device', 'still taken');
    assert.deepEqual(faults.list(), [{ code: 'broker_down', class: 'device', message: 'still taken', sinceMs: 100 }]);
    faults.clear('broker_down');
    assert.deepEqual(faults.list(), []);
  });

  it('tells every listener although one fails, and says which news it was', () => {
    const failures: string[] = [];
    const bus = createEventBus((_, type) => failures.push(type));
    const heard: string[] = [];
    bus.on('order.filled', () => {
      throw new Error('deaf');
    });
    const end = bus.on('order.filled', (event) => heard.push(String(event.id)));
    bus.publish({ type: 'order.filled', id: 'a' });
    end();
    bus.publish({ type: 'order.filled', id: 'b' });
    assert.deepEqual(heard, ['a']);
    assert.deepEqual(failures, ['event:order.filled', 'event:order.filled']);
  });

  it('replaces a file whole', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'stoop-file-')), 'deep/er/file');
    writeDurable(path, 'old and longer');
    writeDurable(path, 'new');
    assert.equal(readFileSync(path, 'utf8'), 'new');
  });

  it('writes no secret to the log', () => {
    let text = '';
    const stream = new Writable({
      write(chunk, _, done) {
        text += chunk;
        done();
      },
    });
    const log = createLog('debug', stream);
    log.info({ pin: '493027', body: { recoveryCode: 'ABCD', deeper: { token: 'tok' } } }, 'signed in');
    assert.match(text, /signed in/);
    for (const secret of ['493027', 'ABCD', '"tok"']) assert.ok(!text.includes(secret), secret);
  });

  it('fills an error’s message from its details and keeps its cause', () => {
    const cause = new Error('below');
    const error = fail('bad_request', { field: 'units', rule: 'must be at least 1' }, cause);
    assert.equal(error.message, 'units: must be at least 1');
    assert.deepEqual([error.code, error.status, error.cause], ['bad_request', 400, cause]);
    for (const [code, entry] of Object.entries(catalogue)) {
      assert.match(code, /^[a-z][a-z_]+$/);
      assert.ok(entry.status >= 400 && entry.status < 600, code);
    }
  });

  it('prints metrics as Prometheus reads them', () => {
    const metrics = createMetrics();
    metrics.gauge('stoop_test', 'A test', () => 3);
    assert.equal(metrics.text(), '# HELP stoop_test A test\n# TYPE stoop_test gauge\nstoop_test 3\n');
  });
});
