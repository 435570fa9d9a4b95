import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoFile } from '../../hub/src/modules/demo/index.ts';
import { writeDurable } from '../../hub/src/platform/durable-file.ts';
import {
  createPrivateKey,
  createShortCode,
  fromHex,
  type Keystore,
  sealKeys,
  toHex,
} from '../../hub/src/signing/index.ts';

export interface OfficerKeys {
  readonly minter: readonly string[];
  readonly attestor: readonly string[];
  readonly board: readonly string[];
  readonly clearing: readonly string[];
  readonly guardian: readonly string[];
  readonly certifier: readonly string[];
  readonly steward: readonly string[];
}

export const keystoreName = 'officers.keystore.json';
/** 60 random bits: what somebody types from the demonstration's first page. */
const passphraseLength = 12;

/** Keys that a real building never keeps on its hub; this one says so on its first page. */
export function makeOfficerKeys(): OfficerKeys {
  const key = () => toHex(createPrivateKey());
  return {
    minter: [key()],
    attestor: [key()],
    board: [key(), key(), key()],
    clearing: [key()],
    guardian: [key()],
    certifier: [key()],
    steward: [key()],
  };
}

/** Puts the keys under a new passphrase, and answers that. */
export async function sealOfficers(demoDir: string, keys: OfficerKeys): Promise<string> {
  const passphrase = createShortCode(passphraseLength);
  const holders = Object.entries(keys).map(([office, texts]) => [office, [texts].flat()] as const);
  const sealed = await sealKeys(
    holders.flatMap(([, texts]) => texts.map(fromHex)),
    passphrase,
  );
  const stores: Record<string, Keystore[]> = {};
  for (const [office, texts] of holders) stores[office] = sealed.splice(0, texts.length);
  writeDurable(join(demoDir, keystoreName), JSON.stringify(stores, null, 2), 0o600);
  return passphrase;
}

/** A demonstration that was founded when its officers' keys lay there in the clear: they go under a passphrase. */
export async function sealPlainKeys(demoDir: string): Promise<void> {
  const [plain, settings, people] = ['officers.json', 'stoop.toml', 'people.json'].map((name) => join(demoDir, name));
  if (!existsSync(plain!)) return;
  const passphrase = await sealOfficers(demoDir, JSON.parse(readFileSync(plain!, 'utf8')) as OfficerKeys);
  const file = { ...(JSON.parse(readFileSync(people!, 'utf8')) as DemoFile), passphrase };
  writeDurable(people!, JSON.stringify(file, null, 2));
  const text = readFileSync(settings!, 'utf8').replace('keyFile = "officers.json"', `keystore = "${keystoreName}"`);
  writeDurable(settings!, text);
  rmSync(plain!);
}
