// Builds the page when its sources are newer than what was built: `node scripts/page.ts`.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const notSources = new Set(['node_modules', 'dist', 'test']);

/** One hash over everything the built page depends on. Types from the hub are erased, so they are no part of it. */
export function pageHash(root: string): string {
  const hash = createHash('sha256');
  const add = (path: string) =>
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  const addFolder = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = `${folder}/${entry.name}`;
      if (notSources.has(entry.name) || entry.name.endsWith('.test.ts')) continue;
      if (entry.isDirectory()) addFolder(path);
      else add(path);
    }
  };
  addFolder('ui');
  // Every error code needs its sentences, so a new one makes the page stale.
  add('hub/src/platform/errors.ts');
  add('package-lock.json');
  return hash.digest('hex');
}

/** True when `ui/dist` was built from exactly these sources. */
export function isPageFresh(root: string, hash = pageHash(root)): boolean {
  const stamp = join(root, 'ui/dist/.stamp');
  return existsSync(stamp) && existsSync(join(root, 'ui/dist/index.html')) && readFileSync(stamp, 'utf8') === hash;
}

/** Builds the page if it is stale. Throws when it cannot be built: a missing translation, a type that vite refuses. */
export async function buildPage(root: string): Promise<'fresh' | 'built'> {
  const hash = pageHash(root);
  if (isPageFresh(root, hash)) return 'fresh';
  // Without its stamp a half-built page is stale.
  rmSync(join(root, 'ui/dist/.stamp'), { force: true });
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const building = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: join(root, 'ui'),
    stdio: 'inherit',
  });
  const [code] = await once(building, 'exit');
  if (code !== 0) throw new Error('The page could not be built; what vite said stands above.');
  writeFileSync(join(root, 'ui/dist/.stamp'), hash);
  return 'built';
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help)
    console.log('page: builds ui/dist when its sources have changed. About 5 s, at once when they have not.');
  else console.log(`page: ${await buildPage(join(import.meta.dirname, '..'))}`);
}
