import { fail } from '../platform/errors.ts';
import type { Carrier, Store } from '../platform/ports/index.ts';
import { answerTo } from './answers.store.ts';

/**
 * Stands in for a carrier that is no longer in the settings while something still waits for it: it sends nothing, and
 * what nobody answered can never land, so that its lane may void it.
 */
export function createLeftCarrier(name: string, store: Store): Carrier {
  const kept = (key: string) => store.read((reader) => answerTo(reader, name, key));
  return {
    name,
    async prepare() {
      throw fail('carrier_offline', { carrier: name, reason: 'it is not in the settings' });
    },
    async perform() {},
    probe: async ({ locator }) => ({ outcome: kept(locator)?.outcome === 'taken' ? 'final' : 'gone' }),
    reads: {
      isOnline: () => true,
      read: async <T>(call: { args: readonly unknown[] }) => kept(String(call.args[0])) as T,
    },
    unavailable: async () => undefined,
  };
}
