import type { Sabotage } from '../../src/compose.ts';
import type { Carrier, Lane } from '../../src/platform/ports/index.ts';

/** What is not there yet is held for lost: the next bytes have a nonce of their own, while the first may still land. */
function sendAnew(carrier: Carrier): Carrier {
  return {
    ...carrier,
    async probe(attempt) {
      const seen = await carrier.probe(attempt);
      return seen.outcome === 'unknown' ? { ...seen, outcome: 'gone' } : seen;
    },
  };
}

/** A receipt is enough. */
function takeReceiptForFinal(carrier: Carrier): Carrier {
  return {
    ...carrier,
    async probe(attempt) {
      const seen = await carrier.probe(attempt);
      return seen.outcome === 'mined' ? { ...seen, outcome: 'final' } : seen;
    },
  };
}

/** What the newest block says is taken for what will always be so. */
const readNewest = (lane: Lane): Lane => ({
  ...lane,
  landed: (items, reads) => lane.landed(items, reads, 'latest'),
});

/** Whatever cannot go now is given up. */
const giveUpWhatWaits = (lane: Lane): Lane => ({
  ...lane,
  async preflight(items, reads) {
    const verdicts = await lane.preflight(items, reads);
    return verdicts.map((one) => (one.verdict === 'not-yet' ? { verdict: 'never', reason: one.reason } : one));
  },
});

/** The faults by name. Each breaks one promise of settling, and the drill must find it. */
const sabotages: Readonly<Record<string, Sabotage>> = {
  'resend-new-nonce': { carrier: sendAnew },
  'trust-receipt': { carrier: takeReceiptForFinal, lane: readNewest },
  'void-not-yet': { lane: giveUpWhatWaits },
};

export const settleSabotages = Object.keys(sabotages);

export function settleSabotage(name: string | undefined): Sabotage | undefined {
  if (name === undefined) return undefined;
  const found = sabotages[name];
  if (!found) throw new Error(`there is no sabotage ${name}`);
  return found;
}
