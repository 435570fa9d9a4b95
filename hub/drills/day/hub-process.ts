import { once } from 'node:events';
import { join } from 'node:path';
import { type Group, startGroup } from '../../../scripts/process-group.ts';
import { type Doors, type FromHub, nowMs, type ToHub } from './messages.ts';

const dayProgram = join(import.meta.dirname, 'hub.child.ts');
const compileCache = join(import.meta.dirname, '../../../.cache/compile');

export interface HubLife {
  /** The first argument of its program: the day's takes the data folder. */
  readonly dir: string;
  readonly program?: string;
  readonly sabotage?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A file descriptor for what it writes. */
  readonly log: number;
}

/** A hub in a process of its own; its chain's process is in the same group. */
export interface HubProcess {
  readonly doors: Promise<Doors>;
  /** Told at every batch that leaves for the chain. */
  onLeaving: (lane: string) => void;
  tell(message: ToHub): void;
  /** Resolves when nothing waits for the chain. */
  settle(): Promise<void>;
  /** Stops it in order. */
  stop(): Promise<void>;
  /** kill -9 of the hub alone. Resolves with the moment, once it is dead. */
  kill(): Promise<number>;
  /** Every process at the same moment, as when the power goes. */
  cut(): Promise<number>;
  /** Ends whatever is left. */
  sweep(): Promise<void>;
}

/** Starts a hub; `doors` rejects when it ends before it is up, or cannot open its store. */
export async function startHubProcess({ dir, program = dayProgram, sabotage, env, log }: HubLife): Promise<HubProcess> {
  const args = [program, dir, ...(sabotage ? [sabotage] : [])];
  const group: Group = await startGroup(process.execPath, args, {
    stdio: ['ignore', log, log, 'ipc'],
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, UV_USE_IO_URING: '0', ...env },
  });
  const { child, pid } = group;
  const doors = Promise.withResolvers<Doors>();
  const settled = Promise.withResolvers<void>();
  doors.promise.catch(() => {});
  settled.promise.catch(() => {});
  const hub: HubProcess = {
    doors: doors.promise,
    onLeaving: () => {},
    tell: (message) => void (child.connected && child.send(message)),
    settle: () => {
      hub.tell({ say: 'settle' });
      return settled.promise;
    },
    async stop() {
      hub.tell({ say: 'stop' });
      await group.exited;
      await group.sweep();
    },
    async kill() {
      const atMs = nowMs();
      child.kill('SIGKILL');
      await group.exited;
      return atMs;
    },
    async cut() {
      const atMs = nowMs();
      process.kill(-pid, 'SIGKILL');
      await group.exited;
      await group.sweep();
      return atMs;
    },
    sweep: () => group.sweep().then(() => {}),
  };
  child.on('message', (message: FromHub) => {
    if (message.say === 'up') doors.resolve(message);
    else if (message.say === 'leaving') hub.onLeaving(message.lane);
    else if (message.say === 'settled') settled.resolve();
    else doors.reject(new Error(`The hub is of no use any more: ${message.reason}`));
  });
  void once(child, 'exit').then(() => {
    const error = new Error('The hub ended by itself.');
    doors.reject(error);
    settled.reject(error);
  });
  return hub;
}
