import type { en } from './en.ts';
import { app } from './es/app.ts';
import { errors } from './es/errors.ts';
import { orders } from './es/orders.ts';
import { units } from './es/units.ts';
import type { Message } from './message.ts';

export const es = { ...app, ...errors, ...orders, ...units } as const satisfies Readonly<
  Record<keyof typeof en, Message>
>;
