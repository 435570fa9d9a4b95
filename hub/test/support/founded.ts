import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const found = new URL('../../../scripts/demo/found.ts', import.meta.url).pathname;

let own: Promise<string> | undefined;

/** Founds the demonstration building in `dir`, as `npm start` does; `more` are further arguments. Throws with its last words. */
export async function foundBuilding(dir: string, ...more: string[]): Promise<void> {
  const child = spawn(process.execPath, [found, '--data', dir, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk) => {
    words += chunk;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the building could not be founded: ${words}`);
}

/**
 * A folder with a freshly founded building of 24 seats, the caller's to change. Founding takes seconds, so it is done
 * once a process, or once a run when `FOUNDED_BUILDING` names one.
 */
export async function copyOfFoundedBuilding(): Promise<string> {
  own ??= (async () => {
    const given = process.env.FOUNDED_BUILDING;
    if (given && existsSync(join(given, 'demo/sensors.json'))) return given;
    const folder = mkdtempSync(join(tmpdir(), 'stoop-founded-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const dir = join(folder, 'data');
    await foundBuilding(dir);
    return dir;
  })();
  const copy = join(mkdtempSync(join(tmpdir(), 'stoop-hub-')), 'data');
  cpSync(await own, copy, { recursive: true });
  return copy;
}
