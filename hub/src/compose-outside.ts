import { createOutsideCarriers } from './carriers/index.ts';
import type { Config } from './config/index.ts';
import { buildingName } from './modules/members/index.ts';
import { createNoticesRoom } from './modules/notices/index.ts';
import { settledOrder } from './modules/orders/index.ts';
import { outbox } from './outbox/index.ts';
import type { Clock } from './platform/clock.ts';
import type { Faults } from './platform/faults.ts';
import type { Carrier, Part, Room, Store } from './platform/ports/index.ts';

interface OutsideParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
}

interface Outside {
  readonly notices: Room;
  readonly carriers: readonly Carrier[];
  /** Stopped before the outbox: nobody waits for somebody outside to answer. */
  readonly part: Part;
}

/** Whom the hub tells that is no chain: the room that knows what, the carriers that know how. */
export function composeOutside({ config, store, clock, faults }: OutsideParts): Outside {
  const { mail, webhooks } = config;
  const waitingLanes = store.read((reader) => outbox.waiting(reader).map(({ lane }) => lane));
  const stopping = new AbortController();
  const carriers = createOutsideCarriers({ mail, webhooks, waitingLanes, store, clock, signal: stopping.signal });
  const notices = createNoticesRoom({
    store,
    clock,
    faults,
    readers: mail?.readers ?? [],
    hooks: webhooks.map(({ name }) => name),
    settledOrder,
    building: () => store.read(buildingName) ?? config.building.name,
    waitingLanes,
    whyNot: async (lane) => carriers.find(({ name }) => name === lane)?.unavailable(),
  });
  return {
    notices,
    carriers,
    part: { name: 'outside', start: async () => {}, stop: async () => stopping.abort() },
  };
}
