import { readFileSync } from 'node:fs';
import type { Config } from './config/index.ts';
import type { Clock } from './platform/clock.ts';
import type { EventBus } from './platform/events.ts';
import type { OfficerKeys, Officers } from './platform/ports/index.ts';
import { createOfficers, createSealedOfficers } from './signing/index.ts';

const minuteMs = 60_000;

/** Who holds which office: known by address, or under the demonstration's keystore. Throws `config_invalid`. */
export async function composeOfficers(
  { officers }: Config,
  { clock, events }: { clock: Clock; events: EventBus },
): Promise<{ officers: Officers; keys?: OfficerKeys }> {
  const { keystore, passphraseFile, unlockMinutes, minters, attestors, certifiers, stewards } = officers;
  if (keystore === undefined)
    return {
      officers: createOfficers({ minter: minters, attestor: attestors, certifier: certifiers, steward: stewards }),
    };
  const sealed = createSealedOfficers({
    path: keystore,
    clock,
    unlockMs: unlockMinutes * minuteMs,
    onChange: () => events.publishTransient({ noun: 'officer-keys', id: 'state' }),
  });
  if (passphraseFile !== undefined) await sealed.keepOpen(readFileSync(passphraseFile, 'utf8').trim());
  return { officers: sealed, keys: sealed };
}
