import type { Sabotage } from '../../src/compose.ts';
import type { Journal } from '../../src/journal/index.ts';
import type { Lane } from '../../src/platform/ports/index.ts';
import { type CommitQueue, type Connection, soundParts } from '../../src/store/index.ts';

/** The faults by name. Each breaks one promise, and the drill must find it. */
const sabotages: Readonly<Record<string, () => Sabotage>> = {
  'ack-early': () => ({ parts: { createQueue: createHastyQueue, openReader: (_path, writer) => writer } }),
  'sync-off': () => ({ parts: { openWriter: openUnsynced } }),
  nullifier: () => ({ lane: (lane) => (lane.name === 'orders' ? believeMemory(lane) : lane) }),
  'hold-leak': () => ({ journal: leakHolds }),
};

export function sabotageNamed(name: string | undefined): Sabotage | undefined {
  if (name === undefined) return undefined;
  const make = sabotages[name];
  if (!make) throw new Error(`there is no sabotage ${name}`);
  return make();
}

const lateMs = 250;

/** Answers at once, and commits a quarter of a second later. */
function createHastyQueue(db: Connection): CommitQueue {
  let commits = 0;
  let timer: NodeJS.Timeout | undefined;

  function commit(): void {
    clearTimeout(timer);
    if (!db.inTransaction) return;
    db.exec('COMMIT');
    commits++;
  }

  return {
    async push(work) {
      if (!db.inTransaction) {
        db.exec('BEGIN IMMEDIATE');
        timer = setTimeout(commit, lateMs);
      }
      db.exec('SAVEPOINT action');
      try {
        const value = work();
        db.exec('RELEASE action');
        return value;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK TO action; RELEASE action');
        throw error;
      }
    },
    close: commit,
    get commits() {
      return commits;
    },
  };
}

/** Leaves it to the operating system when anything reaches the disk. */
function openUnsynced(path: string): Connection {
  const db = soundParts.openWriter(path);
  db.pragma('synchronous = OFF');
  return db;
}

/** Holds for settled what this process remembers to have sent, and reads no nullifier; a restart forgets. */
function believeMemory(lane: Lane): Lane {
  const sent = new Set<string>();
  return {
    ...lane,
    prepare(items, reader) {
      for (const { id } of items) sent.add(id);
      return lane.prepare(items, reader);
    },
    landed: async (items) => items.map(({ id }) => sent.has(id)),
  };
}

const leakEvery = 3;

/** Now and then the money of a line that ended stays set aside. */
function leakHolds(journal: Journal): Journal {
  let releases = 0;
  return {
    ...journal,
    release(tx, holdId, reason) {
      releases++;
      if (releases % leakEvery !== 0) journal.release(tx, holdId, reason);
    },
  };
}
