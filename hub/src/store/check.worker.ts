import { openReader, quickCheck } from './connection.ts';

/** Runs in a worker: a large file takes longer than the main thread may be held. */
export default function check(path: string): string[] {
  const db = openReader(path);
  try {
    return quickCheck(db);
  } finally {
    db.close();
  }
}
