import { v7 as uuidv7 } from 'uuid';
import { type Journal, positiveMicros } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type {
  Actor,
  Hex,
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
import { digest, foodUsdDomain, message, recoverAddress, subjectOf, typedDataJson } from '../../signing/index.ts';
import type { NewDeposit, NewReserve } from './treasury.schema.ts';
import {
  findDeposit,
  insertDeposit,
  insertReserve,
  isReferenceUsed,
  isUnsignedIntent,
  lastReserve,
  unsignedIntents,
} from './treasury.store.ts';

export interface TreasuryDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly officers: Officers;
  readonly onChain: () => OnChain | undefined;
  readonly hasSeat: (reader: Reader, seat: SeatNumber) => boolean;
}

export interface Treasury extends OfficerMessages {
  deposit(actor: Actor, deposit: NewDeposit, idempotencyKey?: string): Promise<string>;
  /** The same inside a unit of work that does more than that. */
  recordDeposit(tx: Tx, deposit: NewDeposit): string;
  /** Takes a deposit back whose mint has not left. Throws `already_sent` once it has, `not_enough_money` when it is spent. */
  takeBack(tx: Tx, depositId: string, reason: string): string;
  attestReserve(actor: Actor, reserve: NewReserve, idempotencyKey?: string): Promise<number>;
}

/** A mint may wait this long for a line to the chain. */
const mintValidMs = 365 * 24 * 60 * 60 * 1000;
const officeOf: Readonly<Record<string, Office>> = { Mint: 'minter', Attestation: 'attestor' };
const seconds = (ms: number): number => Math.floor(ms / 1000);

export function createTreasury(deps: TreasuryDeps): Treasury {
  const { store, journal, officers } = deps;

  function founded(): OnChain {
    const onChain = deps.onChain();
    if (!onChain) throw fail('not_founded');
    return onChain;
  }

  /** Keeps the message; with an officer's key held here it is signed and queued at once, else it waits for the wallet. */
  function propose(
    tx: Tx,
    lane: string,
    subject: Hex,
    request: { message: SignedMessage; seat?: SeatNumber; validUntilMs: number },
  ) {
    const { chainId, foodUsd } = founded();
    const [held] = officers.sign(
      officeOf[request.message.type]!,
      digest(foodUsdDomain(chainId, foodUsd), request.message),
    );
    const intentId = outbox.add(tx, {
      lane,
      subject,
      ...request,
      authorisations: held ? [{ by: 'officer', ...held }] : [],
    });
    if (held) outbox.queue(tx, intentId);
    return intentId;
  }

  /** Money came in at the bank or the till: free to use at once, minted once. Throws `already_exists` for a used reference. */
  function recordDeposit(tx: Tx, deposit: NewDeposit): string {
    const amount = positiveMicros(deposit.amountMicros, 'amountMicros');
    if (!deps.hasSeat(tx, deposit.seat)) throw fail('not_found', { noun: 'seat' });
    if (isReferenceUsed(tx, deposit.reference)) throw fail('already_exists', { field: 'reference' });
    const id = uuidv7();
    const depositRef = subjectOf(founded().hubId, 'deposit', id);
    const validUntilMs = tx.nowMs + mintValidMs;
    const mint = { seat: deposit.seat, amount, depositRef, validUntil: seconds(validUntilMs) };
    const intentId = propose(tx, 'deposits', depositRef, {
      message: message('Mint', mint),
      seat: deposit.seat,
      validUntilMs,
    });
    const movementId = journal.deposit(tx, deposit.seat, amount, { noun: 'deposit', id });
    insertDeposit(tx, { id, ...deposit, depositRef, movementId, intentId });
    tx.changed('deposit', id, 1, 'role:treasurer');
    tx.audit({ deposit: id, toSeat: deposit.seat, amountMicros: amount });
    return id;
  }

  return {
    deposit(actor, deposit, idempotencyKey) {
      return store.act({ name: 'deposit.record', actor, idempotencyKey, body: deposit }, (tx) =>
        recordDeposit(tx, deposit),
      );
    },
    recordDeposit,

    takeBack(tx, depositId, reason) {
      const deposit = findDeposit(tx, depositId);
      if (!deposit) throw fail('not_found', { noun: 'deposit' });
      const state = outbox.find(tx, deposit.intentId)?.state;
      if (state !== 'signed' && state !== 'queued') throw fail('already_sent', { noun: 'deposit' });
      outbox.withdraw(tx, deposit.intentId, reason);
      tx.changed('deposit', depositId, 2, 'role:treasurer');
      tx.audit({ takenBack: depositId, fromSeat: deposit.seat, amountMicros: deposit.amountMicros });
      return journal.reverse(tx, deposit.movementId, reason);
    },

    /** The attestor's word on what the bank holds; tokens are never minted above it. Answers its sequence. */
    attestReserve(actor, reserve, idempotencyKey) {
      return store.act({ name: 'reserve.attest', actor, idempotencyKey, body: reserve }, (tx) => {
        const sequence = (lastReserve(tx)?.sequence ?? 0) + 1;
        const attestation = message('Attestation', {
          reserve: reserve.reserveMicros,
          documentHash: reserve.documentHash as Hex,
          sequence,
          takenAt: seconds(tx.nowMs),
        });
        const subject = subjectOf(founded().hubId, 'reserve', uuidv7());
        const intentId = propose(tx, 'reserves', subject, {
          message: attestation,
          validUntilMs: tx.nowMs + mintValidMs,
        });
        insertReserve(tx, { sequence, ...reserve, intentId });
        tx.changed('reserve', String(sequence), 1, 'role:treasurer');
        tx.audit({ sequence, reserveMicros: reserve.reserveMicros });
        return sequence;
      });
    },

    unsigned(reader) {
      const onChain = deps.onChain();
      if (!onChain) return [];
      const domain = foodUsdDomain(onChain.chainId, onChain.foodUsd);
      return unsignedIntents(reader).map((id) => {
        const { message: toSign } = outbox.find(reader, id)!;
        return { id, office: officeOf[toSign.type]!, typedData: typedDataJson(domain, toSign), signedBy: [] };
      });
    },

    isUnsigned: (reader, id) => isUnsignedIntent(reader, id),

    /** An officer's wallet signed. Throws `not_allowed` when the signer holds no such office. */
    authorise(actor, intentId, signature, idempotencyKey) {
      return store.act({ name: 'officer.sign', actor, idempotencyKey, body: { intentId, signature } }, (tx) => {
        const intent = outbox.find(tx, intentId);
        const office = intent && officeOf[intent.message.type];
        if (!intent || !office) throw fail('not_found', { noun: 'message' });
        const { chainId, foodUsd } = founded();
        const address = recoverAddress(digest(foodUsdDomain(chainId, foodUsd), intent.message), signature);
        if (!address || !officers.addressesOf(office).includes(address))
          throw fail('not_allowed', { needs: `the ${office}’s key` });
        outbox.authorise(tx, intentId, { by: 'officer', address, signature });
        outbox.queue(tx, intentId);
        tx.audit({ intent: intentId, office });
      });
    },
  };
}
