import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import { createWorkers } from '../platform/workers.ts';
import { backupJobs } from './backup-care.ts';
import { backupState } from './backup-state.ts';
import { type CliHouse, createCliHouse } from './testing/cli-house.ts';
import { lastTrial, type Trial, tryRestore } from './try-restore.ts';

const dayMs = 86_400_000;

describe('the restore that is tried each week', () => {
  let house: CliHouse;
  let backup: string;
  let aheadMs = 0;
  let tries = 0;

  const workers = createWorkers(1);
  const clock = { ...systemClock, nowMs: () => Date.now() + aheadMs };
  const inWorker = () => {
    tries++;
    return workers.run<Trial | undefined>(new URL('./try-restore.worker.ts', import.meta.url), house.dataDir);
  };
  const runJob = () =>
    backupJobs({ dataDir: house.dataDir, clock, tryRestore: inWorker })[0]!.run(new AbortController().signal);
  const doctorSays = async () => {
    const { findings } = JSON.parse((await house.stoop('doctor', '--json')).out) as {
      findings: { check: string; level: string; found: string }[];
    };
    return findings.find(({ check }) => check === 'restore tried');
  };

  before(async () => {
    house = createCliHouse();
    await house.startHub();
    await house.stopHub();
  });
  after(async () => {
    await workers.stop();
    await house.dispose();
  });

  it('tries nothing while there is no copy', async () => {
    assert.equal(await tryRestore(house.dataDir), undefined);
    assert.equal(await doctorSays(), undefined);
    await house.stoop('backup');
    backup = join(
      house.dataDir,
      'backups',
      readdirSync(join(house.dataDir, 'backups')).find((n) => n.endsWith('.db'))!,
    );
    assert.equal((await doctorSays())?.level, 'warn');
  });

  it('restores the newest into a folder of its own, leaves nothing, and keeps the result', async () => {
    await runJob();
    const trial = lastTrial(house.dataDir)!;
    assert.deepEqual([trial.problems, backup.endsWith(trial.file)], [[], true]);
    assert.deepEqual(
      readdirSync(join(house.dataDir, 'backups')).filter((name) => name.startsWith('.')),
      [],
    );
    assert.equal((await doctorSays())?.level, 'ok');
    const { newestAtMs, isOnlyCopy } = backupState(house.dataDir);
    assert.deepEqual([newestAtMs, isOnlyCopy], [trial.takenAtMs, true]);
    await house.startHub();
    assert.match((await house.stoop('status')).out, /Backups: .* restored on trial .*: sound; only one copy exists/);
    await house.stopHub();
  });

  it('does so again after a week, and not before', async () => {
    tries = 0;
    aheadMs = 6 * dayMs;
    await runJob();
    assert.equal(tries, 0);
    aheadMs = 7 * dayMs;
    await runJob();
    assert.equal(tries, 1);
    aheadMs = 0;
  });

  it('fails with a copy that is damaged, and tries the next night again', async () => {
    const whole = readFileSync(backup);
    writeFileSync(backup, Buffer.from(whole).fill(0xff, 8192, 40_960));
    aheadMs = 8 * dayMs;
    await assert.rejects(runJob(), /cannot be restored/);
    assert.equal((await doctorSays())?.level, 'fail');
    await assert.rejects(runJob(), /cannot be restored/);
    writeFileSync(backup, whole);
    await runJob();
    assert.equal((await doctorSays())?.level, 'ok');
  });
});
