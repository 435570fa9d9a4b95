import { Contract, type EventLog, type Provider } from 'ethers';
import { interfaceOf } from './artifact.ts';
import { deployedNames } from './config.ts';
import {
  functionRoles,
  holders,
  type RoleName,
  role,
  roleAdmins,
  selectorOf,
  type VotableCall,
  votableCalls,
} from './roles.ts';
import type { Verification } from './verification.ts';

/** Nodes of the Filecoin chain answer for at most 2,880 heights at once. */
const LOG_PAGE = 2000;

const roleNames = Object.keys(role) as RoleName[];
const nameOf = (id: bigint): string => roleNames.find((each) => role[each] === id) ?? `role ${id}`;

/**
 * What differs between the roles on the chain and the table: a holder more or less, another delay, another role that gives
 * it, a function of any contract with another role.
 */
export async function roleDifferences({ provider, deployment, config, deployer }: Verification): Promise<string[]> {
  const { contracts, deployedAtBlock } = deployment;
  const manager = new Contract(contracts.AccessManager, interfaceOf('AccessManager'), provider);
  const ask = (fn: string, ...args: unknown[]): Promise<unknown> => manager.getFunction(fn)(...args);
  const found: string[] = [];
  const expect = (what: string, expected: unknown, actual: unknown): void => {
    if (String(expected) !== String(actual))
      found.push(`${what}: expected ${String(expected)}, found ${String(actual)}`);
  };

  // The manager keeps no list of holders. Everybody who was ever given a role stands in its events.
  const granted = await eventsOf<{ roleId: bigint; account: string }>(
    manager,
    'RoleGranted',
    provider,
    deployedAtBlock,
  );
  const table = holders(contracts, config);
  const asked = new Map<string, { id: bigint; account: string }>();
  for (const { id, account } of [
    ...granted.map(({ roleId, account }) => ({ id: roleId, account })),
    ...table.map((each) => ({ id: role[each.role] as bigint, account: each.account })),
    ...roleNames.map((each) => ({ id: role[each] as bigint, account: deployer })),
  ]) {
    asked.set(`${id} ${account}`, { id, account });
  }
  await Promise.all(
    [...asked.values()].map(async ({ id, account }) => {
      const [isMember, delay] = (await ask('hasRole', id, account)) as [boolean, bigint];
      const due = table.find((each) => role[each.role] === id && each.account === account);
      const state = (has: boolean, seconds: unknown): string =>
        has ? `has it after ${String(seconds)} s` : 'has it not';
      expect(`${nameOf(id)}, ${account}`, state(Boolean(due), due?.delaySeconds), state(isMember, delay));
    }),
  );

  await Promise.all(
    roleNames.map(async (name) => {
      expect(`who gives ${name}`, role[roleAdmins[name] ?? 'admin'], await ask('getRoleAdmin', role[name]));
      expect(`who guards ${name}`, role.admin, await ask('getRoleGuardian', role[name]));
      expect(`delay of giving ${name}`, 0, await ask('getRoleGrantDelay', role[name]));
    }),
  );
  await Promise.all(
    deployedNames.map(async (name) => {
      expect(`${name} closed`, false, await ask('isTargetClosed', contracts[name]));
      expect(`${name}’s own delay`, 0, await ask('getTargetAdminDelay', contracts[name]));
      const writes = interfaceOf(name).fragments.filter((each) => each.type === 'function') as unknown as {
        name: string;
        selector: string;
        stateMutability: string;
      }[];
      await Promise.all(
        writes
          .filter((each) => !['view', 'pure'].includes(each.stateMutability))
          .map(async (each) => {
            const due = role[functionRoles[name]?.[each.name] ?? 'admin'];
            const is = (await ask('getTargetFunctionRole', contracts[name], each.selector)) as bigint;
            expect(`role of ${name}.${each.name}`, nameOf(due), nameOf(is));
          }),
      );
    }),
  );
  return found;
}

/** What differs between the functions that members may vote to call and those that they should. */
export async function votableDifferences({ provider, deployment }: Verification): Promise<string[]> {
  const { contracts, deployedAtBlock } = deployment;
  const governor = new Contract(contracts.CoopGovernor, interfaceOf('CoopGovernor'), provider);
  const table: VotableCall[] = [
    { kind: 1, target: contracts.FoodUSD, selector: selectorOf('FoodUSD', 'transfer') },
    { kind: 2, target: contracts.Parameters, selector: selectorOf('Parameters', 'set') },
    ...votableCalls((name) => contracts[name]),
  ];
  const titleOf = (call: VotableCall): string => `${call.kind} ${call.target} ${call.selector}`;
  const expected = new Set(table.map(titleOf));
  const listed = await eventsOf<VotableCall>(governor, 'CallAllowed', provider, deployedAtBlock);
  const asked = new Map([...table, ...listed].map((call) => [titleOf(call), call]));
  const found: string[] = [];
  await Promise.all(
    [...asked].map(async ([title, { kind, target, selector }]) => {
      const is = (await governor.getFunction('isAllowed')(kind, target, selector)) as boolean;
      if (is !== expected.has(title)) found.push(`votes of kind ${title}: expected ${!is}, found ${is}`);
    }),
  );
  return found;
}

/** The arguments of every event of a name since a block. */
async function eventsOf<T>(contract: Contract, name: string, provider: Provider, from: number): Promise<T[]> {
  const head = await provider.getBlockNumber();
  const list: T[] = [];
  for (let start = from; start <= head; start += LOG_PAGE) {
    const logs = await contract.queryFilter(name, start, Math.min(head, start + LOG_PAGE - 1));
    list.push(...logs.map((log) => (log as EventLog).args.toObject() as T));
  }
  return list;
}
