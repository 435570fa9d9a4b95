import { interfaceOf } from './artifact.ts';
import type { DeployConfig, Deployment } from './config.ts';

/** Roles of the access manager. 0 is its own admin role. */
export const role = { admin: 0n, relayer: 1n, upgrader: 2n, operations: 3n } as const;

type Addresses = Deployment['contracts'];

/** The calls that give every role to its holder and, last, take the admin's from the deployer. */
export function wiringCalls(contracts: Addresses, config: DeployConfig, deployer: string): string[] {
  const manager = interfaceOf('AccessManager');
  const book = interfaceOf('GroupBuying');
  const call = (fn: string, ...args: unknown[]): string => manager.encodeFunctionData(fn, args);
  const selector = (fn: string): string => book.getFunction(fn)!.selector;
  const delay = config.adminDelaySeconds;
  return [
    call('labelRole', role.relayer, 'relayer'),
    call('labelRole', role.upgrader, 'upgrader'),
    call('labelRole', role.operations, 'operations'),
    call('setTargetFunctionRole', contracts.GroupBuying, [selector('settle')], role.relayer),
    call(
      'setTargetFunctionRole',
      contracts.GroupBuying,
      [selector('announceUpgrade'), selector('upgradeToAndCall')],
      role.upgrader,
    ),
    call('setTargetFunctionRole', contracts.GroupBuying, [selector('withdrawUpgrade')], role.operations),
    ...config.relayers.map((each) => call('grantRole', role.relayer, each, 0)),
    // A lost relayer key is replaced without delay: a relayer can move nothing that is not signed.
    call('setRoleAdmin', role.relayer, role.operations),
    call('grantRole', role.operations, contracts.Board, 0),
    // The contracts themselves keep an upgrade announced for seven days.
    call('grantRole', role.upgrader, contracts.Board, 0),
    call('grantRole', role.admin, contracts.Board, delay),
    call('renounceRole', role.admin, deployer),
  ];
}
