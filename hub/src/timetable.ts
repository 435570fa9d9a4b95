import cron, { type ScheduledTask } from 'node-cron';
import type { Faults } from './platform/faults.ts';
import type { Log } from './platform/log.ts';
import type { Job, Part } from './platform/ports/index.ts';

/** Every scheduled job of the building: second, minute, hour, day of month, month, day of week; local time. */
const timetable: Readonly<Record<string, string>> = {
  'orders.close': '*/5 * * * * *',
  'cycles.turn': '3-59/5 * * * * *',
  'proposals.close': '2-59/5 * * * * *',
  'reading.prune': '0 17 * * * *',
  'members.expire': '30 * * * * *',
  'seats.issue': '50 * * * * *',
  'key-change.apply': '45 * * * * *',
  'limits.read': '*/20 * * * * *',
  'limits.apply': '40 * * * * *',
  'notices.look': '15 * * * * *',
  'store.prune': '0 41 3 * * *',
  'store.check': '0 11 4 * * *',
  'store.backup': '0 21 4 * * *',
  'store.try-restore': '0 1 5 * * *',
  'journal.check': '0 31 4 * * *',
  'treasury.compare': '0 51 * * * *',
};

/** Runs the jobs that it is given; a job never overlaps itself, and one that fails becomes a fault until it succeeds. */
export function createTimetable(jobs: readonly Job[], faults: Faults, log: Log): Part {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let tasks: ScheduledTask[] = [];

  async function run(job: Job): Promise<void> {
    try {
      await job.run(stopping.signal);
      faults.clear(`job_${job.name}`);
    } catch (error) {
      if (stopping.signal.aborted) return;
      log.error({ job: job.name, err: error }, 'a scheduled job failed');
      faults.raise(
        `job_${job.name}`,
        'state',
        `${job.name}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  return {
    name: 'timetable',
    async start() {
      const unplanned = jobs.find((job) => !timetable[job.name]);
      if (unplanned) throw new Error(`timetable: ${unplanned.name} has no time`);
      tasks = jobs.map((job) =>
        cron.schedule(
          timetable[job.name]!,
          () => {
            const promise = run(job).finally(() => running.delete(promise));
            running.add(promise);
            return promise;
          },
          { name: job.name, noOverlap: true },
        ),
      );
    },
    async stop() {
      stopping.abort();
      await Promise.all(tasks.map((task) => task.destroy()));
      await Promise.all(running);
    },
  };
}
