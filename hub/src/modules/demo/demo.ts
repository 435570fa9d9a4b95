import { v7 as uuidv7 } from 'uuid';
import { fail, isStoopError } from '../../platform/errors.ts';
import {
  type Actor,
  type DeviceKind,
  nobody,
  type Reader,
  type Role,
  type SeatNumber,
  type Store,
} from '../../platform/ports/index.ts';
import type { GovernanceRoom, NewBallot, NewProposal } from '../governance/index.ts';
import type { Members } from '../members/index.ts';
import type { Intention, Order, OrdersRoom } from '../orders/index.ts';
import type { DemoFile, DemoPerson } from './demo.schema.ts';

export interface DemoDeps {
  readonly store: Store;
  readonly members: Members;
  readonly orders: OrdersRoom;
  readonly governance: GovernanceRoom;
  readonly file: DemoFile;
}

export interface Entered {
  readonly deviceToken: string;
  readonly sessionToken?: string;
  readonly path: string;
}

/** How many neighbours lend a hand at most: a case should fill, not the whole building queue up. */
const helpersMax = 8;

export function createDemo({ store, members, orders, governance, file }: DemoDeps) {
  const personWith = (role: Role): DemoPerson => {
    const person = file.people.find((candidate) => candidate.roles.includes(role));
    if (!person) throw fail('not_found', { noun: role });
    return person;
  };
  const resident = file.people.find((person) => person.seat === file.residentSeat) ?? file.people[0]!;

  /** Opens a browser's door as that person, signing allowed: the PIN is known, this is a demonstration. */
  async function openAs(person: DemoPerson, replacesDeviceId?: string) {
    const tokens = await members.openDoor({
      kind: 'phone',
      name: 'Demonstration',
      seat: person.seat,
      replacesDeviceId,
    });
    const { actor } = members.authenticate(tokens);
    await members.openGrant(actor, person.pin);
    return { tokens, actor: actor as Actor & { seat: SeatNumber } };
  }

  /** Does something as that person, who is gone afterwards. */
  async function as<T>(person: DemoPerson, work: (intention: Intention) => Promise<T>): Promise<T> {
    const { actor } = await openAs(person);
    try {
      return await work({ actor, idempotencyKey: uuidv7() });
    } finally {
      await members.closeDoor(actor.deviceId!);
    }
  }

  const joinAs = (person: DemoPerson, orderId: string, units: number): Promise<void> =>
    as(person, (intention) => orders.orders.join(intention, orderId, units));

  return {
    resident,

    async enter(door: string, replacesDeviceId?: string): Promise<Entered> {
      if (door === 'kiosk') {
        const kind: DeviceKind = 'kiosk';
        return { ...(await members.openDoor({ kind, name: 'Lobby', replacesDeviceId })), path: '/' };
      }
      const person = door === 'phone' ? resident : personWith(door as Role);
      const { tokens } = await openAs(person, replacesDeviceId);
      return { ...tokens, path: door === 'phone' ? '/' : `/${door}` };
    },

    joinAs,
    proposeAs: (person: DemoPerson, wish: NewProposal) =>
      as(person, (intention) => governance.propose(intention, wish)),
    voteAs: (person: DemoPerson, proposalId: string, ballot: NewBallot) =>
      as(person, (intention) => governance.vote(intention, proposalId, ballot)),

    /** Some neighbours join, one after the other, until the order has reached its target. Answers how many. */
    async sendNeighbours(orderId: string): Promise<number> {
      const others = file.people.filter((person) => person.seat !== resident.seat);
      let joined = 0;
      for (const person of others) {
        const order = store.read((reader) => orders.view(reader, orderId, nobody));
        if (!order) throw fail('not_found', { noun: 'order' });
        if (order.state !== 'open' || order.unitsToTarget === 0 || joined === helpersMax) break;
        const units = Math.ceil(order.unitsToTarget / Math.max(1, helpersMax - joined));
        try {
          await joinAs(person, orderId, Math.max(units, Math.min(2, order.unitsToTarget)));
          joined++;
        } catch (error) {
          // Who has joined before or has spent the money simply stays at home.
          if (!isStoopError(error, 'already_joined') && !isStoopError(error, 'not_enough_money')) throw error;
        }
      }
      return joined;
    },

    /** How far the guided day has come, from what really happened. */
    guide(reader: Reader): { step: string; isDone: boolean }[] {
      const mine = orders.mine(reader, resident.seat);
      const isLive = (order: Order) => order.myLine?.state !== 'void';
      return [
        { step: 'join', isDone: mine.some((order) => order.myLine !== undefined && isLive(order)) },
        { step: 'settle', isDone: mine.some((order) => order.myLine?.record === 'recorded') },
      ];
    },
  };
}

export type Demo = ReturnType<typeof createDemo>;
