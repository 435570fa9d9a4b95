import { createOutsideCarriers } from './carriers/index.ts';
import type { Config } from './config/index.ts';
import { buildingName } from './modules/members/index.ts';
import { createNoticesRoom } from './modules/notices/index.ts';
import { settledOrder } from './modules/orders/index.ts';
import { outbox } from './outbox/index.ts';
import type { Clock } from './platform/clock.ts';
import type { Faults } from './platform/faults.ts';
import type { Carrier, Room, Store } from './platform/ports/index.ts';

interface OutsideParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
}

/** Whom the hub tells that is no chain: the room that knows what, the carriers that know how. */
export function composeOutside({ config, store, clock, faults }: OutsideParts): {
  notices: Room;
  carriers: readonly Carrier[];
} {
  const { mail, webhooks } = config;
  const waitingLanes = store.read((reader) => outbox.waiting(reader).map(({ lane }) => lane));
  const notices = createNoticesRoom({
    store,
    clock,
    faults: faults.list,
    readers: mail?.readers ?? [],
    hooks: webhooks.map(({ name }) => name),
    settledOrder,
    building: () => store.read(buildingName) ?? config.building.name,
    waitingLanes,
  });
  return { notices, carriers: createOutsideCarriers({ mail, webhooks, waitingLanes, store, clock }) };
}
