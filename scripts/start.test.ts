import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

const root = join(import.meta.dirname, '..');

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [state, parent] = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      return []; // it ended while we looked
    }
  });
}

function below(pid: number, all = processes()): Process[] {
  return all.filter((one) => one.parent === pid).flatMap((one) => [one, ...below(one.pid, all)]);
}

const isAlive = (pid: number) => processes().some((one) => one.pid === pid);

describe('npm start', () => {
  let folder = '';
  let npm: ChildProcess | undefined;
  let family: Process[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterEach(async () => {
    const left = family.filter((one) => isAlive(one.pid));
    for (const one of left) process.kill(one.pid, 'SIGKILL');
    npm?.kill('SIGKILL');
    family = [];
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Starts the building in the folder; resolves with its address once it has said where to look. */
  async function start(): Promise<{ url: string; output: string; tookMs: number }> {
    const startedAtMs = performance.now();
    const args = ['start', '--', '--data', join(folder, 'data'), '--port', '0', '--tls-port', '0', '--mqtt-port', '0'];
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    npm = spawn('npm', args, { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(npm, 'exit').then(([code]) =>
      Promise.reject(new Error(`npm start ended with ${code}: ${output}`)),
    );
    let output = '';
    const said = (async () => {
      for await (const chunk of npm.stdout!) {
        output += chunk;
        if (output.includes('Ctrl-C ends it')) return;
      }
    })();
    await Promise.race([said, ended]);
    ended.catch(() => {});
    const url = /Open (\S+)/.exec(output)?.[1] ?? '';
    assert.equal((await fetch(`${url}/health`)).status, 200);
    const tookMs = performance.now() - startedAtMs;
    family = below(npm.pid!);
    return { url, output, tookMs };
  }

  const named = (word: string) => family.find((one) => one.command.includes(word))!;

  async function allGone(withinMs: number): Promise<number> {
    const sinceMs = performance.now();
    while (family.some((one) => isAlive(one.pid))) {
      const tookMs = performance.now() - sinceMs;
      if (tookMs > withinMs)
        assert.fail(`still there: ${family.filter((one) => isAlive(one.pid)).map((one) => one.command)}`);
      await wait(20);
    }
    return performance.now() - sinceMs;
  }

  test('founds the demonstration building, shows it, and Ctrl-C ends all of it', async (t) => {
    const { url, output, tookMs } = await start();
    t.diagnostic(`founded and open after ${Math.round(tookMs)} ms`);
    assert.match(output, /demonstration building/);
    assert.equal(output.match(/\b\d{6}\b/g)?.length, 24, 'one PIN for each seat');
    assert.match(await (await fetch(url)).text(), /<script/);
    for (const word of ['hub/src/main.ts', 'dev-chain', 'demo/sensors.ts']) assert.ok(named(word), `${word} runs`);
    const events = await fetch(`${url}/api/events`);
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let heard = ''; !heard.includes('"reading"'); ) heard += (await reader.read()).value;
    await reader.cancel();
    // What a terminal does: the whole foreground group hears it.
    process.kill(-npm!.pid!, 'SIGINT');
    t.diagnostic(`all gone after ${Math.round(await allGone(5000))} ms`);
  });

  test('opens the same building again without PINs, and ends when npm alone is told to', async (t) => {
    const { output, tookMs } = await start();
    t.diagnostic(`open after ${Math.round(tookMs)} ms`);
    assert.doesNotMatch(output, /PINs/);
    const exited = once(npm!, 'exit');
    npm!.kill('SIGTERM');
    t.diagnostic(`all gone after ${Math.round(await allGone(5000))} ms`);
    assert.deepEqual(await exited, [0, null]);
  });

  test('ends with a failure, and everything with it, when the hub dies', async () => {
    await start();
    const exited = once(npm!, 'exit');
    process.kill(named('hub/src/main.ts').pid, 'SIGKILL');
    await allGone(5000);
    assert.deepEqual(await exited, [1, null]);
  });

  test('leaves nothing behind when it is itself killed', async () => {
    await start();
    process.kill(named('scripts/start.ts').pid, 'SIGKILL');
    await allGone(5000);
  });

  test('refuses what the hub refuses, and says why', async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const refused = spawn('npm', ['start', '--', '--data', join(folder, 'data'), '--nonsense'], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [[code], said] = await Promise.all([once(refused, 'exit'), refused.stderr.toArray()]);
    assert.notEqual(code, 0);
    assert.match(said.join(''), /--nonsense/);
  });
});
