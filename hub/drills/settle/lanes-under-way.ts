import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createReader, openReader } from '../../src/store/index.ts';

const sent = `SELECT DISTINCT lane FROM intents WHERE state IN ('sent', 'landed')`;

/** Lanes of which the building in `dir` has sent something that is not final yet; none while its store is being put back. */
export function lanesUnderWay(dir: string): string[] {
  const path = join(dir, 'stoop.db');
  if (!existsSync(path)) return [];
  const db = openReader(path);
  try {
    return createReader(db)
      .prepare(sent)
      .all<{ lane: string }>()
      .map(({ lane }) => lane);
  } finally {
    db.close();
  }
}
