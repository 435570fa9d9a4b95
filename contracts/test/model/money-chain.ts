import {
  Contract,
  ContractFactory,
  type ContractTransactionReceipt,
  type InterfaceAbi,
  type Signer,
  toQuantity,
  type Wallet,
} from 'ethers';
import { compile } from '../../build.ts';
import { type Building, createBuilding, walletOf } from '../support/building.ts';

export const SEATS = [1, 2, 3, 4, 5, 6];
export const GENERATIONS = 3;
export const NONCES = [0, 1, 255, 256, 700];
const RICH = '0x3635c9adc5dea00000';

/** The member's key of a generation: 0 is the one that the seat was issued to. */
export const keyAt = (seat: number, generation: number): Wallet =>
  walletOf(generation === 0 ? `member ${seat}` : `member ${seat}, key ${generation}`);

/** The building whose transactions are sent without the ways round of a wallet, each at the time that is told. */
export async function moneyChain() {
  const building = await createBuilding({
    members: SEATS.length,
    config: { defaultDailyLimitMicros: 100_000_000, minterDailyAllowanceMicros: 700_000_000 },
  });
  const artifact = await compile();
  const { abi, bytecode } = await artifact('test/contracts/MoneyLens.sol:MoneyLens');
  const made = await new ContractFactory(abi as InterfaceAbi, bytecode, building.deployer).deploy();
  await made.waitForDeployment();
  const lens = new Contract(await made.getAddress(), abi as InterfaceAbi, building.relayer);

  const keys = SEATS.flatMap((seat) =>
    Array.from({ length: GENERATIONS }, (_, generation) => keyAt(seat, generation).address),
  );
  for (const key of [...keys, building.guardian.address]) {
    await building.simulator.request('hardhat_impersonateAccount', [key]);
    await building.simulator.request('hardhat_setBalance', [key, RICH]);
  }
  const clock = { now: (await building.now()) + 1 };
  const interfaces = [building.book, building.token, building.seats, building.boardroom, building.manager].map(
    (each) => each.interface,
  );
  const errorName = (data: string): string => {
    for (const each of interfaces) {
      const parsed = each.parseError(data);
      if (!parsed) continue;
      // The board hands on what its call met.
      return parsed.name;
    }
    return data;
  };
  const from = async (contract: Contract): Promise<string> => (contract.runner as Signer).getAddress();

  /** Sends at the clock's time. Throws what the call reverted with. */
  const send = async (contract: Contract, fn: string, ...args: unknown[]): Promise<ContractTransactionReceipt> => {
    const data = contract.interface.encodeFunctionData(fn, args);
    const call = { from: await from(contract), to: contract.target, data, gas: toQuantity(15_000_000) };
    await building.simulator.request('evm_setNextBlockTimestamp', [clock.now]);
    const hash = await building.simulator.request('eth_sendTransaction', [call]);
    const receipt = (await building.simulator.request('eth_getTransactionReceipt', [hash])) as {
      status: string;
      logs: { address: string; topics: string[]; data: string }[];
    };
    if (receipt.status === '0x1') return receipt as unknown as ContractTransactionReceipt;
    // Nothing has changed, and the block's time is the same: the call fails for the same reason.
    try {
      await building.simulator.request('eth_call', [call, 'latest']);
    } catch (error) {
      const { data: reason } = error as { data?: unknown };
      throw new Reverted(typeof reason === 'string' ? errorName(reason) : String(error));
    }
    throw new Error(`${fn}: failed, and its repetition did not`);
  };
  const fast: Building = { ...building, send, now: async () => clock.now };
  return { building: fast, lens, keys, clock, errorName };
}

export type MoneyChain = Awaited<ReturnType<typeof moneyChain>>;

export class Reverted extends Error {}

/** The events of one name, as plain objects; the addresses in a raw receipt are in lower case. */
export function eventsIn(contract: Contract, receipt: ContractTransactionReceipt, name: string) {
  const address = String(contract.target).toLowerCase();
  return receipt.logs
    .filter((log) => log.address.toLowerCase() === address)
    .map((log) => contract.interface.parseLog(log))
    .filter((event) => event?.name === name)
    .map((event) => event!.args.toObject() as Record<string, unknown>);
}
