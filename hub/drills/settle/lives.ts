import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putBack } from '../../src/cli/put-back.ts';
import { takeBackup } from '../../src/cli/take-backup.ts';
import { type HubProcess, startHubProcess } from '../day/hub-process.ts';
import { nowMs } from '../day/messages.ts';
import { restoreShadow, shadowEnv } from '../powercut.ts';
import type { FastTime } from './clock.ts';
import type { HubPlan } from './hub.child.ts';
import type { People } from './people-process.ts';

/** The hub's lives, one after the other, in the same folder. */
export interface Lives {
  /** Starts it; resolves when people can reach it. */
  begin(): Promise<void>;
  /** kill -9, and it starts again. */
  kill(): Promise<void>;
  /** Only what was synced is there when it starts again. */
  cutPower(): Promise<void>;
  /** Stops in order, and starts again. */
  restart(): Promise<void>;
  /** Copies the store while the hub goes on, as every night. */
  backUp(): Promise<void>;
  /** The last backup takes the store's place; false when there is none. */
  putBack(): Promise<boolean>;
  /** Somebody sets the clock. */
  setClock(offsetMs: number): void;
  /** So much passes at one go, for the hub and for people. */
  leap(ms: number): void;
  time(): FastTime;
  /** The hub that runs. */
  now(): HubProcess;
  stop(): Promise<void>;
  sweep(): Promise<void>;
}

export interface LivesOptions {
  readonly outside: string;
  readonly plan: HubPlan;
  readonly sabotage?: string;
  readonly log: number;
  readonly people: () => People;
}

const program = join(import.meta.dirname, 'hub.child.ts');
const patienceMs = 120_000;

export function createLives({ outside, plan, sabotage, log, people }: LivesOptions): Lives {
  const { dir } = plan;
  const watched = { root: dir, shadow: `${dir}.shadow` };
  let time = plan.time;
  let hub: HubProcess | undefined;
  let backup: { readonly file: string; readonly mark: number } | undefined;

  const running = (): HubProcess => {
    if (!hub) throw new Error('no hub runs');
    return hub;
  };

  async function begin(): Promise<void> {
    const env = await shadowEnv(watched);
    const path = join(outside, 'hub.json');
    writeFileSync(path, JSON.stringify({ ...plan, time } satisfies HubPlan));
    hub = await startHubProcess({ dir: path, program, sabotage, env, log });
    const late = AbortSignal.timeout(patienceMs);
    const doors = await Promise.race([
      hub.doors,
      new Promise<never>((_, reject) =>
        late.addEventListener('abort', () => reject(new Error('the hub does not come up')), { once: true }),
      ),
    ]);
    people().tell({ say: 'up', doors });
  }

  async function end(how: (hub: HubProcess) => Promise<unknown>): Promise<void> {
    const atMs = nowMs();
    await how(running());
    people().tell({ say: 'down', atMs });
    hub = undefined;
  }

  function setTime(next: FastTime): void {
    time = next;
    hub?.tell({ say: 'clock', offsetMs: time.offsetMs, leptMs: time.leptMs });
    people().tell({ say: 'time', time });
  }

  return {
    begin,
    async kill() {
      await end((one) => one.kill());
      await begin();
    },
    async cutPower() {
      await end((one) => one.cut());
      restoreShadow(watched);
      await begin();
    },
    async restart() {
      await end((one) => one.stop());
      await begin();
    },
    async backUp() {
      const mark = await people().mark();
      const { file } = await takeBackup({ dataDir: dir, to: outside, withTelemetry: false, hubVersion: 'drill' });
      backup = { file, mark };
    },
    async putBack() {
      if (!backup) return false;
      const { file, mark } = backup;
      await end((one) => one.kill());
      await putBack({ dataDir: dir, file, isReplacing: true, recoveryCode: async () => '' });
      people().tell({ say: 'restored', from: mark });
      backup = undefined;
      await begin();
      return true;
    },
    setClock: (offsetMs) => setTime({ ...time, offsetMs }),
    leap: (ms) => setTime({ ...time, leptMs: time.leptMs + ms }),
    time: () => time,
    now: running,
    async stop() {
      await end((one) => one.stop());
    },
    sweep: async () => void (await hub?.sweep()),
  };
}
