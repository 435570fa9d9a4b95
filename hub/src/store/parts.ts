import { createCommitQueue } from './commit-queue.ts';
import { type Connection, openReader, openWriter } from './connection.ts';

/** What a database of the hub is kept with. Drills put faults in their place. */
export interface StoreParts {
  /** Throws when the file cannot be opened. */
  readonly openWriter: (path: string) => Connection;
  readonly openReader: (path: string, writer: Connection) => Connection;
  readonly createQueue: typeof createCommitQueue;
}

export const soundParts: StoreParts = { openWriter, openReader, createQueue: createCommitQueue };
