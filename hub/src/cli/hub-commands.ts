import { claimCode, kioskCode } from './claim.ts';
import type { HubCommand } from './command.ts';

/** Everything that can be asked of a running hub over its socket. None moves money or makes an officer. */
export const hubCommands: readonly HubCommand[] = [claimCode, kioskCode];
