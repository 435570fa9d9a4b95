import type { Call, Hex } from '../../platform/ports/index.ts';

/** Offices that are given and taken by the board. The board itself is changed by `rotate`. */
export const changedOffices = ['relayer', 'guardian', 'minter', 'attestor', 'certifier', 'steward'] as const;
export type ChangedOffice = (typeof changedOffices)[number];

/** Who shall hold an office, or shall no longer. */
export interface OfficeHolder {
  readonly office: ChangedOffice;
  readonly action: 'name' | 'remove';
  readonly address: Hex;
  /** What a minter may have minted in a day (UTC), micro-units. */
  readonly allowanceMicros?: number;
}

/** Roles of the access manager that the board gives at once (`contracts/README.md`). */
const roles: Partial<Record<ChangedOffice, number>> = { relayer: 1, guardian: 4 };

/** The call that brings the change about, made by the board's account. */
export function callOf({ office, action, address, allowanceMicros = 0 }: OfficeHolder): Call {
  const role = roles[office];
  if (role !== undefined)
    return action === 'name'
      ? { contract: 'AccessManager', fn: 'grantRole', args: [role, address, 0] }
      : { contract: 'AccessManager', fn: 'revokeRole', args: [role, address] };
  const contract = office === 'minter' || office === 'attestor' ? 'FoodUSD' : 'GroToken';
  const name = `${office[0]!.toUpperCase()}${office.slice(1)}`;
  if (action === 'remove') return { contract, fn: `remove${name}`, args: [address] };
  return { contract, fn: `set${name}`, args: office === 'minter' ? [address, allowanceMicros] : [address, true] };
}

/** What is announced in the access manager and, after its delay, carried out by it. */
export const scheduled = (target: Hex, data: Hex): { announce: Call; carry: Call } => ({
  announce: { contract: 'AccessManager', fn: 'schedule', args: [target, data, 0] },
  carry: { contract: 'AccessManager', fn: 'execute', args: [target, data] },
});
