import { id, type Wallet } from 'ethers';
import type { Building } from './building.ts';

const WEEK = 7 * 24 * 3600;
const types = {
  Call: [
    { name: 'target', type: 'address' },
    { name: 'data', type: 'bytes' },
    { name: 'salt', type: 'bytes32' },
    { name: 'validUntil', type: 'uint40' },
  ],
};

/** What two board keys do through the board: at once, or announced at the access manager for seven days. */
export function boardroomOf(building: Building) {
  let salt = 0;
  /** A call that the board signed, ready to be brought by anybody. */
  const signedCall = async (target: unknown, data: string, change: { by?: Wallet[]; validUntil?: number } = {}) => {
    const { boardroom, chainId, board, boardSign, now } = building;
    salt += 1;
    const value = { target, data, salt: id(`call ${salt}`), validUntil: change.validUntil ?? (await now()) + 3600 };
    const domain = { name: 'Stoop Board', version: '1', chainId, verifyingContract: String(boardroom.target) };
    const signatures = await boardSign(types, domain, value, change.by ?? board.slice(1));
    return [value.target, value.data, value.salt, value.validUntil, signatures] as const;
  };
  const execute = async (target: unknown, data: string) =>
    building.send(building.boardroom, 'execute', ...(await signedCall(target, data)));
  const managed = (fn: string, ...args: unknown[]): string => building.manager.interface.encodeFunctionData(fn, args);
  /** Schedules a call at the access manager and carries it out after its delay. */
  const delayed = async (target: unknown, data: string) => {
    await execute(building.manager.target, managed('schedule', target, data, 0));
    await building.warpTo((await building.now()) + WEEK + 1);
    return execute(building.manager.target, managed('execute', target, data));
  };
  return { signedCall, execute, managed, delayed };
}
