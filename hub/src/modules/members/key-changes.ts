import { v7 as uuidv7 } from 'uuid';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type {
  Actor,
  Hex,
  OfficerMessages,
  OnChain,
  Reader,
  Reads,
  SeatNumber,
  Store,
  Tx,
} from '../../platform/ports/index.ts';
import {
  digest,
  domainOf,
  message,
  recoverAddress,
  type SignAsMember,
  subjectOf,
  typedDataJson,
} from '../../signing/index.ts';
import type { Grants } from './grants.ts';
import {
  insertKeyChange,
  type KeyChangeRow,
  keyChangeById,
  keyChangeOfIntent,
  keyChangesToSign,
  openKeyChangesOf,
  saveSecond,
  setKeyChange,
  setKeyChangeKey,
} from './key-changes.store.ts';
import { dropPendingWraps, savePendingWrap } from './keys.store.ts';
import type { Keys, NewKey } from './keys.ts';
import { cancelsLane, recoveriesLane } from './members.lanes.ts';
import { memberAt, touchMember } from './members.store.ts';
import { actOnce } from './once.ts';
import { assertGoodPin } from './pin.ts';
import { isBoard, keyOf, mustRead, thresholdOf, waitingChangeOf, zeroAddress } from './registry-reads.ts';

const dayMs = 86_400_000;
/** How long the board's keys may take to sign. */
const recoveryValidMs = 30 * dayMs;
const cancelValidMs = 10 * dayMs;

const seconds = (ms: number): number => Math.floor(ms / 1000);

export interface KeyChangesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly grants: Grants;
  readonly sign: SignAsMember;
  readonly onChain: () => OnChain | undefined;
  readonly reads: () => Reads | undefined;
}

/**
 * Another key for a member who has neither PIN nor printed code: two officers ask, two board keys sign, seven days pass.
 * Anybody whose key still opens cancels.
 */
export interface KeyChanges extends OfficerMessages {
  /**
   * The first officer asks, with the member at hand who chooses a PIN. The hub makes the key; its printed code is told
   * once. Throws `not_allowed` for one's own seat, `already_exists`, `not_found`, `not_founded`, `chain_offline`.
   */
  ask(
    actor: Actor,
    seat: SeatNumber,
    pin: string,
    idempotencyKey?: string,
  ): Promise<{ id: string; recoveryCode: string }>;
  /** A second officer asks too: the board's keys may sign. Throws `not_allowed` for the first, and for one's own seat. */
  second(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
  /** An officer takes it back before it is announced. Throws `conflict` afterwards. */
  withdraw(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
  /** The member's own key objects, whatever stage it is at. Throws `grant_needed`, `not_found`. */
  cancelMine(actor: Actor, idempotencyKey?: string): Promise<void>;
}

/** Every page of the member, and the board's, reads it again. */
export function tellKeyChange(tx: Tx, { id, revision, seat }: KeyChangeRow): void {
  const member = touchMember(tx, seat);
  tx.changed('member', member.id, member.revision, `seat:${seat}`);
  tx.changed('key-change', id, revision + 1, 'role:board');
}

/** It does not come true: the key that was made for it is thrown away. */
export function endKeyChange(tx: Tx, row: KeyChangeRow, reason: string): void {
  setKeyChange(tx, row.pk, 'ended', { reason });
  dropPendingWraps(tx, row.pk);
  tx.audit({ keyChange: row.id, seat: row.seat, reason });
  tellKeyChange(tx, row);
}

export function createKeyChanges(deps: KeyChangesDeps): KeyChanges {
  const { store, clock, keys, grants } = deps;

  function founded(): OnChain {
    const onChain = deps.onChain();
    if (!onChain) throw fail('not_founded');
    return onChain;
  }

  function registryDomain() {
    const { chainId, seatRegistry } = founded();
    return domainOf('SeatRegistry', chainId, seatRegistry);
  }

  /** An officer who speaks for another seat than their own. */
  function officerFor(actor: Actor, seat: SeatNumber): SeatNumber {
    if (actor.seat === undefined) throw fail('not_signed_in');
    if (actor.seat === seat) throw fail('not_allowed', { needs: 'another officer than the seat’s own member' });
    return actor.seat;
  }

  function mustBe(reader: Reader, id: string): KeyChangeRow {
    const row = keyChangeById(reader, id);
    if (!row) throw fail('not_found', { noun: 'key change' });
    return row;
  }

  function keepKey(tx: Tx, pk: number, { pinWrap, recovery }: NewKey): void {
    savePendingWrap(tx, pk, 'pin', pinWrap);
    savePendingWrap(tx, pk, 'recovery', recovery.wrap, recovery.lookup);
  }

  function takeBack(tx: Tx, row: KeyChangeRow, reason: string): void {
    if (row.intentId !== undefined) outbox.withdraw(tx, row.intentId, reason);
    endKeyChange(tx, row, reason);
  }

  return {
    async ask(actor, seat, pin, idempotencyKey) {
      assertGoodPin(pin);
      const askedBy = officerFor(actor, seat);
      const domain = registryDomain();
      if (!store.read((reader) => memberAt(reader, seat))) throw fail('not_found', { noun: 'member' });
      const reads = mustRead(deps.reads());
      // What the registry says, not the store: a restored one may not know the seat's last key.
      const oldKey = await keyOf(reads, seat, 'latest');
      if (oldKey === zeroAddress) throw fail('not_found', { noun: 'seat on chain' });
      const { revision } = await waitingChangeOf(reads, seat, 'latest');
      const validUntil = seconds(clock.nowMs() + recoveryValidMs);
      const messageFor = (newKey: Hex) =>
        message('RecoverKey', { seat, oldKey, newKey, revision: revision + 1, validUntil });
      const made = await keys.createSigning(seat, pin, (newKey) => digest(domain, messageFor(newKey)));
      const { address: newAddress, signature } = made;
      const id = await actOnce(
        store,
        { name: 'key-change.ask', actor, idempotencyKey, body: { seat } },
        (tx) => {
          if (openKeyChangesOf(tx, seat).some(({ state }) => state !== 'announced'))
            throw fail('already_exists', { field: 'seat' });
          const row = {
            id: uuidv7(),
            seat,
            state: 'asked',
            isRecovery: true,
            oldAddress: oldKey,
            newAddress,
            message: messageFor(newAddress),
            signature,
            askedBy,
          } as const;
          keepKey(tx, insertKeyChange(tx, row), made);
          tx.audit({ keyChange: row.id, seat, newAddress });
          tellKeyChange(tx, mustBe(tx, row.id));
          return row.id;
        },
        (tx, kept) => {
          // The answer was lost and its code with it: another key in the place of that one, while nobody has seconded it.
          const row = mustBe(tx, kept);
          if (row.state !== 'asked') throw fail('idempotency_key_reused');
          setKeyChangeKey(tx, row.pk, newAddress, messageFor(newAddress), signature);
          keepKey(tx, row.pk, made);
          tx.audit({ keyChange: kept, seat, newAddress });
        },
      );
      return { id, recoveryCode: made.recovery.code };
    },

    async second(actor, id, idempotencyKey) {
      await store.act({ name: 'key-change.second', actor, idempotencyKey, body: { id } }, (tx) => {
        const row = mustBe(tx, id);
        const by = officerFor(actor, row.seat);
        if (row.state !== 'asked' || !row.message || !row.signature) throw fail('conflict', { noun: 'key change' });
        if (by === row.askedBy) throw fail('not_allowed', { needs: 'a second officer' });
        const intentId = outbox.add(tx, {
          lane: recoveriesLane,
          subject: subjectOf(founded().hubId, 'key-change', id),
          seat: row.seat,
          message: row.message,
          authorisations: [{ by: 'hub', address: row.newAddress, signature: row.signature }],
          validUntilMs: Number(row.message.fields.validUntil) * 1000,
        });
        saveSecond(tx, row.pk, by, intentId);
        tx.audit({ keyChange: id, seat: row.seat, intent: intentId });
        tellKeyChange(tx, row);
      });
    },

    async withdraw(actor, id, idempotencyKey) {
      await store.act({ name: 'key-change.withdraw', actor, idempotencyKey, body: { id } }, (tx) => {
        const row = mustBe(tx, id);
        if (row.state !== 'asked' && row.state !== 'signing') throw fail('conflict', { noun: 'key change' });
        takeBack(tx, row, 'withdrawn');
      });
    },

    async cancelMine(actor, idempotencyKey) {
      const { seat } = actor;
      if (seat === undefined) throw fail('not_signed_in');
      if (grants.untilMs(actor.sessionId) === undefined) throw fail('grant_needed');
      const open = store.read((reader) => openKeyChangesOf(reader, seat));
      if (open.length === 0) throw fail('not_found', { noun: 'key change' });
      const isAnnounced = open.some(({ state }) => state === 'announced');
      const cancel = isAnnounced ? await signedCancel(actor, seat) : undefined;
      await store.act({ name: 'key-change.cancel', actor, idempotencyKey, body: { seat } }, (tx) => {
        for (const row of openKeyChangesOf(tx, seat)) if (row.state !== 'announced') takeBack(tx, row, 'cancelled');
        tx.audit({ seat, isAnnounced });
        if (!cancel) return;
        outbox.queue(
          tx,
          outbox.add(tx, {
            lane: cancelsLane,
            subject: subjectOf(founded().hubId, 'key-change-cancel', uuidv7()),
            seat,
            validUntilMs: clock.nowMs() + cancelValidMs,
            ...cancel,
          }),
        );
      });
    },

    unsigned(reader) {
      const waiting = keyChangesToSign(reader);
      if (waiting.length === 0) return [];
      const domain = registryDomain();
      return waiting.map(({ intentId, message: toSign }) => ({
        id: intentId!,
        office: 'board' as const,
        typedData: typedDataJson(domain, toSign!),
        signedBy: outbox
          .find(reader, intentId!)!
          .authorisations.filter(({ by }) => by === 'officer')
          .map(({ address }) => address),
      }));
    },

    isUnsigned: (reader, intentId) => keyChangeOfIntent(reader, intentId)?.state === 'signing',

    async authorise(actor, intentId, signature, idempotencyKey) {
      const row = store.read((reader) => keyChangeOfIntent(reader, intentId));
      if (!row?.message) throw fail('not_found', { noun: 'message' });
      const address = recoverAddress(digest(registryDomain(), row.message), signature);
      const reads = mustRead(deps.reads());
      if (!address || !(await isBoard(reads, address))) throw fail('not_allowed', { needs: 'a board key' });
      const needed = await thresholdOf(reads);
      await store.act({ name: 'board.sign', actor, idempotencyKey, body: { intentId, signature } }, (tx) => {
        const signed = outbox.find(tx, intentId)!.authorisations.filter(({ by }) => by === 'officer');
        if (signed.some((one) => one.address === address)) throw fail('already_exists', { field: 'signature' });
        outbox.authorise(tx, intentId, { by: 'officer', address, signature });
        if (signed.length + 1 === needed) outbox.queue(tx, intentId);
        tx.audit({ intent: intentId, keyChange: row.id, seat: row.seat, address });
      });
    },
  };

  async function signedCancel(actor: Actor, seat: SeatNumber) {
    const { revision } = await waitingChangeOf(mustRead(deps.reads()), seat, 'latest');
    const validUntil = seconds(clock.nowMs() + cancelValidMs);
    const cancel = message('CancelKeyChange', { seat, revision: revision + 1, validUntil });
    const signature = await deps.sign(actor, registryDomain(), cancel);
    const address = store.read((reader) => memberAt(reader, seat)!.address);
    return { message: cancel, authorisations: [{ by: 'member', seat, address, signature }] } as const;
  }
}
