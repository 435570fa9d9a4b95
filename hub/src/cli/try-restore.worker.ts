import { type Trial, tryRestore } from './try-restore.ts';

/** Runs in a worker: a large file takes longer than the main thread may be held. */
export default (dataDir: string): Promise<Trial | undefined> => tryRestore(dataDir);
