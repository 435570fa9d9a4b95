import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { analyse, sourcesBelow } from './compiler.ts';
import { generate, type Mutant } from './generate.ts';
import { runTest, type Shown } from './run-test.ts';
import { leftOut, pathOf, testsFor, testsOf } from './tests.ts';
import { compileInto, type Result, tryMutant } from './trial.ts';

const VAULT = { name: 'Vault', qualifiedName: 'mutation/fixture/Vault.sol:Vault' };
const TESTS = 'mutation/fixture/vault.tests.ts';
const contractsFolder = new URL('..', import.meta.url);

describe('a mutant that is tried', () => {
  let folder: string;
  let baseAbi: string;
  let shown: Shown;
  const mutants = generate(analyse(['mutation/fixture/Vault.sol']));
  const compiled = (): string => readFileSync(join(shown.abiFolder, 'Vault.json'), 'utf8');
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-mutation-'));
    baseAbi = join(folder, 'base');
    shown = { abiFolder: join(folder, 'abi'), projectFolder: join(folder, 'project'), tmpFolder: join(folder, 'tmp') };
    for (const each of [baseAbi, shown.abiFolder]) {
      mkdirSync(each);
      compileInto(VAULT, each);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  const attempt = (line: number, operator: string, limitMs = 60_000, change = ''): Promise<Result> => {
    const mutant = mutants.find(
      (each: Mutant) => each.line === line && each.operator === operator && each.after.endsWith(change),
    );
    return tryMutant(mutant!, [VAULT], [{ file: TESTS, limitMs }], shown, baseAbi);
  };

  it('passes its tests unchanged', async () => {
    assert.equal((await runTest(TESTS, shown, 60_000)).failed, undefined);
  });

  it('is killed where a check is tested, and survives where none is', async () => {
    const before_ = compiled();
    assert.deepEqual(await attempt(40, 'removed check'), {
      outcome: 'killed',
      by: `${TESTS}: what was put can be taken, no more`,
    });
    assert.deepEqual(await attempt(34, 'removed check'), { outcome: 'survived' });
    assert.equal(compiled(), before_);
    assert.equal(existsSync(shown.tmpFolder), false);
  });

  it('is killed when its tests do not end in time', async () => {
    assert.deepEqual(await attempt(34, 'removed check', 1), { outcome: 'killed', by: `${TESTS}: it took too long` });
  });

  it('does not count when it does not compile or changes nothing', async () => {
    assert.deepEqual(await attempt(17, 'boundary', 1, '+ 1)'), { outcome: 'does not compile' });
    assert.deepEqual(await attempt(17, 'boundary', 1, '- 1)'), { outcome: 'same bytecode' });
  });
});

describe('the table of tests', () => {
  const inFolder = (folder: string, end: string): string[] =>
    readdirSync(new URL(folder, contractsFolder))
      .filter((each) => each.endsWith(end))
      .map((each) => each.slice(0, -end.length));

  it('speaks for every source that a mutant can be made of', () => {
    const files = new Set(generate(analyse(sourcesBelow('coop'))).map((each) => each.file));
    assert.deepEqual(
      [...files].filter((file) => testsFor(file).length === 0),
      [],
    );
  });

  it('names every test there is, or says why it is left out', () => {
    const named = [...testsOf.flatMap(([, names]) => names), ...Object.keys(leftOut)];
    const there = [...inFolder('test/', '.test.ts'), ...inFolder('test/solidity/', '.t.sol')];
    assert.deepEqual([...new Set(named)].sort(), there.sort());
    for (const name of named) assert.ok(existsSync(new URL(pathOf(name), contractsFolder)));
  });
});
