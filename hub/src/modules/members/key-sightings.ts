import { v7 as uuidv7 } from 'uuid';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import {
  type Hex,
  type Job,
  type OnChain,
  type SeatNumber,
  type SeenEvent,
  type Store,
  system,
  type Tx,
} from '../../platform/ports/index.ts';
import { subjectOf } from '../../signing/index.ts';
import {
  dueKeyChanges,
  insertKeyChange,
  isCarrying,
  type KeyChangeRow,
  keyChangeById,
  openKeyChangesOf,
  saveApplyIntent,
  setKeyChange,
} from './key-changes.store.ts';
import { endKeyChange, tellKeyChange } from './key-changes.ts';
import { usePendingWraps } from './keys.store.ts';
import { applyMessage, carriesLane, carryMessage, keyChangesLane } from './members.lanes.ts';
import {
  furtherKeysOf,
  memberAt,
  saveFurtherKey,
  saveNewKey,
  saveRecoveryDue,
  seatOfAddress,
} from './members.store.ts';
import { recoveryConfirmAfterMs } from './people.ts';
import { removePinLocksOf } from './pin-pad.store.ts';
import { sessionsOf } from './sessions.store.ts';
import type { Sessions } from './sessions.ts';

/** The chain's clock may be behind the hub's. */
const marginMs = 60_000;
const yearMs = 365 * 86_400_000;
const zeroHash: Hex = `0x${'00'.repeat(32)}`;

/** What of an event is looked at. */
export type KeyEvent = Pick<SeenEvent, 'contract' | 'name' | 'args'>;

export interface KeySightings {
  /** Once per finalized event, in the chain's order; inside the watcher's unit of work. */
  onEvent(tx: Tx, event: KeyEvent): void;
  /** `key-change.apply`: completes what has been announced for long enough, whoever announced it. */
  readonly jobs: readonly Job[];
}

/** What the finalized registry and token say about keys, and what the hub does about it. */
export function createKeySightings(deps: {
  store: Store;
  clock: Clock;
  sessions: Sessions;
  onChain: () => OnChain | undefined;
  isClockTrusted: () => boolean;
}): KeySightings {
  const { store, clock, sessions } = deps;
  const subject = (noun: string) => subjectOf(deps.onChain()?.hubId ?? zeroHash, noun, uuidv7());

  const openOf = (tx: Tx, seat: SeatNumber, newKey: Hex): KeyChangeRow | undefined =>
    openKeyChangesOf(tx, seat).find(({ newAddress }) => newAddress === newKey);

  function announced(tx: Tx, seat: SeatNumber, args: KeyEvent['args']): void {
    const [newAddress, oldAddress] = [args.newKey as Hex, args.oldKey as Hex];
    const effectiveAtMs = Number(args.effectiveAt) * 1000;
    // One waits at a time: a later announcement takes the place of an earlier one.
    for (const row of openKeyChangesOf(tx, seat))
      if (row.state === 'announced' && row.newAddress !== newAddress) endKeyChange(tx, row, 'overtaken');
    const own = openOf(tx, seat, newAddress);
    if (own) {
      setKeyChange(tx, own.pk, 'announced', { effectiveAtMs });
      tellKeyChange(tx, own);
      return;
    }
    const id = uuidv7();
    const isRecovery = args.isRecovery === true;
    insertKeyChange(tx, { id, seat, state: 'announced', isRecovery, oldAddress, newAddress, effectiveAtMs });
    tellKeyChange(tx, keyChangeById(tx, id)!);
  }

  function changed(tx: Tx, seat: SeatNumber, oldKey: Hex, newKey: Hex): void {
    const row = openOf(tx, seat, newKey);
    if (row?.message) {
      const { id } = memberAt(tx, seat)!;
      saveNewKey(tx, seat, newKey);
      usePendingWraps(tx, row.pk);
      sessions.end(tx, sessionsOf(tx, seat));
      removePinLocksOf(tx, id);
      saveRecoveryDue(tx, seat, tx.nowMs + recoveryConfirmAfterMs);
    } else if (memberAt(tx, seat)!.address !== newKey) {
      // A key of a wallet, or of a hub that is no more: what lies there is the seat's, but this hub cannot sign for it.
      saveFurtherKey(tx, seat, newKey);
    }
    tx.audit({ seat, oldKey, newKey, isOurs: row?.message !== undefined });
    if (row) {
      setKeyChange(tx, row.pk, 'done');
      tellKeyChange(tx, row);
    }
    carry(tx, seat, oldKey);
  }

  function carry(tx: Tx, seat: SeatNumber, oldKey: Hex): void {
    if (isCarrying(tx, carriesLane, seat, oldKey)) return;
    const intentId = outbox.add(tx, {
      lane: carriesLane,
      subject: subject('carry'),
      seat,
      message: carryMessage({ seat, oldKey }),
      authorisations: [],
      validUntilMs: tx.nowMs + yearMs,
    });
    outbox.queue(tx, intentId);
  }

  function onRegistry(tx: Tx, { name, args }: KeyEvent): void {
    const seat = Number(args.seat);
    if (args.seat === undefined || !memberAt(tx, seat)) return;
    if (name === 'KeyChangeAnnounced') announced(tx, seat, args);
    else if (name === 'KeyChanged') changed(tx, seat, args.oldKey as Hex, args.newKey as Hex);
    else if (name === 'KeyChangeCancelled') {
      const row = openOf(tx, seat, args.newKey as Hex);
      if (row) endKeyChange(tx, row, 'cancelled');
    } else if (name === 'SeatCorrected') saveFurtherKey(tx, seat, args.newKey as Hex);
  }

  /** Money that comes to a former key goes home too. */
  function onMoney(tx: Tx, { to }: { to?: Hex }): void {
    const seat = to === undefined ? undefined : seatOfAddress(tx, to);
    if (to !== undefined && seat !== undefined && furtherKeysOf(tx, seat).includes(to)) carry(tx, seat, to);
  }

  return {
    onEvent(tx, event) {
      if (event.contract === 'SeatRegistry') onRegistry(tx, event);
      else if (event.contract === 'FoodUSD' && event.name === 'Transfer') onMoney(tx, event.args);
    },
    jobs: [
      {
        name: 'key-change.apply',
        async run() {
          if (!deps.isClockTrusted()) return;
          const beforeMs = clock.nowMs() - marginMs;
          if (store.read((reader) => dueKeyChanges(reader, beforeMs)).length === 0) return;
          await store.act({ name: 'key-change.apply', actor: system('members') }, (tx) => {
            const due = dueKeyChanges(tx, beforeMs);
            for (const { pk, seat, newAddress } of due) {
              const intentId = outbox.add(tx, {
                lane: keyChangesLane,
                subject: subject('key-change'),
                seat,
                message: applyMessage({ seat, newKey: newAddress }),
                authorisations: [],
                validUntilMs: tx.nowMs + yearMs,
              });
              outbox.queue(tx, intentId);
              saveApplyIntent(tx, pk, intentId);
            }
            tx.audit({ count: due.length });
          });
        },
      },
    ],
  };
}
