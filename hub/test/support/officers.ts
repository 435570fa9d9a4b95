import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/index.ts';
import type { DemoFile } from '../../src/modules/demo/index.ts';
import type { Office } from '../../src/platform/ports/index.ts';
import { type Keystore, openKeys, toHex } from '../../src/signing/index.ts';

const passphraseOf = (dir: string): string =>
  (JSON.parse(readFileSync(join(dir, 'demo/people.json'), 'utf8')) as DemoFile).passphrase;

/** The private keys of the demonstration's officers in `dir`. */
export async function officerKeysOf(dir: string): Promise<Record<Office, string[]>> {
  const stores = JSON.parse(readFileSync(join(dir, 'demo/officers.keystore.json'), 'utf8')) as Record<
    Office,
    Keystore[]
  >;
  const keys = await openKeys(Object.values(stores).flat(), passphraseOf(dir));
  if (!keys) throw new Error('the demonstration’s own passphrase is not right');
  return Object.fromEntries(
    Object.entries(stores).map(([office, held]) => [office, keys.splice(0, held.length).map((key) => toHex(key))]),
  ) as Record<Office, string[]>;
}

/** The settings under which the officers of the building in `dir` are awake: what needs their keys is signed at once. */
export function withOfficersAwake(config: Config, dir: string): Config {
  const passphraseFile = join(dir, 'demo/officers-passphrase');
  writeFileSync(passphraseFile, passphraseOf(dir), { mode: 0o600 });
  return { ...config, officers: { ...config.officers, passphraseFile } };
}
