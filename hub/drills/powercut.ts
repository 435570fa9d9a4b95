import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const source = join(import.meta.dirname, 'powercut.c');
const cache = join(import.meta.dirname, '../../.cache');

/** A folder that is watched and where its shadow lies. Both on file systems that tell birth times (ext4, xfs, btrfs, tmpfs). */
export interface Watched {
  readonly root: string;
  readonly shadow: string;
}

/** Compiles the preload library when its source has changed; needs gcc. Answers its path. */
async function compile(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const library = join(cache, `powercut-${process.arch}-${hash}.so`);
  if (existsSync(library)) return library;
  mkdirSync(cache, { recursive: true });
  const unfinished = `${library}.${process.pid}`;
  await promisify(execFile)('gcc', ['-O2', '-shared', '-fPIC', '-pthread', '-o', unfinished, source]);
  renameSync(unfinished, library);
  return library;
}

/** Inodes as powercut.c names them. */
function keyOf(path: string): { key: string; mode: string; isFolder: boolean } {
  const about = statSync(path, { bigint: true });
  return {
    key: `${about.ino}-${about.birthtimeNs}`,
    mode: (about.mode & 0o7777n).toString(8),
    isFolder: about.isDirectory(),
  };
}

/** Everything that is there now counts as synced. */
function keepAll(folder: string, shadow: string): void {
  const lines = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => {
      const path = join(folder, entry.name);
      const { key, mode, isFolder } = keyOf(path);
      if (isFolder) keepAll(path, shadow);
      else copyFileSync(path, join(shadow, 'files', key));
      return `${isFolder ? 'd' : 'f'} ${mode} ${key} ${entry.name}\n`;
    });
  writeFileSync(join(shadow, 'dirs', keyOf(folder).key), lines.join(''));
}

/**
 * Begins a shadow of `root` (made when missing) and answers what to add to the environment of the processes that write there.
 * A new shadow each time: what lies under `root` now counts as synced. powercut.c says what survives.
 */
export async function shadowEnv({ root, shadow }: Watched): Promise<Record<string, string>> {
  const library = await compile();
  mkdirSync(root, { recursive: true });
  rmSync(shadow, { recursive: true, force: true });
  for (const folder of ['files', 'dirs']) mkdirSync(join(shadow, folder), { recursive: true });
  const [watchedRoot, keptIn] = [realpathSync(root), realpathSync(shadow)];
  keepAll(watchedRoot, keptIn);
  return {
    LD_PRELOAD: library,
    POWERCUT_ROOT: watchedRoot,
    POWERCUT_SHADOW: keptIn,
    // Its writes would pass by the library.
    UV_USE_IO_URING: '0',
  };
}

/** After every process of the run is dead: `root` becomes what the power cut left. The shadow itself stays as it is. */
export function restoreShadow({ root, shadow }: Watched): void {
  const path = realpathSync(root);
  const restored = `${path}.restored`;
  rmSync(restored, { recursive: true, force: true });
  restoreFolder(keyOf(path).key, restored, shadow);
  chmodSync(restored, statSync(path).mode);
  rmSync(path, { recursive: true });
  renameSync(restored, path);
}

function restoreFolder(key: string, to: string, shadow: string): void {
  mkdirSync(to);
  const list = join(shadow, 'dirs', key);
  // A folder whose entry is synced and which was never synced itself is there, and empty.
  const lines = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
  for (const line of lines.filter((text) => text !== '')) {
    const [kind, mode = '', inode = '', ...name] = line.split(' ');
    const path = join(to, name.join(' '));
    const content = join(shadow, 'files', inode);
    if (kind === 'd') restoreFolder(inode, path, shadow);
    else if (existsSync(content)) copyFileSync(content, path);
    else writeFileSync(path, '');
    chmodSync(path, Number.parseInt(mode, 8));
  }
}
