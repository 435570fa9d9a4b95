import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** How far a deployment that is under way has come: `<out>.partial`. What is done stands on the chain, not here. */
export interface Progress {
  readonly chainId: number;
  readonly genesisHash: string;
  readonly deployer: string;
  /** The nonce of the first step. */
  readonly startNonce: number;
  readonly configHash: string;
  /** Of the list of steps: it changes with the contracts' code too. */
  readonly planHash: string;
  /** Hashes of the transactions that were signed for a step, written before they are sent. */
  readonly sent: Readonly<Record<number, readonly string[]>>;
}

/** The JSON in a file; undefined when there is none. */
export function readJson<T>(file: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Error(`${file}: is no JSON`);
  }
}

/** Writes JSON so that a power cut leaves the old file or the new one. `check` may refuse what would be put in place. */
export async function writeJson(
  file: string,
  value: unknown,
  check?: (asWritten: string) => Promise<void>,
): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { flush: true });
  await check?.(unfinished);
  renameSync(unfinished, file);
  syncFolder(dirname(file));
}

export function removeFile(file: string): void {
  rmSync(file, { force: true });
  syncFolder(dirname(file));
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
