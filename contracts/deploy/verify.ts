import { Contract, getAddress, type Provider } from 'ethers';
import { type ContractName, interfaceOf, isCodeOf } from './artifact.ts';
import { type DeployConfig, type DeployedName, type Deployment, deployedNames } from './config.ts';
import { initializable, initializeRefused } from './initialize.ts';
import { parametersOf } from './parameters.ts';
import type { Verification } from './verification.ts';
import { roleDifferences, votableDifferences } from './verify-roles.ts';

/** ERC-1967: keccak256('eip1967.proxy.implementation') - 1. */
const IMPLEMENTATION_SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbcn;

/** The implementation that a proxy stands before. */
export async function implementationOf(provider: Provider, proxy: string): Promise<string> {
  return getAddress(`0x${(await provider.getStorage(proxy, IMPLEMENTATION_SLOT)).slice(-40)}`);
}

type Expectation = readonly [contract: DeployedName, fn: string, args: readonly unknown[], expected: unknown];

/** What every contract must answer. */
function expectations(config: DeployConfig, contracts: Deployment['contracts'], deployer: string): Expectation[] {
  const { AccessManager: manager, SeatRegistry: seats } = contracts;
  const parameters = parametersOf(config.parameters);
  // Everybody who is something here is asked whether they are what they should not be.
  const people = [
    ...new Set([
      deployer,
      ...config.board,
      ...config.minters,
      ...config.attestors,
      ...config.relayers,
      ...config.guardians,
      ...config.certifiers,
      ...config.stewards,
      ...Object.values(contracts),
    ]),
  ];
  const onlyFor = (contract: DeployedName, fn: string, keys: readonly string[]): Expectation[] =>
    people.map((each) => [contract, fn, [each], keys.includes(each)]);
  return [
    ['SeatRegistry', 'board', [], config.board],
    ['SeatRegistry', 'threshold', [], config.threshold],
    ['SeatRegistry', 'votingSeatsPerDwelling', [], config.votingSeatsPerDwelling],
    ...onlyFor('SeatRegistry', 'isBoard', config.board),
    ...config.seats.map((each): Expectation => ['SeatRegistry', 'dwellingOf', [each.seat], each.dwelling]),
    ['Board', 'seats', [], seats],
    ['FoodUSD', 'seats', [], seats],
    ['FoodUSD', 'authority', [], manager],
    ['FoodUSD', 'defaultDailyLimit', [], config.defaultDailyLimitMicros],
    ...onlyFor('FoodUSD', 'isMinter', config.minters),
    ...onlyFor('FoodUSD', 'isAttestor', config.attestors),
    ['Parameters', 'authority', [], manager],
    ['Parameters', 'keys', [], parameters.map((each) => each.key)],
    ['Parameters', 'getAll', [parameters.map((each) => each.key)], parameters.map((each) => each.value)],
    ...parameters.map((each): Expectation => ['Parameters', 'boundsOf', [each.key], [each.least, each.most]]),
    ['GroToken', 'authority', [], manager],
    ['GroToken', 'seats', [], seats],
    ...onlyFor('GroToken', 'isCertifier', config.certifiers),
    ...onlyFor('GroToken', 'isSteward', config.stewards),
    ['SeatLock', 'authority', [], manager],
    ['SeatLock', 'seats', [], seats],
    ['SeatLock', 'gro', [], contracts.GroToken],
    ['CoopGovernor', 'authority', [], manager],
    ['CoopGovernor', 'seats', [], seats],
    ['CoopGovernor', 'locks', [], contracts.SeatLock],
    ['CoopGovernor', 'parameters', [], contracts.Parameters],
    ['CoopGovernor', 'token', [], contracts.FoodUSD],
    ['GroupBuying', 'authority', [], manager],
    ['GroupBuying', 'token', [], contracts.FoodUSD],
  ];
}

/** What every contract must answer before anybody has used it. */
function newExpectations(config: DeployConfig): Expectation[] {
  const residents = config.seats.filter((each) => each.class === 1).length;
  return [
    ['SeatRegistry', 'seatCount', [], config.seats.length],
    ['SeatRegistry', 'residentCount', [], residents],
    ['SeatRegistry', 'boardRevision', [], 0],
    ['SeatRegistry', 'isFounding', [], true],
    ...config.seats.flatMap((each): Expectation[] => [
      ['SeatRegistry', 'keyOf', [each.seat], each.key],
      ['SeatRegistry', 'classOf', [each.seat], each.class],
      ['SeatRegistry', 'isFrozen', [each.seat], false],
    ]),
    ...config.minters.map(
      (each): Expectation => ['FoodUSD', 'minterOf', [each], [config.minterDailyAllowanceMicros, 0, 0]],
    ),
    ['FoodUSD', 'totalSupply', [], 0],
    ['FoodUSD', 'attestedReserve', [], 0],
  ];
}

/**
 * What differs between a deployment and the chain, in words; empty when nothing does. Some of it a building changes itself
 * in time (its board, its officers, its parameters): after that it differs from what it was founded with, and this says so.
 */
export async function differences(verification: Verification): Promise<string[]> {
  const { provider, deployment, config, deployer, abiFolder } = verification;
  const { contracts } = deployment;
  const found: string[] = [];
  const same = (what: string, expected: unknown, actual: unknown): void => {
    const [wanted, is] = [String(expected).toLowerCase(), String(actual).toLowerCase()];
    if (wanted !== is) found.push(`${what}: expected ${String(expected)}, found ${String(actual)}`);
  };
  same('chain id', deployment.chainId, (await provider.getNetwork()).chainId);
  same('genesis', deployment.genesisHash, (await provider.getBlock(0))?.hash);
  same('hub id', config.hubId, deployment.hubId);
  const isAt = async (title: string, contract: ContractName, address: string): Promise<void> => {
    const code = await provider.getCode(address);
    if (code === '0x') found.push(`${title}: there is no code at ${address}`);
    else if (!isCodeOf(contract, code, abiFolder)) found.push(`${title}: there is other code at ${address}`);
  };
  await Promise.all(
    deployedNames.map(async (name) => {
      if (!initializable.includes(name)) return isAt(name, name, contracts[name]);
      await isAt(name, 'ERC1967Proxy', contracts[name]);
      if (found.length > 0) return;
      const implementation = await implementationOf(provider, contracts[name]);
      await isAt(`${name}’s code`, name, implementation);
      for (const [what, address] of [
        [name, contracts[name]],
        [`${name}’s code`, implementation],
      ] as const) {
        if (!(await initializeRefused(provider, name, address))) found.push(`${what}: anybody can initialize it`);
      }
    }),
  );
  if (found.length > 0) return found;
  const gro = new Contract(contracts.GroToken, interfaceOf('GroToken'), provider);
  const issuing = String(await gro.getFunction('issuing')());
  await isAt('GroToken’s issuing', 'Issuing', issuing);
  if (found.length > 0) return found;
  const issuer = new Contract(issuing, interfaceOf('Issuing'), provider);
  same('GroToken’s issuing.seats()', contracts.SeatRegistry, await issuer.getFunction('seats')());
  same('GroToken’s issuing.parameters()', contracts.Parameters, await issuer.getFunction('parameters')());

  await Promise.all(
    [...expectations(config, contracts, deployer), ...(verification.isNew ? newExpectations(config) : [])].map(
      async ([name, fn, args, expected]) => {
        const contract = new Contract(contracts[name], interfaceOf(name), provider);
        const answer: unknown = await contract.getFunction(fn)(...args);
        same(
          `${name}.${fn}(${args.map((each) => (Array.isArray(each) ? '…' : String(each))).join(', ')})`,
          expected,
          answer,
        );
      },
    ),
  );
  found.push(...(await roleDifferences(verification)), ...(await votableDifferences(verification)));
  return found.sort();
}
