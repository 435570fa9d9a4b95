import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../platform/errors.ts';
import type { Actor, DeviceKind, Reader, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { type Device, deleteDevice, deviceById, insertDevice, kiosks, phonesOf } from './devices.store.ts';
import type { DeviceView } from './members.schema.ts';
import { sessionOn } from './sessions.store.ts';
import type { Sessions } from './sessions.ts';

export interface NewDevice {
  readonly kind: DeviceKind;
  /** Whose phone; absent for a kiosk. */
  readonly seat?: SeatNumber;
  readonly name: string;
  readonly tokenHash: Uint8Array;
}

export interface Devices {
  /** Approves the actor's browser; what it was before is forgotten. Throws `not_allowed` when a kiosk would become a phone. */
  approve(tx: Tx, device: NewDevice): string;
  /** Takes the approval back, if there is such a device. */
  forget(tx: Tx, id: string): void;
  mine(actor: Actor): DeviceView[];
  kiosks(actor: Actor): DeviceView[];
  /** Takes the approval back. Throws `not_found` for anything but an own phone. */
  removeMine(actor: Actor, id: string): Promise<void>;
  /** Throws `not_found`. */
  removeKiosk(actor: Actor, id: string): Promise<void>;
}

export function createDevices(deps: { store: Store; sessions: Sessions }): Devices {
  const { store, sessions } = deps;

  const view = (device: Device, actor: Actor): DeviceView => ({
    id: device.id,
    kind: device.kind,
    name: device.name,
    lastSeenAtMs: sessions.lastSeenAtMs(device),
    isThis: device.id === actor.deviceId,
  });

  function remove(tx: Tx, device: Device): void {
    const session = sessionOn(tx, device.id);
    if (session) sessions.end(tx, [session]);
    deleteDevice(tx, device.id);
    tx.changed('device', device.id, 1, device.seat === null ? 'role:maintainer' : `seat:${device.seat}`);
    tx.audit({ device: device.id, kind: device.kind });
  }

  function removeIf(actor: Actor, id: string, isTheirs: (device: Device) => boolean): Promise<void> {
    return store.act({ name: 'device.remove', actor }, (tx) => {
      const device = deviceById(tx, id);
      if (!device || !isTheirs(device)) throw fail('not_found', { noun: 'device' });
      remove(tx, device);
    });
  }

  const listed = (list: (reader: Reader) => Device[], actor: Actor) =>
    store.read((reader) => list(reader).map((device) => view(device, actor)));

  return {
    approve(tx, { kind, seat, name, tokenHash }) {
      const former = tx.actor.deviceId === undefined ? undefined : deviceById(tx, tx.actor.deviceId);
      if (former?.kind === 'kiosk' && kind === 'phone') throw fail('not_allowed', { needs: 'a phone, not the kiosk' });
      if (former) remove(tx, former);
      const id = uuidv7();
      insertDevice(tx, { id, tokenHash, kind, seat, name });
      tx.changed('device', id, 1, seat === undefined ? 'role:maintainer' : `seat:${seat}`);
      tx.audit({ device: id, kind, seat: seat ?? null });
      return id;
    },
    forget(tx, id) {
      const device = deviceById(tx, id);
      if (device) remove(tx, device);
    },
    mine: (actor) => listed((reader) => phonesOf(reader, actor.seat!), actor),
    kiosks: (actor) => listed(kiosks, actor),
    removeMine: (actor, id) => removeIf(actor, id, (device) => device.seat === actor.seat),
    removeKiosk: (actor, id) => removeIf(actor, id, (device) => device.kind === 'kiosk'),
  };
}
