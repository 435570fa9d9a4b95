import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CompilerSettings, products, settingsOf } from '../compiler.ts';
import type { ContractName } from './artifact.ts';

const require = createRequire(import.meta.url);
const contractsFolder = fileURLToPath(new URL('..', import.meta.url));

/** Everything that a compiler needs to make a contract's code again, as `solc --standard-json` takes it. */
export interface StandardInput {
  readonly language: 'Solidity';
  readonly sources: Readonly<Record<string, { readonly content: string }>>;
  readonly settings: CompilerSettings & { readonly outputSelection: object };
}

const sourceOf = (name: string): string =>
  readFileSync(name.startsWith('@') ? require.resolve(name) : join(contractsFolder, name), 'utf8');

/** Where the contract's source is and what it is called there: `file.sol:Name`. */
export const qualifiedNameOf = (contract: ContractName): string => products[contract]!;

/** The contract's source with all that it imports, and how it is compiled. */
export function standardInput(contract: ContractName): StandardInput {
  const [root, name] = qualifiedNameOf(contract).split(':') as [string, string];
  const sources: Record<string, { content: string }> = {};
  const include = (path: string): void => {
    if (sources[path]) return;
    const content = sourceOf(path);
    sources[path] = { content };
    for (const [, imported] of content.matchAll(/^\s*import\s[^;"']*["']([^"']+)["']/gm)) {
      include(imported!.startsWith('.') ? posix.join(posix.dirname(path), imported!) : imported!);
    }
  };
  include(root);
  const outputSelection = { [root]: { [name]: ['abi', 'evm.bytecode', 'evm.deployedBytecode'] } };
  return { language: 'Solidity', sources, settings: { ...settingsOf(root), outputSelection } };
}

/** The compiler's version as explorers name it: with its commit. */
export function longCompilerVersion(): string {
  const version = (require('solc') as { version(): string }).version();
  return version.split('.Emscripten')[0]!;
}
