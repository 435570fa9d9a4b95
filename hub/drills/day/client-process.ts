import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './client.child.ts';
import type { ClientReport, FromClient, ToClient } from './messages.ts';

/** The process of everybody who uses the hub. */
export interface ClientProcess {
  /** Told at every request for an action that is sent. */
  onOpened: () => void;
  tell(message: ToClient): void;
  /** Begins nothing new; resolves when everything that was begun has its answer. */
  finish(): Promise<ClientReport>;
  end(): Promise<void>;
}

export async function startClient(dir: string, plan: Plan, log: number): Promise<ClientProcess> {
  const path = join(dir, 'plan.json');
  writeFileSync(path, JSON.stringify(plan), { mode: 0o600 });
  const child: ChildProcess = fork(join(import.meta.dirname, 'client.child.ts'), [path], {
    stdio: ['ignore', log, log, 'ipc'],
  });
  const exited = once(child, 'exit');
  await once(child, 'spawn');
  const report = Promise.withResolvers<ClientReport>();
  report.promise.catch(() => {});
  const client: ClientProcess = {
    onOpened: () => {},
    tell: (message) => void child.send(message),
    finish() {
      client.tell({ say: 'finish' });
      return report.promise;
    },
    async end() {
      child.kill();
      await exited;
    },
  };
  child.on('message', (message: FromClient) => {
    if (message.say === 'opened') client.onOpened();
    else report.resolve(message.report);
  });
  void exited.then(() => report.reject(new Error('The client ended before the day was over.')));
  return client;
}
