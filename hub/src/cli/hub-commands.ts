import { rebuildChain } from './chain-rebuild.ts';
import { claimCode, kioskCode } from './claim.ts';
import type { HubCommand } from './command.ts';
import { listDevices } from './devices.ts';
import { hubHealth } from './hub-health.ts';
import { listMembers } from './members.ts';
import { listOrders } from './orders.ts';
import { settleNow } from './settle.ts';
import { hubStatus } from './status.ts';

/** Everything that can be asked of a running hub over its socket. None moves money or makes an officer. */
export const hubCommands: readonly HubCommand[] = [
  hubStatus,
  hubHealth,
  claimCode,
  kioskCode,
  listMembers,
  listDevices,
  listOrders,
  settleNow,
  rebuildChain,
];
