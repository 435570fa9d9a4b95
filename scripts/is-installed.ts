// Exit 0 when node_modules of the folder named holds what its lock names; 1 otherwise.
// So a developer's own `npm install`, which has installed already, is not followed by a second one at the next start.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}
type Lock = Readonly<Record<string, Locked>>;

const read = (path: string): Lock => (JSON.parse(readFileSync(path, 'utf8')) as { packages: Lock }).packages;

/** What differs between the lock and what npm says it installed, as package paths; empty when nothing does. */
export function missing(root: string): string[] {
  const lockPath = join(root, 'package-lock.json');
  const installedPath = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedPath)) return [installedPath];
  const installed = read(installedPath);
  return Object.entries(read(lockPath))
    .filter(([path, entry]) => {
      if (!path.includes('node_modules/')) return false;
      const found = installed[path];
      if (found === undefined) return isNeededHere(entry);
      return found.version !== entry.version || found.integrity !== entry.integrity || !existsSync(join(root, path));
    })
    .map(([path]) => path);
}

/** Optional packages without a platform of their own are wasm fallbacks, which npm leaves out where a native one fits. */
function isNeededHere(entry: Locked): boolean {
  if (!entry.optional) return true;
  const fits = (list: readonly string[] | undefined, value: string) => list?.includes(value) ?? false;
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch) && (entry.libc?.includes('glibc') ?? true);
}

if (import.meta.main) process.exitCode = missing(process.argv[2] ?? '.').length === 0 ? 0 : 1;
