import { readFileSync } from 'node:fs';
import type { Clock } from '../platform/clock.ts';
import { fail } from '../platform/errors.ts';
import type { Hex, Office, OfficerKeys, Officers } from '../platform/ports/index.ts';
import { signDigest } from './keys.ts';
import { type Keystore, openKeys } from './keystore.ts';
import { offices } from './officers.ts';

interface Opened {
  readonly keys: ReadonlyMap<Hex, Uint8Array>;
  /** Of the monotonic clock. */
  readonly untilMs: number;
}

export interface SealedOfficersOptions {
  /** JSON of one keystore, or several, per office. */
  readonly path: string;
  readonly clock: Clock;
  /** How long one passphrase opens them. */
  readonly unlockMs: number;
  /** The keys are locked again, or opened. */
  readonly onChange: () => void;
}

const triesMax = 5;
const triesPerMs = 5 * 60_000;

/**
 * The demonstration's officers, whose keys lie on the hub under a passphrase. Locked at start; open for a bounded time, in
 * memory only, and then zeroed. Throws `config_invalid` when the file cannot be read.
 */
export function createSealedOfficers(options: SealedOfficersOptions): Officers & OfficerKeys {
  const { clock } = options;
  const stores = readStores(options.path);
  const addressOf = ({ address }: Keystore): Hex => `0x${address.replace(/^0x/, '').toLowerCase()}`;
  const all = offices.flatMap((office) => stores[office]);
  let opened: Opened | undefined;
  let timer: NodeJS.Timeout | undefined;
  let missesAtMs: number[] = [];
  let isTrying = false;

  function isOpen(): boolean {
    return opened !== undefined && clock.monotonicMs() < opened.untilMs;
  }

  function forget(): void {
    clearTimeout(timer);
    for (const key of opened?.keys.values() ?? []) key.fill(0);
    opened = undefined;
  }

  /** Counts before it looks, so that tries at the same time are no way around the limit. */
  function mayTry(): void {
    const nowMs = clock.monotonicMs();
    missesAtMs = missesAtMs.filter((atMs) => nowMs - atMs < triesPerMs);
    if (missesAtMs.length >= triesMax)
      throw fail('too_many_requests', { seconds: Math.ceil((missesAtMs[0]! + triesPerMs - nowMs) / 1000) });
    if (isTrying) throw fail('busy', { seconds: 1 });
  }

  async function open(passphrase: string, forMs: number): Promise<void> {
    mayTry();
    isTrying = true;
    try {
      const keys = await openKeys(all, passphrase);
      if (!keys) {
        missesAtMs.push(clock.monotonicMs());
        throw fail('wrong_passphrase', { triesLeft: triesMax - missesAtMs.length });
      }
      forget();
      missesAtMs = [];
      opened = {
        keys: new Map(all.map((store, index) => [addressOf(store), keys[index]!])),
        untilMs: clock.monotonicMs() + forMs,
      };
      if (Number.isFinite(forMs)) timer = setTimeout(lock, forMs).unref();
    } finally {
      isTrying = false;
    }
    options.onChange();
  }

  function lock(): void {
    forget();
    options.onChange();
  }

  return {
    addressesOf: (office) => stores[office].map(addressOf),
    sign(office, digest) {
      if (!isOpen()) return [];
      return stores[office].map((store) => {
        const address = addressOf(store);
        return { address, signature: signDigest(digest, opened!.keys.get(address)!) };
      });
    },
    state: () => (isOpen() ? { isOpen: true, remainingMs: opened!.untilMs - clock.monotonicMs() } : { isOpen: false }),
    unlock: (passphrase) => open(passphrase, options.unlockMs),
    keepOpen: (passphrase) => open(passphrase, Number.POSITIVE_INFINITY),
    lock,
  };
}

function readStores(path: string): Record<Office, readonly Keystore[]> {
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<Office, readonly Keystore[]>>;
    const byAddress = (one: Keystore, other: Keystore) => (one.address < other.address ? -1 : 1);
    return Object.fromEntries(offices.map((office) => [office, [...(file[office] ?? [])].sort(byAddress)])) as Record<
      Office,
      Keystore[]
    >;
  } catch (error) {
    throw fail('config_invalid', { key: 'officers.keystore', rule: 'must be JSON of keystores per office' }, error);
  }
}
