import { interfaceOf } from './artifact.ts';
import type { DeployConfig, DeployedName, Deployment } from './config.ts';

/** Roles of the access manager. 0 is its own admin role. */
export const role = { admin: 0n, relayer: 1n, upgrader: 2n, operations: 3n, guardian: 4n, governor: 5n } as const;
export type RoleName = keyof typeof role;

type Addresses = Deployment['contracts'];
export type AddressOf = (name: DeployedName) => string;

/** Who has a role, and how long what they do with it waits at the manager. */
export interface Holder {
  readonly role: RoleName;
  readonly account: string;
  readonly delaySeconds: number;
}

const upgrades = {
  announceUpgrade: 'upgrader',
  upgradeToAndCall: 'upgrader',
  withdrawUpgrade: 'operations',
} as const;

/** The role of every `restricted` function that is not the admin's. */
export const functionRoles: Readonly<Partial<Record<DeployedName, Readonly<Record<string, RoleName>>>>> = {
  FoodUSD: {
    pause: 'guardian',
    unpause: 'operations',
    // A stolen officer's key is put out at once; another is named in its place after the admin's delay.
    removeMinter: 'operations',
    removeAttestor: 'operations',
  },
  GroupBuying: { settle: 'relayer', ...upgrades },
  GroToken: {
    removeCertifier: 'operations',
    removeSteward: 'operations',
    // Or by the lot's own certifier.
    setRecalled: 'operations',
    ...upgrades,
  },
  SeatLock: upgrades,
  CoopGovernor: { cancel: 'guardian', setAllowed: 'governor', setGuardianUntil: 'governor', ...upgrades },
  Parameters: { set: 'governor', declare: 'governor', ...upgrades },
};

/** A function that proposals on roles and upgrades may call, as the governor takes it. */
export interface VotableCall {
  readonly kind: number;
  readonly target: string;
  readonly selector: string;
}

/** `CallRules.ROLES`. */
const ROLES_KIND = 3;

/**
 * What members may do by a vote on roles: announce and carry out upgrades, widen the bounds of a number, change this very list
 * and prolong the guardian's term. Never a function that carries another call, which would be a list without an end.
 */
export function votableCalls(at: AddressOf): VotableCall[] {
  const byVote: readonly RoleName[] = ['upgrader', 'governor'];
  return Object.entries(functionRoles).flatMap(([name, functions]) =>
    Object.entries(functions)
      // Setting numbers is the parameters' own kind.
      .filter(([fn, each]) => byVote.includes(each) && !(name === 'Parameters' && fn === 'set'))
      .map(([fn]) => ({
        kind: ROLES_KIND,
        target: at(name as DeployedName),
        selector: selectorOf(name as DeployedName, fn),
      })),
  );
}

/** Roles that another role than the admin's gives and takes. A lost key of these is replaced at once: it moves nothing. */
export const roleAdmins: Readonly<Partial<Record<RoleName, RoleName>>> = {
  relayer: 'operations',
  guardian: 'operations',
};

/** Everybody who has a role. */
export function holders(contracts: Addresses, config: DeployConfig): Holder[] {
  const hold = (name: RoleName, account: string, delaySeconds = 0): Holder => ({ role: name, account, delaySeconds });
  return [
    ...config.relayers.map((each) => hold('relayer', each)),
    ...config.guardians.map((each) => hold('guardian', each)),
    hold('operations', contracts.Board),
    // The contracts themselves keep an upgrade announced for seven days.
    hold('upgrader', contracts.Board),
    hold('upgrader', contracts.CoopGovernor),
    hold('governor', contracts.CoopGovernor),
    // Last: with it the board stands where the deployer stood.
    hold('admin', contracts.Board, config.adminDelaySeconds),
  ];
}

/** The calls that give every role to its holders and, last, take the admin's from the deployer. */
export function wiringCalls(contracts: Addresses, config: DeployConfig, deployer: string): string[] {
  const manager = interfaceOf('AccessManager');
  const call = (fn: string, ...args: unknown[]): string => manager.encodeFunctionData(fn, args);
  const named = Object.keys(role).filter((each) => each !== 'admin') as RoleName[];
  return [
    ...named.map((each) => call('labelRole', role[each], each)),
    ...Object.entries(functionRoles).flatMap(([contract, functions]) =>
      Object.entries(byRole(functions)).map(([name, fns]) =>
        call(
          'setTargetFunctionRole',
          contracts[contract as DeployedName],
          fns.map((fn) => selectorOf(contract as DeployedName, fn)),
          role[name as RoleName],
        ),
      ),
    ),
    ...holders(contracts, config).map((each) => call('grantRole', role[each.role], each.account, each.delaySeconds)),
    // After the grants: the deployer gives as the admin.
    ...Object.entries(roleAdmins).map(([each, admin]) => call('setRoleAdmin', role[each as RoleName], role[admin])),
    call('renounceRole', role.admin, deployer),
  ];
}

export function selectorOf(contract: DeployedName, fn: string): string {
  const found = interfaceOf(contract).getFunction(fn);
  if (!found) throw new Error(`${contract} has no ${fn}`);
  return found.selector;
}

function byRole(functions: Readonly<Record<string, RoleName>>): Partial<Record<RoleName, string[]>> {
  return Object.fromEntries(
    [...new Set(Object.values(functions))].map((name) => [
      name,
      Object.keys(functions).filter((fn) => functions[fn] === name),
    ]),
  );
}

/** The table of roles, in lines for people. */
export function roleTable(contracts: Addresses, config: DeployConfig): string[] {
  const nameOf = (account: string): string =>
    Object.entries(contracts).find(([, address]) => address === account)?.[0] ?? account;
  return Object.keys(role).flatMap((each) => {
    const name = each as RoleName;
    const held = holders(contracts, config)
      .filter((holder) => holder.role === name)
      .map(({ account, delaySeconds }) =>
        delaySeconds > 0 ? `${nameOf(account)} after ${delaySeconds} s` : nameOf(account),
      );
    const may = Object.entries(functionRoles).flatMap(([contract, functions]) =>
      (byRole(functions)[name] ?? []).map((fn) => `${contract}.${fn}`),
    );
    return [
      `role ${role[name]} ${name.padEnd(10)} ${held.join(', ') || 'nobody'}; given by ${roleAdmins[name] ?? 'admin'}`,
      `  ${name === 'admin' ? 'every restricted function that no other role has' : may.join(', ')}`,
    ];
  });
}
