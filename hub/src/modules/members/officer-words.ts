import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type {
  Hex,
  Office,
  OfficerMessages,
  Officers,
  OnChain,
  Reads,
  SeatNumber,
  SignedMessage,
  Store,
  Tx,
} from '../../platform/ports/index.ts';
import { type Domain, digest, domainOf, recoverAddress, typedDataJson } from '../../signing/index.ts';
import { isBoard, mustRead, thresholdOf } from './registry-reads.ts';

const waiting = `SELECT public_id AS id FROM intents WHERE state = 'signed'
  AND lane IN (SELECT value FROM json_each(@lanes))`;
const sql = { unsigned: `${waiting} ORDER BY id LIMIT 100`, isUnsigned: `${waiting} AND public_id = @id` } as const;

export interface OfficerWord {
  readonly lane: string;
  readonly subject: Hex;
  readonly message: SignedMessage;
  readonly seat?: SeatNumber;
  readonly validUntilMs: number;
  readonly after?: readonly string[];
}

export interface OfficerWords extends OfficerMessages {
  /** Keeps the message; signed and queued at once by keys held here, else it waits for officers' wallets. */
  propose(tx: Tx, word: OfficerWord): string;
}

export interface OfficerWordsDeps {
  readonly store: Store;
  readonly officers: Officers;
  readonly onChain: () => OnChain | undefined;
  readonly reads?: () => Reads | undefined;
  readonly verifier: 'FoodUSD' | 'SeatRegistry';
  /** Lanes whose intents wait, merely signed, for officers alone. */
  readonly lanes: readonly string[];
  readonly officeOf: (message: SignedMessage) => Office;
  /** Whether one of the board's keys is enough. */
  readonly needsOneOnly?: (message: SignedMessage) => boolean;
}

/** Two of the board sign together in every building of ours; the registry's own threshold is asked where it can be. */
const boardNeeds = 2;

/** What a room has officers sign: by keys held here, or by their own wallets. */
export function createOfficerWords(deps: OfficerWordsDeps): OfficerWords {
  const { store, officers, officeOf } = deps;
  const lanes = JSON.stringify(deps.lanes);
  const isOneEnough = (message: SignedMessage): boolean =>
    officeOf(message) !== 'board' || deps.needsOneOnly?.(message) === true;

  function domain(): Domain & { clearing: Hex } {
    const onChain = deps.onChain();
    if (!onChain) throw fail('not_founded');
    const verifying = deps.verifier === 'FoodUSD' ? onChain.foodUsd : onChain.seatRegistry;
    return { ...domainOf(deps.verifier, onChain.chainId, verifying), clearing: onChain.clearing };
  }

  const signable = ({ clearing: _, ...plain }: Domain & { clearing: Hex }): Domain => plain;

  /** The board's keys are the registry's to tell; all others are known here. */
  async function mayServe(office: Office, address: Hex): Promise<boolean> {
    if (office === 'board') return isBoard(mustRead(deps.reads?.()), address);
    return office === 'clearing' ? address === domain().clearing : officers.addressesOf(office).includes(address);
  }

  const neededFor = async (message: SignedMessage): Promise<number> =>
    isOneEnough(message) ? 1 : thresholdOf(mustRead(deps.reads?.()));

  return {
    propose(tx, { message, ...word }) {
      const held = officers.sign(officeOf(message), digest(signable(domain()), message));
      const needed = isOneEnough(message) ? 1 : boardNeeds;
      const isSigned = held.length >= needed;
      const authorisations = isSigned ? held.slice(0, needed).map((one) => ({ by: 'officer' as const, ...one })) : [];
      const intentId = outbox.add(tx, { ...word, message, authorisations });
      if (isSigned) outbox.queue(tx, intentId);
      return intentId;
    },

    unsigned(reader) {
      if (!deps.onChain()) return [];
      const plain = signable(domain());
      return reader
        .prepare(sql.unsigned)
        .all<{ id: string }>({ lanes })
        .map(({ id }) => {
          const { message, authorisations } = outbox.find(reader, id)!;
          const signedBy = authorisations.map(({ address }) => address);
          return { id, office: officeOf(message), typedData: typedDataJson(plain, message), signedBy };
        });
    },

    isUnsigned: (reader, id) => reader.prepare(sql.isUnsigned).get({ lanes, id }) !== undefined,

    async authorise(actor, id, signature, idempotencyKey) {
      const intent = store.read((reader) => outbox.find(reader, id));
      if (!intent) throw fail('not_found', { noun: 'message' });
      const office = officeOf(intent.message);
      const address = recoverAddress(digest(signable(domain()), intent.message), signature);
      if (!address || !(await mayServe(office, address))) throw fail('not_allowed', { needs: `the ${office}’s key` });
      const needed = await neededFor(intent.message);
      await store.act({ name: 'officer.sign', actor, idempotencyKey, body: { id, signature } }, (tx) => {
        const signed = outbox.find(tx, id)!.authorisations;
        if (signed.some((one) => one.address === address)) throw fail('already_exists', { field: 'signature' });
        outbox.authorise(tx, id, { by: 'officer', address, signature });
        if (signed.length + 1 === needed) outbox.queue(tx, id);
        tx.audit({ intent: id, office });
      });
    },
  };
}
