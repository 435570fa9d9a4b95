import { dirname } from 'node:path';
import { Contract, Interface, JsonRpcProvider, Transaction } from 'ethers';
import { type ContractName, committed } from '../../../../contracts/deploy/artifact.ts';
import { readDeployment } from '../../../../contracts/deploy/deploy.ts';
import { startDevChain } from '../../../../contracts/dev-chain/index.ts';

export interface Happened {
  /** Its place among all events. */
  readonly index: number;
  readonly contract: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly txHash: string;
}

/** What the chain itself says, read without the hub. */
export interface ChainEvents {
  of(contract: string, name: string): readonly Happened[];
  /** Money that an order took from an account, each time. */
  debits(): readonly { subject: string; account: string; amountMicros: number }[];
  /** Food-USD at an address in lower case. */
  balanceOf(address: string): number;
  readonly supplyMicros: number;
  /** Whether the transaction is on the chain, and went through. */
  transaction(hash: string): 'done' | 'undone' | undefined;
  /** The next nonce of an address. */
  nonceOf(address: string): Promise<number>;
  close(): Promise<void>;
}

interface LoggedBlock {
  readonly raw?: string;
}

/** Starts the chain that was left beside `deploymentFile` and reads all of it. `blocks`: what it keeps. */
export async function readChainEvents(deploymentFile: string, blocks: readonly LoggedBlock[]): Promise<ChainEvents> {
  const deployment = readDeployment(deploymentFile);
  if (!deployment) throw new Error('The building has no contracts.');
  const { chainId, contracts, deployedAtBlock } = deployment;
  const chain = await startDevChain({ dataDir: dirname(deploymentFile), chainId, port: 0 });
  const provider = new JsonRpcProvider(chain.url, chainId, { staticNetwork: true });
  const names = new Map(Object.entries(contracts).map(([name, address]) => [address.toLowerCase(), name]));
  const interfaces = new Map(
    [...names.values()].map((name) => [name, new Interface(committed(name as ContractName).abi)]),
  );
  const logs = await provider.getLogs({
    address: Object.values(contracts),
    fromBlock: deployedAtBlock,
    toBlock: 'latest',
  });
  const events = logs.flatMap((log, index): Happened[] => {
    const contract = names.get(log.address.toLowerCase())!;
    const parsed = interfaces.get(contract)!.parseLog(log);
    if (!parsed) return [];
    return [{ index, contract, name: parsed.name, args: parsed.args.toObject(), txHash: log.transactionHash }];
  });

  const food = new Contract(contracts.FoodUSD!, interfaces.get('FoodUSD')!, provider);
  const transfers = events.filter(({ contract, name }) => contract === 'FoodUSD' && name === 'Transfer');
  const holders = new Set(
    transfers.flatMap(({ args }) => [args.from, args.to].map((one) => String(one).toLowerCase())),
  );
  const balances = new Map<string, number>();
  for (const holder of holders) balances.set(holder, Number(await food.getFunction('balanceOf')(holder)));

  const outcomes = new Map<string, 'done' | 'undone'>();
  for (const { raw } of blocks) {
    if (raw === undefined) continue;
    const hash = Transaction.from(raw).hash!;
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt) outcomes.set(hash, receipt.status === 1 ? 'done' : 'undone');
  }

  return {
    of: (contract, name) => events.filter((one) => one.contract === contract && one.name === name),
    debits: () => debitsOf(events.filter(({ contract }) => contract === 'FoodUSD')),
    balanceOf: (address) => balances.get(address.toLowerCase()) ?? 0,
    supplyMicros: Number(await food.getFunction('totalSupply')()),
    transaction: (hash) => outcomes.get(hash),
    nonceOf: (address) => provider.getTransactionCount(address, 'latest'),
    async close() {
      provider.destroy();
      await chain.stop();
    },
  };
}

/** The debits of a batch come before the event that names its order. */
function debitsOf(events: readonly Happened[]): { subject: string; account: string; amountMicros: number }[] {
  let moved: { account: string; amountMicros: number }[] = [];
  const debits: { subject: string; account: string; amountMicros: number }[] = [];
  let txHash: string | undefined;
  for (const { name, args, ...event } of events) {
    if (event.txHash !== txHash) moved = [];
    txHash = event.txHash;
    if (name === 'Transfer') {
      moved.push({ account: String(args.from).toLowerCase(), amountMicros: Number(args.value) });
      continue;
    }
    if (name === 'SpendsSettled') debits.push(...moved.map((one) => ({ ...one, subject: String(args.subject) })));
    moved = [];
  }
  return debits;
}
