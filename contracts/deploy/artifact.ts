import { readFileSync } from 'node:fs';
import { ContractFactory, Interface, type InterfaceAbi, type Signer } from 'ethers';

export type ContractName = 'AccessManager' | 'SeatRegistry' | 'Board' | 'FoodUSD' | 'GroupBuying' | 'ERC1967Proxy';

interface CommittedContract {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
}

/** A committed contract: ABI and creation bytecode. */
export function committed(name: ContractName): CommittedContract {
  return JSON.parse(readFileSync(new URL(`../abi/${name}.json`, import.meta.url), 'utf8')) as CommittedContract;
}

export function interfaceOf(name: ContractName): Interface {
  return new Interface(committed(name).abi);
}

export function factoryOf(name: ContractName, signer?: Signer): ContractFactory {
  const { abi, bytecode } = committed(name);
  return new ContractFactory(abi, bytecode, signer);
}
