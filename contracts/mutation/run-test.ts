import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
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

/** What a Solidity test imports from beside it: Hardhat knows a handler only when it compiled it under its own name. */
function besides(file: string, seen = new Set<string>()): string[] {
  const text = readFileSync(join(contractsFolder, file), 'utf8');
  for (const [, name] of text.matchAll(/from "(\.\/[^"]+\.sol)"/g)) {
    const path = posix.join(posix.dirname(file), name!);
    if (seen.has(path)) continue;
    seen.add(path);
    besides(path, seen);
  }
  return [...seen];
}

/** Runs a file of tests until its first failure. */
export async function runTest(file: string, shown: Shown, limitMs: number): Promise<Verdict> {
  mkdirSync(shown.tmpFolder, { recursive: true });
  const isSolidity = file.endsWith('.t.sol');
  const [command, args, cwd, failure] = isSolidity
    ? [hardhat, ['test', 'solidity', file, ...besides(file)], shown.projectFolder, /^ +1\) (.*)$/m]
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
