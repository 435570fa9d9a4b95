/** `node contracts/deploy/cli.ts --help` */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { JsonRpcProvider, Wallet } from 'ethers';
import { type DeployConfig, deploy, plan } from './deploy.ts';

const help = `Deploys a building's contracts.

  node contracts/deploy/cli.ts --rpc URL --config FILE [--out FILE] [--dry-run]

  --rpc URL       the chain's JSON-RPC endpoint
  --config FILE   JSON: hubId, board, threshold, seats, minters, attestors, relayers,
                  defaultDailyLimitMicros, minterDailyAllowanceMicros,
                  adminDelaySeconds
  --out FILE      where the deployment is written (contracts/deployments/<chainId>.json)
  --dry-run       says what would be done and about what it costs; sends nothing
  --help

The deployer's private key is read from the file that STOOP_DEPLOYER_KEY_FILE names. It pays and holds nothing
afterwards. A second run on a complete deployment changes nothing and checks it against the chain.
Exit codes: 0 done, 1 failed, 2 wrong use.
`;

const { values } = parseArgs({
  options: {
    rpc: { type: 'string' },
    config: { type: 'string' },
    out: { type: 'string' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const keyFile = process.env.STOOP_DEPLOYER_KEY_FILE;
if (values.help) {
  process.stdout.write(help);
} else if (!values.rpc || !values.config || !keyFile) {
  process.stderr.write(help);
  process.exitCode = 2;
} else {
  const provider = new JsonRpcProvider(values.rpc);
  try {
    const config = JSON.parse(readFileSync(values.config, 'utf8')) as DeployConfig;
    const signer = new Wallet(readFileSync(keyFile, 'utf8').trim(), provider);
    const { chainId } = await provider.getNetwork();
    if (values['dry-run']) {
      for (const line of await plan({ provider, signer, config })) console.log(line);
    } else {
      const file = values.out ?? fileURLToPath(new URL(`../deployments/${chainId}.json`, import.meta.url));
      await deploy({ provider, signer, config, file, log: console.log });
      console.log(`Written and checked: ${file}`);
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  } finally {
    provider.destroy();
  }
}
