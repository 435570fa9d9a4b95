import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLive, onNouns } from './live.ts';

/** As much of an EventSource as the page uses, moved by the test. */
class Stream extends EventTarget {
  readonly CLOSED = 2;
  readyState = 0;
  close(): void {
    this.readyState = this.CLOSED;
  }
  say(type: string, data: object): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
  fail(isOver: boolean): void {
    this.readyState = isOver ? this.CLOSED : 0;
    this.dispatchEvent(new Event('error'));
  }
}

function listening() {
  const streams: Stream[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  const states: boolean[] = [];
  const builds: unknown[] = [];
  const woken: unknown[] = [];
  const stopping = new AbortController();
  const live = createLive({
    open() {
      const stream = new Stream();
      streams.push(stream);
      return stream as unknown as EventSource;
    },
    setTimer: (run, ms) => timers.push({ run, ms }),
    onState: (isLive) => states.push(isLive),
    onBuild: (buildId) => builds.push(buildId),
  });
  const forget = live.listen(onNouns('order'), (event) => woken.push(event?.id));
  live.start(stopping.signal);
  const stream = () => streams.at(-1)!;
  return { live, streams, stream, timers, states, builds, woken, forget, stopping };
}

test('a listener hears what it wants and nothing else', () => {
  const { stream, woken, forget } = listening();
  stream().say('hello', { buildId: 'b1' });
  stream().say('message', { seq: 1, noun: 'order', id: 'o1', revision: 1 });
  stream().say('message', { seq: 1, noun: 'reading', id: 'd/m', revision: 0 });
  forget();
  stream().say('message', { seq: 2, noun: 'order', id: 'o2', revision: 1 });
  assert.deepEqual(woken, ['o1']);
});

test('the hub’s reload and every break in the line make all read again', () => {
  const { stream, woken, states } = listening();
  stream().say('hello', {});
  stream().say('reload', { reason: 'slow' });
  stream().fail(false);
  stream().say('hello', {});
  assert.deepEqual(woken, [undefined, undefined]);
  assert.deepEqual(states, [true, false, true]);
});

test('a stream that the browser gave up is opened anew, later each time', () => {
  const { streams, stream, timers } = listening();
  for (let i = 0; i < 6; i++) {
    stream().fail(true);
    timers.at(-1)?.run();
  }
  assert.equal(streams.length, 7);
  assert.deepEqual(
    timers.map((timer) => timer.ms),
    [1000, 2000, 5000, 10_000, 10_000, 10_000],
  );
});

test('after the first answer it waits as little as at first', () => {
  const { stream, timers } = listening();
  stream().fail(true);
  timers.at(-1)?.run();
  stream().say('hello', {});
  stream().fail(true);
  assert.equal(timers.at(-1)?.ms, 1000);
});

test('another person opens another stream and reads everything again; the old one is no longer heard', () => {
  const { live, streams, stream, woken, states } = listening();
  stream().say('hello', {});
  live.restart();
  assert.equal(streams.length, 2);
  assert.equal(streams[0]?.readyState, 2);
  streams[0]?.fail(true);
  stream().say('hello', {});
  assert.deepEqual(woken, [undefined]);
  assert.deepEqual(states, [true, true]);
});

test('it tells which build the hub serves, and stops when told', () => {
  const { stream, builds, timers, streams, stopping } = listening();
  stream().say('hello', { buildId: 'b1' });
  assert.deepEqual(builds, ['b1']);
  stream().fail(true);
  stopping.abort();
  timers.at(-1)?.run();
  assert.equal(streams.length, 1);
  assert.equal(stream().readyState, 2);
});
