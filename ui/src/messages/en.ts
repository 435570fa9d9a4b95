import { app } from './en/app.ts';
import { errors } from './en/errors.ts';
import { orders } from './en/orders.ts';
import { units } from './en/units.ts';
import type { Message } from './message.ts';

export const en = { ...app, ...errors, ...orders, ...units } as const satisfies Readonly<Record<string, Message>>;
