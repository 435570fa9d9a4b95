import { Contract, getAddress, type Provider } from 'ethers';
import { type ContractName, committed, interfaceOf } from './artifact.ts';
import type { DeployConfig, Deployment } from './config.ts';
import { role } from './roles.ts';

/** ERC-1967: keccak256('eip1967.proxy.implementation') - 1. */
const IMPLEMENTATION_SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbcn;

/** What differs between a deployment and the chain, in words; empty when nothing does. */
export async function differences(
  provider: Provider,
  deployment: Deployment,
  config: DeployConfig,
  deployer?: string,
): Promise<string[]> {
  const found: string[] = [];
  const same = (what: string, expected: unknown, actual: unknown): void => {
    if (String(expected).toLowerCase() !== String(actual).toLowerCase()) {
      found.push(`${what}: expected ${String(expected)}, found ${String(actual)}`);
    }
  };
  const { chainId } = await provider.getNetwork();
  same('chain id', deployment.chainId, chainId);
  same('genesis', deployment.genesisHash, (await provider.getBlock(0))?.hash);
  for (const [name, address] of Object.entries(deployment.contracts)) {
    if ((await provider.getCode(address)) === '0x') found.push(`${name}: there is no code at ${address}`);
  }
  if (found.length > 0) return found;

  const at = (name: ContractName, address: string): Contract => new Contract(address, committed(name).abi, provider);
  const { contracts } = deployment;
  const seats = at('SeatRegistry', contracts.SeatRegistry);
  const board = at('Board', contracts.Board);
  const token = at('FoodUSD', contracts.FoodUSD);
  const book = at('GroupBuying', contracts.GroupBuying);
  const manager = at('AccessManager', contracts.AccessManager);
  const read = (contract: Contract, fn: string, ...args: unknown[]): Promise<unknown> =>
    contract.getFunction(fn)(...args);

  same('threshold', config.threshold, await read(seats, 'threshold'));
  for (const key of config.board) same(`board key ${key}`, true, await read(seats, 'isBoard', key));
  for (const each of config.seats) {
    // A key may have been changed since by the building itself, a seat can never vanish.
    if ((await read(seats, 'classOf', each.seat)) === 0n) found.push(`seat ${each.seat}: was never issued`);
  }
  same('board’s registry', contracts.SeatRegistry, await read(board, 'seats'));
  same('token’s registry', contracts.SeatRegistry, await read(token, 'seats'));
  same('token’s authority', contracts.AccessManager, await read(token, 'authority'));
  same('daily limit', config.defaultDailyLimitMicros, await read(token, 'defaultDailyLimit'));
  same('book’s token', contracts.FoodUSD, await read(book, 'token'));
  same('book’s authority', contracts.AccessManager, await read(book, 'authority'));

  const implementation = getAddress(
    `0x${(await provider.getStorage(contracts.GroupBuying, IMPLEMENTATION_SLOT)).slice(-40)}`,
  );
  if ((await provider.getCode(implementation)) === '0x') found.push(`book: no implementation at ${implementation}`);

  const held = async (id: bigint, account: string): Promise<string> =>
    String(await read(manager, 'hasRole', id, account));
  same('board as admin', `true,${config.adminDelaySeconds}`, await held(role.admin, contracts.Board));
  same('board as upgrader', 'true,0', await held(role.upgrader, contracts.Board));
  same('board for operations', 'true,0', await held(role.operations, contracts.Board));
  for (const fn of ['settle', 'upgradeToAndCall'] as const) {
    const { selector } = interfaceOf('GroupBuying').getFunction(fn)!;
    const expected = fn === 'settle' ? role.relayer : role.upgrader;
    same(`role for ${fn}`, expected, await read(manager, 'getTargetFunctionRole', contracts.GroupBuying, selector));
  }
  if (deployer) {
    for (const [name, id] of Object.entries(role)) {
      same(`deployer as ${name}`, 'false', (await held(id, deployer)).split(',')[0]);
    }
  }
  return found;
}
