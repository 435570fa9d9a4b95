import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Group, startGroup } from '../../scripts/process-group.ts';

const contractsFolder = fileURLToPath(new URL('..', import.meta.url));
const reporter = fileURLToPath(new URL('first-failure.ts', import.meta.url));
const hardhat = fileURLToPath(new URL('../../node_modules/.bin/hardhat', import.meta.url));

export interface Verdict {
  /** The first test that failed, or `it took too long`; undefined when all passed. */
  readonly failed: string | undefined;
  readonly tookMs: number;
}

/** The contracts that tests are shown. */
export interface Shown {
  /** Compiled, as `abi/` is: for tests of node:test. */
  readonly abiFolder: string;
  /** As sources in a project of their own: for Hardhat's. */
  readonly projectFolder: string;
  /** For whatever the tests write. */
  readonly tmpFolder: string;
}

const living = new Set<Group>();

/** Ends the tests that run now; for a program that is told to stop. */
export const endTests = (): Promise<unknown> => Promise.all([...living].map((group) => group.sweep()));

const proxy = 'npm:@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol';

/** The source of a contract that Solidity tests deploy by its name. */
const sourceOf = (name: string): string =>
  ['coop', 'bench', 'test/contracts', 'test/solidity']
    .map((folder) => `${folder}/${name}.sol`)
    .find((path) => existsSync(join(contractsFolder, path))) ?? proxy;

/** What a Solidity test needs to be compiled under its own name: itself, what it imports from beside it, and what it deploys. */
function neededBy(file: string, seen = new Set<string>()): Set<string> {
  seen.add(file);
  if (!file.startsWith('test/solidity/')) return seen;
  const text = readFileSync(join(contractsFolder, file), 'utf8');
  const imported = [...text.matchAll(/from "(\.\/[^"]+\.sol)"/g)].map(([, name]) => posix.join('test/solidity', name!));
  const deployed = [...text.matchAll(/deploy(?:Proxy)?\("(\w+)"/g)].map(([, name]) => sourceOf(name!));
  for (const path of [...imported, ...deployed]) if (!seen.has(path)) neededBy(path, seen);
  return seen;
}

/** Compiles what a Solidity test needs, and runs it. */
const compileAndTest = '"$0" build --quiet "$@" && exec "$0" test solidity --no-compile "$1"';

/** Runs a file of tests until its first failure. */
export async function runTest(file: string, shown: Shown, limitMs: number): Promise<Verdict> {
  mkdirSync(shown.tmpFolder, { recursive: true });
  const isSolidity = file.endsWith('.t.sol');
  const [command, args, cwd, failure] = isSolidity
    ? ['sh', ['-c', compileAndTest, hardhat, ...neededBy(file)], shown.projectFolder, /^ +1\) (.*)$/m]
    : [
        process.execPath,
        [`--test-reporter=${reporter}`, join(contractsFolder, file)],
        contractsFolder,
        /^failed: (.*)$/m,
      ];
  const startedAtMs = performance.now();
  // Where it is set, node:test speaks to a parent runner instead of its reporter.
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const group = await startGroup(command, args, {
    cwd,
    env: { ...inherited, NO_COLOR: '1', STOOP_ABI_FOLDER: shown.abiFolder, TMPDIR: shown.tmpFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  living.add(group);
  let said = '';
  let failed: string | undefined;
  const end = (reason: string): void => {
    failed ??= reason;
    void group.sweep();
  };
  group.child.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    // Only whole lines.
    const found = failure.exec(said.slice(0, said.lastIndexOf('\n') + 1));
    if (found) end(found[1]!);
  });
  group.child.stderr!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const limit = setTimeout(end, limitMs, 'it took too long');
  const [{ code }] = await Promise.all([group.exited, once(group.child.stdout!, 'close')]);
  clearTimeout(limit);
  await group.sweep();
  living.delete(group);
  if (failed === undefined && code !== 0) {
    // Hardhat says which test failed; anything else is no answer about the contract.
    if (isSolidity) throw new Error(`${file} could not be run:\n${said}`);
    failed = `ended with code ${code}`;
  }
  return { failed, tookMs: performance.now() - startedAtMs };
}
