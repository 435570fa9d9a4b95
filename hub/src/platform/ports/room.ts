import type { Job } from './job.ts';
import type { Lane } from './lane.ts';
import type { OfficerMessages } from './officers.ts';
import type { Route } from './route.ts';
import type { Tx } from './store.ts';
import type { Hex } from './values.ts';

/** A finalized event of one of the building's contracts; integers as bigint, addresses and bytes as lower-case hex. */
export interface SeenEvent {
  readonly contract: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly txHash: Hex;
  readonly logIndex: number;
  readonly blockNumber: number;
  readonly atMs: number;
}

/** What a module hands to the house; `compose` takes it from every module in the same way. */
export interface Room {
  readonly routes?: readonly Route[];
  readonly jobs?: readonly Job[];
  readonly lanes?: readonly Lane[];
  /** What waits for officers' own wallets to sign. */
  readonly officerMessages?: OfficerMessages;
  /** Once per finalized event, in the chain's order, inside the watcher's unit of work. */
  onChainEvent?(tx: Tx, event: SeenEvent): void;
}
