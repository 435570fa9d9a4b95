import { closeSync, fstatSync, openSync, readSync, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

const blockBytes = 65_536;

/** The last `count` lines of a file, read from its end. Throws ENOENT. */
export function lastLines(path: string, count: number): string[] {
  return tailOf(path, count).lines;
}

function tailOf(path: string, count: number): { lines: string[]; size: number } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const parts: Buffer[] = [];
    let newlines = 0;
    for (let at = size; at > 0 && newlines <= count; ) {
      const length = Math.min(blockBytes, at);
      at -= length;
      const part = Buffer.alloc(length);
      readSync(file, part, 0, length, at);
      newlines += part.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
      parts.unshift(part);
    }
    const lines = Buffer.concat(parts).toString('utf8').split('\n');
    // What stands after the last newline is a line that is still being written.
    const rest = lines.pop() ?? '';
    return { lines: lines.slice(-count), size: size - Buffer.byteLength(rest) };
  } finally {
    closeSync(file);
  }
}

/**
 * The last `count` lines, then every further one as it is written, until `signal`. Goes on with the new file when a
 * restart has renamed the old one.
 */
export async function followLines(
  path: string,
  count: number,
  signal: AbortSignal,
  give: (line: string) => void,
): Promise<void> {
  const changed = watch(dirname(path));
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const { lines, size } = tailOf(path, count);
  for (const line of lines) give(line);
  let inode = statSync(path).ino;
  let at = size;
  let rest: Buffer = Buffer.alloc(0);

  function readOn(): void {
    const now = statSync(path, { throwIfNoEntry: false });
    if (!now) return;
    if (now.ino !== inode || now.size < at) {
      inode = now.ino;
      at = 0;
      rest = Buffer.alloc(0);
    }
    const file = openSync(path, 'r');
    try {
      const block = Buffer.alloc(blockBytes);
      for (;;) {
        const read = readSync(file, block, 0, blockBytes, at);
        if (read === 0) break;
        at += read;
        rest = giveWhole(Buffer.concat([rest, block.subarray(0, read)]), give);
      }
    } finally {
      closeSync(file);
    }
  }

  changed.on('error', reject).on('change', (_, name) => {
    if (name !== null && name !== basename(path)) return;
    try {
      readOn();
    } catch (error) {
      reject(error);
    }
  });
  // Between the first reading and the watch something may have come.
  readOn();
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) resolve();
  await ended.finally(() => changed.close());
}

/** Gives every whole line and answers what is left. */
function giveWhole(bytes: Buffer, give: (line: string) => void): Buffer {
  let rest = bytes;
  for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
    give(rest.subarray(0, end).toString('utf8'));
    rest = rest.subarray(end + 1);
  }
  return rest;
}
