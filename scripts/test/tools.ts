import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The program's path when it is there, looked for on PATH unless the name is a path itself. */
export function find(name: string): string | undefined {
  const places = name.includes('/')
    ? [name]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const chromiumNames = ['/usr/bin/chromium', 'chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium that browser tests drive: `CHROMIUM_PATH` when set, else the system's. */
export const findChromium = () =>
  [process.env.CHROMIUM_PATH, ...chromiumNames]
    .filter((name) => name !== undefined)
    .map(find)
    .find((path) => path !== undefined);

/**
 * Installs Debian packages through apt when this user can; answers undefined, or why not and what to do.
 * Waits for another apt that is at work.
 */
export function aptInstall(packages: readonly string[]): string | undefined {
  const byHand = `install it by hand: sudo apt-get install ${packages.join(' ')}`;
  if (find('apt-get') === undefined)
    return `there is no apt-get here; install ${packages.join(', ')} with your system's own tool`;
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (root.length > 0 && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0)
    return `apt-get needs root, and sudo asks for a password; ${byHand}`;
  const apt = (...args: string[]) => {
    const [command = '', ...rest] = [...root, 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300', ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, rest, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  const install = () => apt('install', '--yes', '--no-install-recommends', ...packages);
  // The lists may be old or missing: one refresh, then once more.
  return install() || (apt('update') && install()) ? undefined : `apt-get could not install it; ${byHand}`;
}
