import type { Chain } from './chain/index.ts';
import type { MoneyRooms } from './compose-money.ts';
import type { Journal } from './journal/index.ts';
import { buildingName, nameOf, namesOfSeats } from './modules/members/index.ts';
import type { OrdersRoom } from './modules/orders/index.ts';
import { findSupplier } from './modules/suppliers/index.ts';
import { createDesk, type Treasury } from './modules/treasury/index.ts';
import type { Clock } from './platform/clock.ts';
import type { Faults } from './platform/faults.ts';
import type { Room, Store } from './platform/ports/index.ts';
import type { Workers } from './platform/workers.ts';

export interface DeskParts {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly workers: Workers;
  readonly store: Store;
  readonly storePath: string;
  readonly journal: Journal;
  readonly treasury: Treasury;
  readonly orders: OrdersRoom;
  readonly chain: Chain;
  readonly money: MoneyRooms;
}

/** The treasurer's desk among the building's rooms. */
export function composeDesk({ clock, faults, chain, orders, money, ...parts }: DeskParts): Room {
  return createDesk({
    ...parts,
    nowMs: () => clock.nowMs(),
    reads: () => chain.reads,
    unavailable: () => chain.carrier.unavailable(),
    hasReadAll() {
      const { finalizedNumber, readNumber } = chain.state();
      return finalizedNumber !== undefined && finalizedNumber === readNumber;
    },
    tellDrift: (message) => (message ? faults.raise('drift', 'money', message) : faults.clear('drift')),
    buildingName,
    nameOf,
    namesOfSeats,
    supplierName: (reader, id) => findSupplier(reader, id)?.name,
    orderTitle: orders.titleOf,
    titleOf: (reader, noun, id, seat) =>
      (noun === 'order' ? orders : money.describers[noun])?.describe(reader, id, seat)?.title,
    redemptionMicros: money.redemptions.amountOf,
    redeem: money.redemptions.redemptions.ask,
  });
}
