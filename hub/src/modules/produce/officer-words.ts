import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type {
  Hex,
  Intent,
  Office,
  OfficerMessages,
  Officers,
  OnChain,
  Reader,
  SeatNumber,
  SignedMessage,
  Store,
  Tx,
} from '../../platform/ports/index.ts';
import { type Domain, digest, domainOf, fieldsOf, recoverAddress, typedDataJson } from '../../signing/index.ts';
import { lotOfToken } from './lots.store.ts';

export const lotsLane = 'lots';
export const harvestsLane = 'harvests';
export const shiftsLane = 'shifts';
export const recallsLane = 'recalls';

/** An officer's word may wait this long for their wallet and for a line to the chain. */
export const wordValidMs = 365 * 24 * 60 * 60 * 1000;
const officeOf: Readonly<Record<string, Office>> = {
  Certify: 'certifier',
  Harvest: 'certifier',
  Recall: 'certifier',
  Shift: 'steward',
};

const unsigned = `SELECT public_id AS id FROM intents WHERE lane IN ('${lotsLane}', '${harvestsLane}', '${shiftsLane}', '${recallsLane}')
  AND state = 'signed' AND authorisations = '[]'`;
const sql = {
  unsigned: `${unsigned} ORDER BY id LIMIT 100`,
  isUnsigned: `${unsigned} AND public_id = @id`,
} as const;

export interface Word {
  readonly lane: string;
  readonly subject: Hex;
  readonly message: SignedMessage;
  readonly seat?: SeatNumber;
  readonly after?: readonly string[];
}

export interface OfficerWords extends OfficerMessages {
  domain(): Domain & { readonly hubId: Hex };
  /** Keeps the message; signed and queued at once by a key held here, else it waits for the officer's wallet. */
  propose(tx: Tx, word: Word): { readonly intentId: string; readonly signer?: Hex };
}

/** The GRO token's domain. Throws `not_founded`. */
export function groDomain(onChain: OnChain | undefined): Domain & { readonly hubId: Hex } {
  const gro = onChain?.contracts.GroToken;
  if (!onChain || !gro) throw fail('not_founded');
  return { ...domainOf('GroToken', onChain.chainId, gro), hubId: onChain.hubId };
}

/** What certifiers and stewards sign. A harvest, and a recall, is the word of its own lot's certifier. */
export function createOfficerWords(deps: {
  store: Store;
  officers: Officers;
  onChain: () => OnChain | undefined;
  /** A message was signed, in the unit of work that keeps the signature. */
  onSigned: (tx: Tx, intent: Pick<Intent, 'id' | 'message'>, signer: Hex) => void;
}): OfficerWords {
  const { store, officers } = deps;
  const domain = () => groDomain(deps.onChain());

  function maySign(reader: Reader, message: SignedMessage, address: Hex): boolean {
    const { lot } = message.fields;
    const isLots = typeof lot !== 'string' || lotOfToken(reader, lot)?.certifier === address;
    return isLots && officers.addressesOf(officeOf[message.type]!).includes(address);
  }

  return {
    domain,

    propose(tx, { lane, subject, message, seat, after }) {
      const held = officers
        .sign(officeOf[message.type]!, digest(domain(), message))
        .find(({ address }) => maySign(tx, message, address));
      const intentId = outbox.add(tx, {
        lane,
        subject,
        seat,
        message,
        authorisations: held ? [{ by: 'officer', ...held }] : [],
        validUntilMs: tx.nowMs + wordValidMs,
        after,
      });
      if (held) outbox.queue(tx, intentId);
      return { intentId, signer: held?.address };
    },

    unsigned(reader) {
      if (!deps.onChain()?.contracts.GroToken) return [];
      return reader
        .prepare(sql.unsigned)
        .all<{ id: string }>({})
        .map(({ id }) => {
          const { message } = outbox.find(reader, id)!;
          return { id, office: officeOf[message.type]!, typedData: typedDataJson(domain(), message), signedBy: [] };
        });
    },

    isUnsigned: (reader, id) => reader.prepare(sql.isUnsigned).get({ id }) !== undefined,

    authorise(actor, id, signature, idempotencyKey) {
      return store.act({ name: 'officer.sign', actor, idempotencyKey, body: { id, signature } }, (tx) => {
        const intent = outbox.find(tx, id);
        const office = intent && officeOf[intent.message.type];
        if (!intent || !office) throw fail('not_found', { noun: 'message' });
        const address = recoverAddress(digest(domain(), intent.message), signature);
        if (!address || !maySign(tx, intent.message, address))
          throw fail('not_allowed', { needs: `the ${office}’s key` });
        outbox.authorise(tx, id, { by: 'officer', address, signature });
        outbox.queue(tx, id);
        deps.onSigned(tx, intent, address);
        tx.audit({ intent: id, office });
      });
    },
  };
}

/** The seconds of a message's `validUntil`. */
export const secondsOf = (ms: number): number => Math.floor(ms / 1000);

export const certifyOf = (intent: Pick<Intent, 'message'>) => fieldsOf(intent.message, 'Certify');
