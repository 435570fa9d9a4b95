/** Compiles the sources and writes `abi/*.json`: what the hub calls and what deploying needs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHardhatRuntimeEnvironment, importUserConfig } from 'hardhat/hre';
import { products } from './compiler.ts';

export { products } from './compiler.ts';

const root = dirname(fileURLToPath(import.meta.url));

/** A contract as it is committed. */
export interface CompiledContract {
  readonly contractName: string;
  readonly abi: readonly unknown[];
  readonly bytecode: string;
  readonly deployedBytecode: string;
  /** Where immutables lie in the deployed bytecode: the first byte of each 32-byte word, zero until the constructor ran. */
  readonly immutables: readonly number[];
}

/** Hardhat over this folder, wherever it is called from. */
export async function hardhat() {
  const configPath = join(root, 'hardhat.config.ts');
  return createHardhatRuntimeEnvironment(await importUserConfig(configPath), { config: configPath }, root);
}

/** Compiles (cached) and answers an artifact by its fully qualified name. */
export async function compile(): Promise<(qualifiedName: string) => Promise<CompiledContract>> {
  const hre = await hardhat();
  await hre.tasks.getTask('build').run({ quiet: true });
  return async (qualifiedName) => {
    const artifact = await hre.artifacts.readArtifact(qualifiedName);
    const { contractName, abi, bytecode, deployedBytecode, immutableReferences } = artifact;
    const immutables = Object.values(immutableReferences ?? {})
      .flat()
      .map(({ start }) => start)
      .sort((a, b) => a - b);
    return { contractName, abi, bytecode, deployedBytecode, immutables };
  };
}

/** The committed text of every product, by file name. */
export async function compileProducts(): Promise<Map<string, string>> {
  const artifact = await compile();
  const files = new Map<string, string>();
  for (const [name, qualifiedName] of Object.entries(products)) {
    files.set(`${name}.json`, `${JSON.stringify(await artifact(qualifiedName), null, 2)}\n`);
  }
  return files;
}

if (import.meta.main) {
  mkdirSync(join(root, 'abi'), { recursive: true });
  for (const [file, text] of await compileProducts()) {
    writeFileSync(join(root, 'abi', file), text);
    const size = ((JSON.parse(text) as CompiledContract).deployedBytecode.length - 2) / 2;
    console.log(`abi/${file}  ${size} bytes deployed`);
  }
}
