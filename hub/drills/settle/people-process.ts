import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PeoplePlan } from './client.child.ts';
import type { FromPeople, ToPeople } from './messages.ts';

export interface PeopleReport {
  readonly refused: Readonly<Record<string, number>>;
  readonly unexpected: readonly string[];
}

/** The process of everybody who uses the hub; it keeps what was acknowledged. */
export interface People {
  tell(message: ToPeople): void;
  /** How many acknowledgements there are by now. */
  mark(): Promise<number>;
  /** Begins nothing new; resolves when everything that was begun has its answer. */
  finish(): Promise<PeopleReport>;
  end(): Promise<void>;
}

export async function startPeople(dir: string, plan: PeoplePlan, log: number): Promise<People> {
  const path = join(dir, 'people.json');
  writeFileSync(path, JSON.stringify(plan), { mode: 0o600 });
  const child: ChildProcess = fork(join(import.meta.dirname, 'client.child.ts'), [path], {
    stdio: ['ignore', log, log, 'ipc'],
  });
  const exited = once(child, 'exit');
  await once(child, 'spawn');
  const report = Promise.withResolvers<PeopleReport>();
  report.promise.catch(() => {});
  let onMarked = (_length: number) => {};
  child.on('message', (message: FromPeople) => {
    if (message.say === 'marked') onMarked(message.length);
    else report.resolve(message);
  });
  void exited.then(() => report.reject(new Error('The people’s process ended before the day was over.')));
  const people: People = {
    tell: (message) => void (child.connected && child.send(message)),
    mark: () =>
      new Promise((resolve) => {
        onMarked = resolve;
        people.tell({ say: 'mark' });
      }),
    finish() {
      people.tell({ say: 'finish' });
      return report.promise;
    },
    async end() {
      child.kill();
      await exited;
    },
  };
  return people;
}
