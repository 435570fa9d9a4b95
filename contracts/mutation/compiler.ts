import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompiledContract } from '../build.ts';
import { settingsOf } from '../compiler.ts';
import type { Analysed } from './generate.ts';
import { isNode, type SyntaxNode } from './syntax.ts';

const require = createRequire(import.meta.url);
/** The folder of the contracts: what the names of sources count from. */
const contractsFolder = fileURLToPath(new URL('..', import.meta.url));

interface Solc {
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string;
}
interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly sources?: Readonly<Record<string, { readonly ast: SyntaxNode }>>;
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, CompiledOutput>>>>;
}
interface CompiledOutput {
  readonly abi: readonly unknown[];
  readonly evm: {
    readonly bytecode: { readonly object: string };
    readonly deployedBytecode: {
      readonly object: string;
      readonly immutableReferences?: Readonly<Record<string, readonly { readonly start: number }[]>>;
    };
  };
}

/** What a source is refused for. */
export class DoesNotCompile extends Error {}

let loaded: Solc | undefined;
/** The compiler of the dependencies; loading it takes a moment, so that only who compiles does it. */
const solc = (): Solc => {
  loaded ??= require('solc') as Solc;
  return loaded;
};

const read = (name: string): string =>
  readFileSync(name.startsWith('@') ? require.resolve(name) : join(contractsFolder, name), 'utf8');

/** What a compilation reads instead of the files, by name. */
export type Replaced = Readonly<Record<string, string>>;

function run(roots: readonly string[], outputSelection: object, replaced: Replaced): Output {
  const content = (name: string): string => replaced[name] ?? read(name);
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(roots.map((name) => [name, { content: content(name) }])),
    settings: { ...settingsOf(roots[0]), outputSelection },
  };
  const callbacks = {
    import: (name: string) => {
      try {
        return { contents: content(name) };
      } catch (error) {
        return { error: (error as Error).message };
      }
    },
  };
  const output = JSON.parse(solc().compile(JSON.stringify(input), callbacks)) as Output;
  const wrong = output.errors?.find((each) => each.severity === 'error');
  if (wrong) throw new DoesNotCompile(wrong.formattedMessage);
  return output;
}

/** Our own sources below a folder, by their names from the contracts' folder. */
export function sourcesBelow(folder: string): string[] {
  return readdirSync(join(contractsFolder, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sol'))
    .map((entry) => join(entry.parentPath, entry.name).slice(contractsFolder.length))
    .sort();
}

/** The syntax trees of sources. Of one call: their ids refer to each other. */
export function analyse(names: readonly string[], replaced: Replaced = {}): Analysed[] {
  const output = run(names, { '*': { '': ['ast'] } }, replaced);
  return names.map((file) => ({
    file,
    text: replaced[file] ?? read(file),
    tree: output.sources![file]!.ast,
  }));
}

/** Each source with all that it imports, itself first. */
export function importsOf(sources: readonly Analysed[]): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map(
    sources.map(({ file, tree }) => [
      file,
      (tree.nodes as unknown[])
        .filter(isNode)
        .filter((node) => node.nodeType === 'ImportDirective')
        .map((node) => posix.normalize(String(node.absolutePath))),
    ]),
  );
  const reach = (file: string, seen: Set<string>): Set<string> => {
    if (!seen.has(file)) {
      seen.add(file);
      for (const next of direct.get(file) ?? []) reach(next, seen);
    }
    return seen;
  };
  return new Map([...direct.keys()].map((file) => [file, reach(file, new Set())]));
}

/** Compiles one contract as the project does, and nothing else. Throws DoesNotCompile. */
export function compileOne(qualifiedName: string, replaced: Replaced = {}): CompiledContract {
  const [source, name] = qualifiedName.split(':') as [string, string];
  const deployed = ['object', 'immutableReferences'].map((each) => `evm.deployedBytecode.${each}`);
  const wanted = ['abi', 'evm.bytecode.object', ...deployed];
  const output = run([source], { [source]: { [name]: wanted } }, replaced);
  const { abi, evm } = output.contracts![source]![name]!;
  return {
    contractName: name,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
    immutables: Object.values(evm.deployedBytecode.immutableReferences ?? {})
      .flat()
      .map(({ start }) => start)
      .sort((a, b) => a - b),
  };
}
