import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ContractFactory, Interface, type InterfaceAbi, type Signer } from 'ethers';

export type ContractName =
  | 'AccessManager'
  | 'SeatRegistry'
  | 'Board'
  | 'FoodUSD'
  | 'GroupBuying'
  | 'Parameters'
  | 'GroToken'
  | 'Issuing'
  | 'SeatLock'
  | 'CoopGovernor'
  | 'ERC1967Proxy';

interface CommittedContract {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
  readonly deployedBytecode: string;
  /** First bytes of the 32-byte words in the deployed bytecode that the constructor fills in. */
  readonly immutables: readonly number[];
}

/** Where tests try changed contracts (`npm run mutate`), STOOP_ABI_FOLDER names their folder. */
const committedFolder = process.env.STOOP_ABI_FOLDER
  ? pathToFileURL(`${process.env.STOOP_ABI_FOLDER}/`)
  : new URL('../abi/', import.meta.url);
const kept = new Map<string, CommittedContract>();

/** A committed contract, or another folder's of that name. */
export function committed(name: ContractName, folder: URL = committedFolder): CommittedContract {
  const { href } = new URL(`${name}.json`, folder);
  const contract = kept.get(href) ?? (JSON.parse(readFileSync(new URL(href), 'utf8')) as CommittedContract);
  kept.set(href, contract);
  return contract;
}

const interfaces = new Map<ContractName, Interface>();

export function interfaceOf(name: ContractName): Interface {
  const known = interfaces.get(name) ?? new Interface(committed(name).abi);
  interfaces.set(name, known);
  return known;
}

export function factoryOf(name: ContractName, signer?: Signer, folder?: URL): ContractFactory {
  const { abi, bytecode } = committed(name, folder);
  return new ContractFactory(abi, bytecode, signer);
}

/** What a transaction that creates the contract carries. */
export function creationCode(name: ContractName, args: readonly unknown[], folder?: URL): string {
  return committed(name, folder).bytecode + interfaceOf(name).encodeDeploy(args).slice(2);
}

/** Whether the code at an address is the contract's, whatever its constructor put into the immutables. */
export function isCodeOf(name: ContractName, code: string, folder?: URL): boolean {
  const { deployedBytecode, immutables } = committed(name, folder);
  if (code.length !== deployedBytecode.length) return false;
  const masked = Buffer.from(code.slice(2), 'hex');
  for (const start of immutables) masked.fill(0, start, start + 32);
  return masked.equals(Buffer.from(deployedBytecode.slice(2), 'hex'));
}
