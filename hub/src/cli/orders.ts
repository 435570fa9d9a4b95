import type { Order } from '../modules/orders/index.ts';
import type { Command, HubCommand } from './command.ts';
import { askRoute } from './routes.ts';
import { moneyOf, table, timeOf } from './text.ts';

export const listOrders: HubCommand<{ items: Order[] }> = {
  name: 'orders',
  async run(building, { past }) {
    const query = { state: past ? 'past' : 'open', limit: 100 };
    const { items } = await askRoute<{ items: Order[] }>(building, 'GET', '/api/orders', query);
    return { items };
  },
};

export const orders: Command = {
  name: 'orders',
  summary: 'group orders: how full, until when, how far on their way to the chain',
  options: [{ flags: '--past', summary: 'the newest 100 that are over instead' }],
  async run({ ask }, { past }) {
    const value = await ask(listOrders, { past });
    const rows = value.items.map((order) => [
      order.title,
      order.supplierName,
      `${moneyOf(order.committedMicros)} of ${moneyOf(order.targetMicros)}`,
      String(order.joinedCount),
      timeOf(order.deadlineAtMs),
      order.state,
      order.record,
    ]);
    const head = ['order', 'from', 'Food USD', 'people', 'until', 'state', 'record'];
    return { value, lines: rows.length === 0 ? ['None.'] : table(head, rows) };
  },
};
