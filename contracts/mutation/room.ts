import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Shown } from './run-test.ts';

const contractsFolder = fileURLToPath(new URL('..', import.meta.url));
const copied = [
  'coop',
  'test/solidity',
  'test/contracts',
  'test/support',
  'bench',
  'hardhat.config.ts',
  'compiler.ts',
  'package.json',
];

/** A place of its own to show changed contracts to tests: the compiled ones, and a project with the sources. */
export function createRoom(folder: string, baseAbi: string): Shown {
  rmSync(folder, { recursive: true, force: true });
  const shown = {
    abiFolder: join(folder, 'abi'),
    projectFolder: join(folder, 'contracts'),
    tmpFolder: join(folder, 'tmp'),
  };
  cpSync(baseAbi, shown.abiFolder, { recursive: true });
  for (const each of copied) {
    const from = join(contractsFolder, each);
    if (existsSync(from)) cpSync(from, join(shown.projectFolder, each), { recursive: true });
  }
  return shown;
}
