import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompiledContract } from '../build.ts';
import { compileOne, DoesNotCompile } from './compiler.ts';
import type { Mutant } from './generate.ts';
import { runTest, type Shown } from './run-test.ts';
import { Source } from './syntax.ts';

const contractsFolder = fileURLToPath(new URL('..', import.meta.url));

/** A test and how long it may take. */
export interface Limited {
  readonly file: string;
  readonly limitMs: number;
}

export type Result =
  | { readonly outcome: 'does not compile' | 'same bytecode' | 'survived' }
  | { readonly outcome: 'killed'; readonly by: string };

/** A contract by the name that tests know it by and the one that the compiler knows. */
export interface Product {
  readonly name: string;
  readonly qualifiedName: string;
}

/** Compiles a product from the sources as they are and writes it into a folder. */
export function compileInto({ name, qualifiedName }: Product, folder: string): void {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(compileOne(qualifiedName)));
}

/** Tries one mutant: compiles the products that hold its source, and shows them to the tests until one fails. */
export async function tryMutant(
  mutant: Mutant,
  products: readonly Product[],
  tests: readonly Limited[],
  shown: Shown,
  baseAbi: string,
): Promise<Result> {
  const source = join(shown.projectFolder, mutant.file);
  const original = readFileSync(join(contractsFolder, mutant.file), 'utf8');
  const text = new Source(original).with(mutant, mutant.after);
  const compiled = new Map<string, CompiledContract>();
  try {
    for (const { name, qualifiedName } of products)
      compiled.set(name, compileOne(qualifiedName, { [mutant.file]: text }));
  } catch (error) {
    if (error instanceof DoesNotCompile) return { outcome: 'does not compile' };
    throw error;
  }
  const changed = [...compiled].filter(([name, { bytecode }]) => bytecode !== bytecodeIn(baseAbi, name));
  if (changed.length === 0) return { outcome: 'same bytecode' };
  mkdirSync(dirname(source), { recursive: true });
  try {
    for (const [name, contract] of changed)
      writeFileSync(join(shown.abiFolder, `${name}.json`), JSON.stringify(contract));
    writeFileSync(source, text);
    for (const { file, limitMs } of tests) {
      const { failed } = await runTest(file, shown, limitMs);
      if (failed !== undefined) return { outcome: 'killed', by: `${file}: ${failed}` };
    }
    return { outcome: 'survived' };
  } finally {
    for (const [name] of changed) cpSync(join(baseAbi, `${name}.json`), join(shown.abiFolder, `${name}.json`));
    writeFileSync(source, original);
    rmSync(shown.tmpFolder, { recursive: true, force: true });
  }
}

const bytecodeIn = (folder: string, name: string): string =>
  (JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as CompiledContract).bytecode;
