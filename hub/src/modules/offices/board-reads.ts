import type { Call, DeclaredCall, Hex, Reads } from '../../platform/ports/index.ts';

type At = 'latest' | 'finalized';

/** What is asked of the contracts about the board and what it has announced. */
export const boardCalls: readonly DeclaredCall[] = [
  { contract: 'SeatRegistry', fn: 'isBoard', inputs: ['address'] },
  { contract: 'SeatRegistry', fn: 'threshold', inputs: [] },
  { contract: 'SeatRegistry', fn: 'board', inputs: [] },
  { contract: 'SeatRegistry', fn: 'boardRevision', inputs: [] },
  { contract: 'Board', fn: 'isDone', inputs: ['bytes32'] },
  { contract: 'AccessManager', fn: 'canCall', inputs: ['address', 'address', 'bytes4'] },
  { contract: 'AccessManager', fn: 'hashOperation', inputs: ['address', 'address', 'bytes'] },
  { contract: 'AccessManager', fn: 'getSchedule', inputs: ['bytes32'] },
];

const ask = <T>(reads: Reads, call: Call, at: At = 'latest') => reads.read<T>(call, at);

export const boardRevisionOf = async (reads: Reads, at: At): Promise<number> =>
  Number(await ask<bigint>(reads, { contract: 'SeatRegistry', fn: 'boardRevision', args: [] }, at));

export const boardOf = (reads: Reads): Promise<Hex[]> =>
  ask(reads, { contract: 'SeatRegistry', fn: 'board', args: [] });

/** The board's account carries a message once. */
export const isDone = (reads: Reads, digest: Hex, at: At): Promise<boolean> =>
  ask(reads, { contract: 'Board', fn: 'isDone', args: [digest] }, at);

/** How long the access manager has the caller announce that call before it may make it, seconds; 0 when it may at once. */
export async function delayOf(reads: Reads, caller: Hex, target: Hex, data: Hex): Promise<number> {
  const args = [caller, target, data.slice(0, 10)];
  type Answer = { immediate: boolean; delay: bigint };
  const { delay } = await ask<Answer>(reads, { contract: 'AccessManager', fn: 'canCall', args });
  return Number(delay);
}

/** From when the announced operation may be carried out, seconds since 1970; 0 when it is not announced or has run out. */
export async function scheduledAt(reads: Reads, caller: Hex, target: Hex, data: Hex): Promise<number> {
  const id = await ask<Hex>(reads, { contract: 'AccessManager', fn: 'hashOperation', args: [caller, target, data] });
  return Number(await ask<bigint>(reads, { contract: 'AccessManager', fn: 'getSchedule', args: [id] }));
}
