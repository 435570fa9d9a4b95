import { backup } from './backup.ts';
import { bundle } from './bundle.ts';
import { chainRebuild } from './chain-rebuild.ts';
import { claim } from './claim.ts';
import type { Command } from './command.ts';
import { devices } from './devices.ts';
import { doctor } from './doctor.ts';
import { logs } from './logs.ts';
import { members } from './members.ts';
import { migrateDownCommand } from './migrate-down.ts';
import { orders } from './orders.ts';
import { restore } from './restore.ts';
import { settle } from './settle.ts';
import { status } from './status.ts';

/** In the order of --help. */
export const commands: readonly Command[] = [
  status,
  doctor,
  claim,
  members,
  devices,
  orders,
  settle,
  chainRebuild,
  backup,
  restore,
  bundle,
  logs,
  migrateDownCommand,
];
