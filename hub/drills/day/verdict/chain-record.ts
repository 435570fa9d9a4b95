import { join } from 'node:path';
import { Contract, Interface, JsonRpcProvider } from 'ethers';
import { committed } from '../../../../contracts/deploy/artifact.ts';
import { readDeployment } from '../../../../contracts/deploy/deploy.ts';
import { startDevChain } from '../../../../contracts/dev-chain/index.ts';

/** Money that an order took from an account. */
export interface Debit {
  readonly subject: string;
  readonly account: string;
  readonly amountMicros: number;
}

/** What the chain itself says, read without the hub. Addresses in lower case. */
export interface ChainRecord {
  readonly debits: readonly Debit[];
  /** A deposit's reference each time that it was minted. */
  readonly minted: readonly string[];
  readonly balanceOf: ReadonlyMap<string, number>;
  readonly transactions: number;
}

const token = new Interface(committed('FoodUSD').abi);

/** Starts the chain that the building in `dir` left and reads the token's events. */
export async function readChain(dir: string): Promise<ChainRecord> {
  const deployment = readDeployment(join(dir, 'chain/deployment.json'));
  if (!deployment) throw new Error('The building has no contracts.');
  const { chainId, contracts, deployedAtBlock } = deployment;
  const chain = await startDevChain({ dataDir: join(dir, 'chain'), chainId, port: 0 });
  const provider = new JsonRpcProvider(chain.url, chainId, { staticNetwork: true });
  try {
    const logs = await provider.getLogs({ address: contracts.FoodUSD, fromBlock: deployedAtBlock, toBlock: 'latest' });
    const debits: Debit[] = [];
    const minted: string[] = [];
    const accounts = new Set<string>();
    let moved: { account: string; amountMicros: number }[] = [];
    for (const log of logs) {
      const event = token.parseLog(log);
      if (event?.name === 'Transfer') {
        moved.push({ account: String(event.args.from).toLowerCase(), amountMicros: Number(event.args.value) });
        for (const each of [event.args.from, event.args.to]) accounts.add(String(each).toLowerCase());
      } else {
        // The debits of a batch come before the event that names its order.
        if (event?.name === 'SpendsSettled') {
          debits.push(...moved.map((one) => ({ ...one, subject: String(event.args.subject) })));
        }
        if (event?.name === 'DepositMinted') minted.push(String(event.args.depositRef));
        moved = [];
      }
    }
    const food = new Contract(contracts.FoodUSD, token, provider);
    const balanceOf = new Map<string, number>();
    for (const account of accounts) balanceOf.set(account, Number(await food.getFunction('balanceOf')(account)));
    return { debits, minted, balanceOf, transactions: await provider.getBlockNumber() };
  } finally {
    provider.destroy();
    await chain.stop();
  }
}
