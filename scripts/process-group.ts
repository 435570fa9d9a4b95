import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command in a process group of its own, so that it and whatever it starts can be ended together. */
export interface Group {
  readonly child: ChildProcess;
  readonly pid: number;
  /** How the command itself ended. */
  readonly exited: Promise<Exit>;
  /** SIGTERM to the command alone, which ends its children in order; SIGKILL to what is left of the group after `withinMs`. */
  stop(withinMs: number): Promise<Exit>;
  /** Living processes of the group, as `pid command line`. */
  members(): string[];
  /** Kills what is left of the group, waits until it is gone, and names it. */
  sweep(): Promise<string[]>;
}

/** Starts a command as the head of its own group; rejects when it cannot be started. */
export async function startGroup(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Group> {
  const child = spawn(command, args, { ...options, detached: true });
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }));
  await once(child, 'spawn');
  const pid = child.pid!;
  const sweep = async () => {
    const left = members(pid);
    if (left.length > 0) signalGroup(pid, 'SIGKILL');
    // Nothing survives SIGKILL, but dying takes a moment.
    while (members(pid).length > 0) await wait(10);
    return left;
  };
  const stop = async (withinMs: number) => {
    const untilMs = performance.now() + withinMs;
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    // What a process leaves when it dies ends by itself a moment later, or is swept away at the end.
    while (members(pid).length > 0 && performance.now() < untilMs) await wait(20);
    await sweep();
    return exited;
  };
  return { child, pid, exited, stop, members: () => members(pid), sweep };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody is left: that is what the signal was for.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Living processes of a group, as `pid command line`; the dead that nobody has collected yet are left out. */
export function members(group: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // The name in brackets may hold anything; what follows it is: state, parent, group.
        const [state, , processGroup] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
        if (Number(processGroup) !== group || state === 'Z' || state === 'X') return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`];
      } catch {
        return []; // it ended while we looked
      }
    });
}
