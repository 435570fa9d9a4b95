import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One block of the chain: the transaction that made it, none for a block mined by a test method. */
export interface LoggedBlock {
  readonly height: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly raw?: string;
}

/** Syncs a folder, so that a file created in it survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The accepted blocks, one JSON line each; a line counts once its newline is on disk. */
export interface TransactionLog {
  readonly blocks: readonly LoggedBlock[];
  /** Resolves when the line is synced. */
  append(block: LoggedBlock): Promise<void>;
  /** Forgets the blocks above a height (a test method went back). */
  cutAbove(height: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the log and drops a torn last line, which was never answered. Throws when a line before it cannot be read. */
export async function openTransactionLog(file: string): Promise<TransactionLog> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+');
  const blocks: LoggedBlock[] = [];
  const ends: number[] = [];
  let size = 0;
  const bytes = await readFile(file);
  for (let start = 0; ; start = size) {
    const newline = bytes.indexOf(0x0a, start);
    if (newline < 0) break;
    const block = parse(bytes.toString('utf8', start, newline));
    if (!block) {
      if (bytes.indexOf(0x0a, newline + 1) < 0) break;
      throw new Error(`${file}: line ${blocks.length + 1} cannot be read`);
    }
    size = newline + 1;
    blocks.push(block);
    ends.push(size);
  }
  if (size < bytes.length) await cut(handle, size);
  await syncFolder(dirname(file));
  return {
    blocks,
    append: async (block) => {
      const line = Buffer.from(`${JSON.stringify(block)}\n`);
      await handle.write(line);
      await handle.datasync();
      size += line.length;
      blocks.push(block);
      ends.push(size);
    },
    cutAbove: async (height) => {
      const keep = blocks.findIndex((block) => block.height > height);
      if (keep < 0) return;
      blocks.length = ends.length = keep;
      size = ends.at(-1) ?? 0;
      await cut(handle, size);
    },
    close: () => handle.close(),
  };
}

async function cut(handle: FileHandle, size: number): Promise<void> {
  await handle.truncate(size);
  await handle.sync();
}

function parse(line: string): LoggedBlock | undefined {
  try {
    const block = JSON.parse(line) as LoggedBlock;
    return Number.isSafeInteger(block.height) && Number.isSafeInteger(block.time) ? block : undefined;
  } catch {
    return undefined;
  }
}
