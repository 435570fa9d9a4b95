import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from './platform/clock.ts';
import { createFaults } from './platform/faults.ts';
import { silentLog } from './platform/log.ts';
import { createTimetable } from './timetable.ts';

const noSignal = new AbortController().signal;

describe('the timetable', () => {
  it('runs a job at its time, makes a failure a fault and clears it with the next success', async () => {
    const faults = createFaults(systemClock);
    const runs = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let count = 0;
    const job = {
      name: 'orders.close',
      async run() {
        const turn = count++;
        runs[turn]?.resolve();
        if (turn === 0) throw new Error('no luck');
      },
    };
    const timetable = createTimetable([job], faults, silentLog);
    await timetable.start(noSignal);
    await runs[0]!.promise;
    // The fault is raised in the same turn as the rejection; the next run comes five seconds later.
    await new Promise(setImmediate);
    assert.deepEqual(
      faults.list().map((fault) => fault.code),
      ['job_orders.close'],
    );
    await runs[1]!.promise;
    await new Promise(setImmediate);
    assert.deepEqual(faults.list(), []);
    await timetable.stop();
  });

  it('refuses a job that nobody has given a time', async () => {
    const job = { name: 'nobody.knows', run: async () => {} };
    await assert.rejects(createTimetable([job], createFaults(systemClock), silentLog).start(noSignal), /has no time/);
  });
});
