import type { Scene } from './scene.ts';
import { unknown, type Wrong } from './wrong.ts';

/** Well-formed wishes that the order, the purse or the grant does not allow. */
export function wrongOrderStates({ orders, cookies: _, ...scene }: Scene): Wrong[] {
  const at = (id: string, what = 'line') => `/api/orders/${id}/${what}`;
  const one = { units: 1 };
  const closed = (['settled', 'cancelled', 'failed', 'awaiting'] as const).flatMap((state): Wrong[] => [
    [`joining a ${state} order`, 'cal', `POST ${at(orders[state])}`, one, '409 order_closed'],
    [`changing a line of a ${state} order`, 'ben', `PUT ${at(orders[state])}`, one, '409 order_closed'],
    [`leaving a ${state} order`, 'ben', `DELETE ${at(orders[state])}`, undefined, '409 order_closed'],
  ]);

  return [
    ['joining twice', 'ben', `POST ${at(orders.open)}`, one, '409 already_joined'],
    ['joining twice at last call', 'ben', `POST ${at(orders.lastCall)}`, { units: 2 }, '409 already_joined'],
    ['changing a line that is not there', 'cal', `PUT ${at(orders.open)}`, one, '409 not_joined'],
    ['leaving an order of others', 'cal', `DELETE ${at(orders.open)}`, undefined, '409 not_joined'],
    ['changing as the opener who did not join', 'ana', `PUT ${at(orders.open)}`, one, '409 not_joined'],
    ...closed,
    ['joining without a PIN', 'benNoGrant', `POST ${at(orders.large)}`, one, '403 grant_needed'],
    ['changing without a PIN', 'benNoGrant', `PUT ${at(orders.open)}`, { units: 2 }, '403 grant_needed'],
    ['spending more than there is', 'cal', `POST ${at(orders.large)}`, one, '409 not_enough_money'],
    ['closing before the deadline', 'ana', `POST ${at(orders.lastCall, 'closing')}`, undefined, '409 order_closed'],
    ['closing what closes by itself', 'ana', `POST ${at(orders.open, 'closing')}`, undefined, '409 order_closed'],
    ['closing a settled order', 'ana', `POST ${at(orders.settled, 'closing')}`, undefined, '409 order_closed'],
    ['closing another’s order', 'ben', `POST ${at(orders.awaiting, 'closing')}`, undefined, '403 not_allowed'],
    [
      'closing another’s order as treasurer',
      'treasurer',
      `POST ${at(orders.awaiting, 'closing')}`,
      undefined,
      '403 not_allowed',
    ],
    ['cancelling another’s order', 'cal', `POST ${at(orders.open, 'cancel')}`, undefined, '403 not_allowed'],
    [
      'cancelling one’s own that others joined',
      'ana',
      `POST ${at(orders.open, 'cancel')}`,
      undefined,
      '403 not_allowed',
    ],
    [
      'cancelling a settled order',
      'coordinator',
      `POST ${at(orders.settled, 'cancel')}`,
      undefined,
      '409 order_closed',
    ],
    ['cancelling twice', 'coordinator', `POST ${at(orders.cancelled, 'cancel')}`, undefined, '409 order_closed'],
    ['reading an order that is none', 'nobody', `GET /api/orders/${unknown}`, undefined, '404 not_found'],
    ['joining an order that is none', 'ben', `POST ${at(unknown)}`, one, '404 not_found'],
    ['changing in an order that is none', 'ben', `PUT ${at(unknown)}`, one, '404 not_found'],
    ['leaving an order that is none', 'ben', `DELETE ${at(unknown)}`, undefined, '404 not_found'],
    ['closing an order that is none', 'ana', `POST ${at(unknown, 'closing')}`, undefined, '404 not_found'],
    ['cancelling an order that is none', 'coordinator', `POST ${at(unknown, 'cancel')}`, undefined, '404 not_found'],
    ['a supplier as an order', 'ben', `POST ${at(scene.supplierId)}`, one, '404 not_found'],
    [
      'sending neighbours to an order that is none',
      'nobody',
      'POST /api/demo/neighbours',
      { orderId: unknown },
      '404 not_found',
    ],
    ['a door that is none', 'nobody', 'POST /api/demo/enter', { door: 'board' }, '400 bad_request door'],
  ];
}
