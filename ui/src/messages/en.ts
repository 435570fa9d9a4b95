import { app } from './en/app.ts';
import { errors } from './en/errors.ts';
import { garden } from './en/garden.ts';
import { governance } from './en/governance.ts';
import { hub } from './en/hub.ts';
import { members } from './en/members.ts';
import { officers } from './en/officers.ts';
import { orders } from './en/orders.ts';
import { produce } from './en/produce.ts';
import { transfers } from './en/transfers.ts';
import { treasury } from './en/treasury.ts';
import { units } from './en/units.ts';
import { wallet } from './en/wallet.ts';
import type { Message } from './message.ts';

export const en = {
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
} as const satisfies Readonly<Record<string, Message>>;
