import type { Intent, Lane, Readiness } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { lotTokenId } from './commitments.ts';
import { type At, believed, groLane, never, notYet, ready, signatureOf, signerOf } from './gro-batch.ts';
import { ask, groCalls, lotOf, zeroAddress } from './gro-reads.ts';
import { lotOfIntent, setUncertified, touchLot } from './lots.store.ts';
import { takeCertificate } from './lots.ts';
import { certifyOf, lotsLane, recallsLane } from './officer-words.ts';

function tokenIdOf(intent: Intent): string | undefined {
  const certifier = signerOf(intent);
  return certifier && lotTokenId(certifier, certifyOf(intent));
}

/** Lots are written down before anything of them is handed out. */
export const certificates: Lane = groLane({
  name: lotsLane,
  rank: 20,
  fn: 'certifyBatch',
  item: '(bytes32,uint32,uint32,uint64,bytes32,uint40,bytes)',
  calls: [groCalls.isCertifier!, groCalls.lotOf!],
  fieldsOf: certifyOf,
  async why(intent, reads, at) {
    return (await ask<boolean>(reads, 'isCertifier', [signerOf(intent)], at)) ? ready : never('no_certifier');
  },
  async hasLanded(intent, reads, at) {
    const tokenId = tokenIdOf(intent);
    return tokenId !== undefined && (await lotOf(reads, tokenId, at)).certifier !== zeroAddress;
  },
  settled(tx, intent) {
    const lot = lotOfIntent(tx, intent.id);
    if (!lot) return;
    if (lot.state === 'certified') touchLot(tx, lot);
    else takeCertificate(tx, intent, signerOf(intent)!);
  },
  /** The certifier may look again: another certificate makes another lot on the chain. */
  voided(tx, intent, reason) {
    const lot = lotOfIntent(tx, intent.id);
    if (!lot) return;
    setUncertified(tx, lot.rowId, reason);
    touchLot(tx, lot);
  },
});

const recallOf = (intent: Intent) => fieldsOf(intent.message, 'Recall');

/** A recall's state is the lot's own flag: whoever set it, that is what was wanted. */
export const recalls: Lane = {
  name: recallsLane,
  carrier: 'chain',
  rank: 12,
  policy: { batchMax: 1, longestWaitMs: 0 },
  calls: [
    { contract: 'GroToken', fn: 'recallBySignature', inputs: ['uint256', 'bytes32', 'uint40', 'bytes'] },
    groCalls.lotOf!,
    groCalls.isCertifier!,
  ],
  groupOf: (intent) => intent.id,
  preflight: (items, reads) =>
    Promise.all(
      items.map((item) => {
        const look = async (at: At): Promise<Readiness> => {
          const lot = await lotOf(reads, recallOf(item).lot, at);
          if (lot.certifier === zeroAddress) return notYet('lot_not_recorded');
          const isLots = lot.certifier === signerOf(item);
          return isLots && (await ask<boolean>(reads, 'isCertifier', [lot.certifier], at))
            ? ready
            : never('no_certifier');
        };
        return believed(look, async (at) => (await lotOf(reads, recallOf(item).lot, at)).isRecalled);
      }),
    ),
  prepare([intent]) {
    const { lot, caseHash, validUntil } = recallOf(intent!);
    return { contract: 'GroToken', fn: 'recallBySignature', args: [lot, caseHash, validUntil, signatureOf(intent!)] };
  },
  landed: (items, reads, at) =>
    Promise.all(items.map(async (item) => (await lotOf(reads, recallOf(item).lot, at)).isRecalled)),
  settled() {},
  voided() {},
};
