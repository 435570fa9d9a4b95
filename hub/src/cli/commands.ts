import { backup } from './backup.ts';
import { claim } from './claim.ts';
import type { Command } from './command.ts';
import { devices } from './devices.ts';
import { members } from './members.ts';
import { orders } from './orders.ts';
import { restore } from './restore.ts';
import { settle } from './settle.ts';
import { status } from './status.ts';

/** In the order of --help. */
export const commands: readonly Command[] = [status, claim, members, devices, orders, settle, backup, restore];
