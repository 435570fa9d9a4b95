import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { members } from '../process-group.ts';
import type { Step } from './parts.ts';
import { runStep } from './run-step.ts';

describe('a step of npm test', () => {
  let root = '';
  const groups: number[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'step-'));
  });
  afterEach(() => {
    for (const group of groups.splice(0)) assert.deepEqual(members(group), []);
    rmSync(root, { recursive: true });
  });

  const run = (step: Omit<Step, 'name'>, limits: { limitMs?: number; silenceMs?: number } = {}) => {
    // The runner of this very test must not be taken for the one of the tests it runs.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return runStep(
      { name: 'one', ...step },
      {
        root,
        env,
        echo: false,
        limitMs: 60_000,
        silenceMs: 60_000,
        onStart: (group) => groups.push(group.pid),
        ...limits,
      },
    );
  };
  const tests = (source: string) => {
    writeFileSync(
      join(root, 'some.test.mjs'),
      `import { test } from 'node:test';\nimport assert from 'node:assert';\n${source}`,
    );
    return run({ command: 'node', args: ['--test', '*.test.mjs'], counts: 'node' });
  };
  const script = (source: string) => ({ command: 'node', args: ['-e', source], counts: 'check' }) as const;

  test('counts passed and failed tests, in suites and out of them', async () => {
    const outcome = await tests(`import { describe } from 'node:test';
      test('a', () => {}); describe('s', () => { test('b', () => {}); test('c', () => assert.equal(1, 2)); });`);
    assert.deepEqual([outcome.passed, outcome.failed, outcome.reason], [2, 1, undefined]);
    assert.match(readFileSync(outcome.logPath, 'utf8'), /1 == 2/);
  });

  test('takes skipped tests and tests left to do for failures', async () => {
    const outcome = await tests(`test('a', () => {}); test.skip('b', () => {}); test.todo('c');`);
    assert.deepEqual([outcome.passed, outcome.failed], [1, 2]);
    assert.match(outcome.reason ?? '', /2 tests were skipped/);
  });

  test('fails when there are no tests', async () => {
    const outcome = await run({ command: 'node', args: ['--test', 'none/*.test.ts'], counts: 'node' });
    assert.deepEqual([outcome.passed, outcome.failed, outcome.reason], [0, 1, 'found no tests']);
  });

  test('fails when the runner itself breaks', async () => {
    const outcome = await run({ command: 'node', args: ['--no-such-flag'], counts: 'node' });
    assert.equal(outcome.failed, 1);
    assert.match(outcome.reason ?? '', /ended with code 9/);
  });

  test('counts a check as one', async () => {
    const well = await run(script(''));
    const ill = await run(script('process.exitCode = 3'));
    assert.deepEqual([well.passed, well.failed, ill.passed, ill.failed], [1, 0, 0, 1]);
  });

  test('reads the summary of Hardhat', async () => {
    const outcome = await run({
      ...script(`console.log('  12 passing (3 solidity)\\n  2 failing'); process.exitCode = 1`),
      counts: 'hardhat',
    });
    assert.deepEqual([outcome.passed, outcome.failed], [12, 2]);
  });

  test('kills and reports what it leaves behind', async () => {
    const outcome = await run(
      script(`require('node:child_process').spawn('sleep', ['1000'], { stdio: 'ignore' }).unref()`),
    );
    assert.equal(outcome.failed, 1);
    assert.match(outcome.reason ?? '', /left processes behind: \d+ sleep 1000/);
  });

  test('is ended with its children when it takes too long', async () => {
    const outcome = await run(
      script(`require('node:child_process').spawn('sleep', ['1000']); setInterval(() => {}, 1000)`),
      { limitMs: 300 },
    );
    assert.equal(outcome.failed, 1);
    assert.match(outcome.reason ?? '', /took longer/);
    assert.ok(existsSync(outcome.logPath));
  });

  test('is ended when it says nothing for too long, and not while it says something', async () => {
    const outcome = await run(
      script(`let n = 0; const t = setInterval(() => { console.log(n); if (++n > 8) clearInterval(t); }, 300);
      setInterval(() => {}, 1000)`),
      { silenceMs: 2000 },
    );
    assert.match(outcome.reason ?? '', /said nothing/);
    assert.match(readFileSync(outcome.logPath, 'utf8'), /8/);
  });
});
