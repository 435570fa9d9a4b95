import type { Contract, ContractTransactionReceipt } from 'ethers';
import type { Building } from './building.ts';

/** The events of one name in a receipt, as plain objects. */
export function eventsOf(
  contract: Contract,
  receipt: ContractTransactionReceipt,
  name: string,
): Record<string, unknown>[] {
  return receipt.logs
    .filter((log) => log.address === contract.target)
    .map((log) => contract.interface.parseLog(log))
    .filter((event) => event?.name === name)
    .map((event) => event!.args.toObject());
}

/** The custom error that a call reverts with: `Name(arg,arg)`. */
export async function revertOf(contract: Contract, call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const data = (error as { data?: string; info?: { error?: { data?: string | { data?: string } } } }).data;
    const parsed = data ? contract.interface.parseError(data) : null;
    if (parsed) return `${parsed.name}(${parsed.args.join(',')})`;
    throw error;
  }
  return 'did not revert';
}

/** Why the orders of a transaction were skipped, decoded. */
export async function skippedBecause(
  building: Building,
  receipt: ContractTransactionReceipt,
  book = building.book,
): Promise<string[]> {
  return eventsOf(book, receipt, 'OrderSkipped').map((each) => {
    for (const contract of [building.book, building.token]) {
      const error = contract.interface.parseError(String(each.reason));
      if (error) return `${error.name}(${error.args.join(',')})`;
    }
    // A library's errors stand in no contract's ABI that a call passes through.
    return String(each.reason);
  });
}
