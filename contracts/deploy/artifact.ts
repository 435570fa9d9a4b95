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
  | 'SeatLock'
  | 'CoopGovernor'
  | 'ERC1967Proxy';

interface CommittedContract {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
}

/** Where tests try changed contracts (`npm run mutate`), STOOP_ABI_FOLDER names their folder. */
const committedFolder = process.env.STOOP_ABI_FOLDER
  ? pathToFileURL(`${process.env.STOOP_ABI_FOLDER}/`)
  : new URL('../abi/', import.meta.url);

/** A committed contract, or another folder's of that name: ABI and creation bytecode. */
export function committed(name: ContractName, folder: URL = committedFolder): CommittedContract {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as CommittedContract;
}

export function interfaceOf(name: ContractName): Interface {
  return new Interface(committed(name).abi);
}

export function factoryOf(name: ContractName, signer?: Signer, folder?: URL): ContractFactory {
  const { abi, bytecode } = committed(name, folder);
  return new ContractFactory(abi, bytecode, signer);
}
