import { fail } from '../../platform/errors.ts';
import { type Reader, type Reads, type SeenEvent, type Store, system } from '../../platform/ports/index.ts';
import { pageBehind, type TimedLog } from '../chain-log.store.ts';
import type { Codec } from '../codec.ts';
import type { Deployment } from '../deployment.ts';
import { foldTransaction } from './fold.ts';
import {
  clearProjections,
  cursorOf,
  keepCursor,
  logsUpTo,
  projectedTransfers,
  type TransferRow,
} from './projections.store.ts';
import { differencesFrom, openFromState, type Subject } from './state-check.ts';

export interface Rebuilt {
  /** Logs that were folded. */
  readonly logs: number;
  readonly toBlock: number;
  /** Blocks before this one could not be read; what they did was taken from the chain's state. */
  readonly unreadTo?: number;
  /** Where the log and the chain's state at `finalized` disagree; empty when all is well. */
  readonly differences: readonly string[];
}

export interface Projector {
  /** Folds what was read since; begins anew by itself when the chain took something back. */
  follow(readNumber: number): Promise<void>;
  /** Forgets all of it and folds the kept log again, then compares with the chain's state. */
  rebuild(options?: { unreadTo?: number }): Promise<Rebuilt>;
  /** What differs from the chain's state now. Throws `chain_offline`. */
  check(): Promise<readonly string[]>;
  /** Newest first; `before` is the cursor of the page. */
  transfers(reader: Reader, before: number, limit: number): readonly TransferRow[];
}

interface ProjectorDeps {
  readonly store: Store;
  readonly codec: Codec;
  readonly reads: Reads;
  readonly deployment: () => Deployment | undefined;
  /** Whose ballots and locks are asked for, and what is known of them otherwise. */
  readonly subjects: (reader: Reader) => readonly Subject[];
}

const pageSize = 500;
const actor = system('projections');

/** What the finalized chain's events come to: balances, transfers with their reasons, ballots, locks, lots. */
export function createProjector({ store, codec, reads, deployment, subjects }: ProjectorDeps): Projector {
  let working: Promise<unknown> = Promise.resolve();
  let lastRead = -1;

  /** One at a time: a rebuild and the next blocks must not fold the same log twice. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = working.then(work, work);
    working = mine.catch(() => undefined);
    return mine;
  };

  function founded(): Deployment {
    const found = deployment();
    if (!found) throw fail('not_founded');
    return found;
  }
  const chainOf = ({ chainId, genesisHash }: Deployment): string => `${chainId}:${genesisHash}`;

  async function seen(row: TimedLog): Promise<SeenEvent> {
    const { contract, event: name, txHash, logIndex, blockNumber, atMs } = row;
    return {
      contract,
      name,
      args: (await codec.event(contract, row))?.args ?? {},
      txHash,
      logIndex,
      blockNumber,
      atMs,
    };
  }

  /** From nothing; what no log tells is taken from the chain's state. */
  async function begin(at: Deployment, unreadTo?: number): Promise<number> {
    const chain = chainOf(at);
    await store.act({ name: 'projections.clear', actor }, (tx) => clearProjections(tx, chain));
    const logs = await foldOn(at, lastRead, unreadTo);
    if (unreadTo !== undefined) await openFromState({ store, reads, chain, subjects }, { block: unreadTo });
    return logs;
  }

  /** Folds what lies between the cursor and `upTo`; each page and its cursor commit together. */
  async function foldOn(at: Deployment, upTo: number, unreadTo?: number): Promise<number> {
    const chain = chainOf(at);
    let block = store.read((reader) => cursorOf(reader, chain)?.block) ?? at.deployedAtBlock - 1;
    let count = 0;
    while (block < upTo) {
      const { rows, to } = store.read((reader) => pageBehind(reader, chain, block, upTo, pageSize));
      const events = await Promise.all(rows.map(seen));
      await store.act({ name: 'projections.fold', actor }, (tx) => {
        for (const transaction of Map.groupBy(events, ({ txHash }) => txHash).values())
          foldTransaction(tx, chain, transaction);
        keepCursor(tx, chain, { block: to, logs: logsUpTo(tx, chain, to), unreadTo });
        tx.audit({ toBlock: to, logs: events.length });
      });
      count += events.length;
      block = to;
    }
    return count;
  }

  return {
    follow: (readNumber) =>
      inTurn(async () => {
        const at = deployment();
        if (!at) return;
        lastRead = Math.max(lastRead, readNumber);
        const chain = chainOf(at);
        const cursor = store.read((reader) => cursorOf(reader, chain));
        const isSame = !cursor || store.read((reader) => logsUpTo(reader, chain, cursor.block)) === cursor.logs;
        if (!isSame) return void (await begin(at, cursor.unreadTo));
        // Idle blocks are not worth a commit each.
        const behind = cursor?.block ?? at.deployedAtBlock - 1;
        const { rows } = store.read((reader) => pageBehind(reader, chain, behind, readNumber, 1));
        if (rows.length > 0) await foldOn(at, readNumber, cursor?.unreadTo);
      }),

    rebuild: ({ unreadTo } = {}) =>
      inTurn(async () => {
        const at = founded();
        const logs = await begin(at, unreadTo);
        const differences = await differencesFrom({ store, reads, chain: chainOf(at), subjects });
        return { logs, toBlock: lastRead, unreadTo, differences };
      }),

    check: () => inTurn(() => differencesFrom({ store, reads, chain: chainOf(founded()), subjects })),

    transfers: (reader, before, limit) => {
      const at = deployment();
      return at ? projectedTransfers(reader, chainOf(at), before, limit) : [];
    },
  };
}
