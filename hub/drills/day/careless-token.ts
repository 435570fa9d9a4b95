import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '../../..');
const contracts = join(root, 'contracts');

/** The line that uses up a signature, and the file that it is in. */
const guard = { file: 'coop/foodusd/Spends.sol', line: 'used |= bit;' };

interface Solc {
  compile(input: string, callbacks: { import: (path: string) => { contents: string } | { error: string } }): string;
}

interface Code {
  readonly object: string;
  readonly immutableReferences?: Readonly<Record<string, readonly { start: number }[]>>;
}

interface Output {
  readonly errors?: readonly { severity: string; formattedMessage: string }[];
  readonly contracts?: Record<
    string,
    Record<string, { abi: unknown; evm: { bytecode: Code; deployedBytecode: Code } }>
  >;
}

/** A source as the compiler asks for it; the token's guard is taken out. */
function sourceOf(path: string): string {
  const folder = path.startsWith('@') ? join(root, 'node_modules') : contracts;
  const text = readFileSync(join(folder, path), 'utf8');
  if (path !== guard.file) return text;
  if (text.split(guard.line).length !== 2) throw new Error(`${guard.file}: holds \`${guard.line}\` not just once`);
  return text.replace(guard.line, '');
}

function compile(): object {
  const path = 'coop/FoodUSD.sol';
  const input = {
    language: 'Solidity',
    sources: { [path]: { content: sourceOf(path) } },
    settings: {
      viaIR: true,
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 1 },
      outputSelection: { [path]: { FoodUSD: ['abi', 'evm.bytecode.object', 'evm.deployedBytecode'] } },
    },
  };
  const solc = require('solc') as Solc;
  const answer = solc.compile(JSON.stringify(input), { import: (wanted) => ({ contents: sourceOf(wanted) }) });
  const output = JSON.parse(answer) as Output;
  const made = output.contracts?.[path]?.FoodUSD;
  if (!made) throw new Error(output.errors?.map((error) => error.formattedMessage).join('\n') ?? 'solc says nothing');
  const { bytecode, deployedBytecode } = made.evm;
  const immutables = Object.values(deployedBytecode.immutableReferences ?? {}).flat();
  return {
    abi: made.abi,
    bytecode: `0x${bytecode.object}`,
    deployedBytecode: `0x${deployedBytecode.object}`,
    immutables: immutables.map(({ start }) => start),
  };
}

const filesOf = (folder: string): string[] =>
  readdirSync(join(contracts, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/**
 * A folder of the building's contracts in which Food-USD verifies spends and never uses them up. Compiled from the real
 * source (about 20 s) when that has changed. For a drill's own building and nothing else.
 */
export function carelessContracts(): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const file of ['coop', 'abi'].flatMap(filesOf)) hash.update(readFileSync(file));
  const folder = join(root, '.cache', `careless-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  cpSync(join(contracts, 'abi'), unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'FoodUSD.json'), JSON.stringify({ contractName: 'FoodUSD', ...compile() }));
  renameSync(unfinished, folder);
  return folder;
}
