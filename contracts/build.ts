/** Compiles the sources and writes `abi/*.json`: what the hub calls and what deploying needs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHardhatRuntimeEnvironment, importUserConfig } from 'hardhat/hre';

const root = dirname(fileURLToPath(import.meta.url));

/** Where each committed ABI comes from, by contract name. */
export const products: Readonly<Record<string, string>> = {
  SeatRegistry: 'coop/SeatRegistry.sol:SeatRegistry',
  Board: 'coop/Board.sol:Board',
  FoodUSD: 'coop/FoodUSD.sol:FoodUSD',
  GroupBuying: 'coop/GroupBuying.sol:GroupBuying',
  Parameters: 'coop/Parameters.sol:Parameters',
  CoopGovernor: 'coop/CoopGovernor.sol:CoopGovernor',
  GroToken: 'coop/GroToken.sol:GroToken',
  // The GRO token makes it with itself and runs it as its own code.
  Issuing: 'coop/grotoken/Issuing.sol:Issuing',
  SeatLock: 'coop/SeatLock.sol:SeatLock',
  AccessManager: '@openzeppelin/contracts/access/manager/AccessManager.sol:AccessManager',
  ERC1967Proxy: '@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol:ERC1967Proxy',
};

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
