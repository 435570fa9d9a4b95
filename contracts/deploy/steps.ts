import { concat, getCreateAddress, keccak256 } from 'ethers';
import { type ContractName, creationCode, interfaceOf } from './artifact.ts';
import { type DeployConfig, type DeployedName, type Deployment, deployedNames } from './config.ts';
import { parametersOf } from './parameters.ts';
import { type AddressOf, votableCalls, wiringCalls } from './roles.ts';

/** One transaction of the deployer's. Its nonce is the first one's plus its place in the list. */
export interface Step {
  readonly title: string;
  /** What it creates, and where that will be. */
  readonly creates?: { readonly contract: ContractName; readonly address: string };
  /** What it calls. */
  readonly to?: string;
  readonly data: string;
}

/** Everything that a deployment does, known before its first transaction. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly contracts: Deployment['contracts'];
  /** Names the list of steps: code, arguments, addresses. */
  readonly hash: string;
}

interface Creation {
  readonly name: DeployedName;
  readonly args: readonly unknown[];
  /** What the proxy calls on its implementation when it is made: an upgradeable contract's alone. */
  readonly initialize?: readonly unknown[];
}

/** The contracts in the order in which they are made. They may name each other: all addresses are known. */
function creations(config: DeployConfig, deployer: string, at: AddressOf): Creation[] {
  const authority = at('AccessManager');
  return [
    { name: 'AccessManager', args: [deployer] },
    {
      name: 'SeatRegistry',
      args: [config.board, config.threshold, config.seats, config.votingSeatsPerDwelling],
    },
    { name: 'Board', args: [at('SeatRegistry')] },
    {
      name: 'FoodUSD',
      args: [
        at('SeatRegistry'),
        authority,
        config.minters,
        config.attestors,
        config.defaultDailyLimitMicros,
        config.minterDailyAllowanceMicros,
      ],
    },
    { name: 'Parameters', args: [], initialize: [authority, parametersOf(config.parameters)] },
    {
      name: 'GroToken',
      args: [at('SeatRegistry'), at('Parameters')],
      initialize: [authority, config.certifiers, config.stewards],
    },
    { name: 'SeatLock', args: [at('SeatRegistry'), at('GroToken')], initialize: [authority] },
    {
      name: 'CoopGovernor',
      args: [at('SeatRegistry'), at('SeatLock'), at('Parameters'), at('FoodUSD')],
      initialize: [authority, votableCalls(at)],
    },
    { name: 'GroupBuying', args: [at('FoodUSD')], initialize: [authority] },
  ];
}

/** The steps of a deployment by `deployer` whose next nonce is `startNonce`. `abiFolder` holds other contracts than the committed ones. */
export function planSteps(config: DeployConfig, deployer: string, startNonce: number, abiFolder?: URL): Plan {
  // Which contract takes which step does not depend on the addresses.
  const places = new Map<DeployedName, number>();
  let count = 0;
  for (const { name, initialize } of creations(config, deployer, () => deployer)) {
    count += initialize ? 2 : 1;
    places.set(name, count - 1);
  }
  const addressAt = (place: number): string => getCreateAddress({ from: deployer, nonce: startNonce + place });
  const at: AddressOf = (name) => addressAt(places.get(name)!);
  const contracts = Object.fromEntries(deployedNames.map((name) => [name, at(name)])) as Record<DeployedName, string>;

  const steps: Step[] = [];
  const create = (title: string, contract: ContractName, args: readonly unknown[]): string => {
    const address = addressAt(steps.length);
    steps.push({ title, creates: { contract, address }, data: creationCode(contract, args, abiFolder) });
    return address;
  };
  for (const { name, args, initialize } of creations(config, deployer, at)) {
    if (!initialize) {
      create(name, name, args);
      continue;
    }
    const implementation = create(`${name}, its code`, name, args);
    // In the proxy's own creation: between two transactions a stranger could come first.
    const call = interfaceOf(name).encodeFunctionData('initialize', initialize);
    create(name, 'ERC1967Proxy', [implementation, call]);
  }
  steps.push({
    title: 'roles wired, the deployer’s given up',
    to: contracts.AccessManager,
    data: interfaceOf('AccessManager').encodeFunctionData('multicall', [wiringCalls(contracts, config, deployer)]),
  });
  refusePlannedKeys(
    config,
    new Map(steps.flatMap(({ creates, title }) => (creates ? [[creates.address, title]] : []))),
  );
  const hash = keccak256(concat(steps.flatMap((step) => [step.to ?? '0x', keccak256(step.data)])));
  return { steps, contracts, hash };
}

/**
 * Refuses a founding seat at an address where a contract will be: there is no code to see there yet, and two board keys
 * could recover the seat and carry off what lies at the contract. Throws an Error that names the seat.
 */
function refusePlannedKeys(config: DeployConfig, planned: ReadonlyMap<string, string>): void {
  for (const { seat, key } of config.seats) {
    const title = planned.get(key);
    if (title) throw new Error(`seats: the key of seat ${seat} is where ${title} will be`);
  }
}
