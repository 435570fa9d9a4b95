import type { en } from './en.ts';
import { app } from './es/app.ts';
import { errors } from './es/errors.ts';
import { garden } from './es/garden.ts';
import { governance } from './es/governance.ts';
import { hub } from './es/hub.ts';
import { members } from './es/members.ts';
import { officers } from './es/officers.ts';
import { orders } from './es/orders.ts';
import { produce } from './es/produce.ts';
import { transfers } from './es/transfers.ts';
import { treasury } from './es/treasury.ts';
import { units } from './es/units.ts';
import { wallet } from './es/wallet.ts';
import type { Message } from './message.ts';

export const es = {
  ...app,
  ...errors,
  ...garden,
  ...governance,
  ...hub,
  ...members,
  ...officers,
  ...orders,
  ...produce,
  ...transfers,
  ...treasury,
  ...units,
  ...wallet,
} as const satisfies Readonly<Record<keyof typeof en, Message>>;
