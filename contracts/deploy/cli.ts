/** `node contracts/deploy/cli.ts --help` */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Signer, VoidSigner, Wallet } from 'ethers';
import { readConfig } from './check-config.ts';
import { deploy, providerTo } from './deploy.ts';
import { networkOf, networks } from './networks.ts';
import { dryRun } from './plan.ts';

const help = `Deploys a building's contracts.

  node contracts/deploy/cli.ts --network NAME --config FILE [--rpc URL] [--out FILE] [--dry-run [--deployer ADDRESS]]

  --network NAME       ${Object.keys(networks).join(', ')}, or one that the configuration describes under "networks"
  --config FILE        JSON: hubId, board, threshold, seats, votingSeatsPerDwelling, minters, attestors, relayers, guardians,
                       certifiers, stewards, defaultDailyLimitMicros, minterDailyAllowanceMicros, adminDelaySeconds;
                       also parameters, heldByHub, networks
  --rpc URL            the chain's JSON-RPC endpoint, in place of the network's own
  --out FILE           where the deployment is written (contracts/deployments/<chainId>.json)
  --dry-run            says what would be done, where and about what it costs, and who gets which role; sends nothing
  --deployer ADDRESS   whose dry run it is, when there is no key file yet
  --help

The deployer's private key is read from the file that STOOP_DEPLOYER_KEY_FILE names. Its account pays, does nothing else
before the deployment is complete, and holds nothing afterwards. A run that was killed goes on where it was when it is
started again the same way; a run on a complete deployment changes nothing and checks it against the chain.
Exit codes: 0 done, 1 failed, 2 wrong use.
`;

const { values } = parseArgs({
  options: {
    network: { type: 'string' },
    rpc: { type: 'string' },
    config: { type: 'string' },
    out: { type: 'string' },
    'dry-run': { type: 'boolean' },
    deployer: { type: 'string' },
    help: { type: 'boolean' },
  },
});

function signerOf(): Signer | undefined {
  const keyFile = process.env.STOOP_DEPLOYER_KEY_FILE;
  if (keyFile) return new Wallet(readFileSync(keyFile, 'utf8').trim());
  return values['dry-run'] && values.deployer ? new VoidSigner(values.deployer) : undefined;
}

async function run(name: string, configFile: string, signer: Signer): Promise<void> {
  const config = readConfig(configFile);
  const network = networkOf(name, config.networks);
  if (process.env.STOOP_ABI_FOLDER && !network.isDev)
    throw new Error('STOOP_ABI_FOLDER: is for tests; what is deployed is what is committed');
  const rpcUrl = values.rpc ?? network.rpcUrl;
  if (!rpcUrl) throw new Error(`--rpc: ${name} has no endpoint of its own`);
  const provider = providerTo(rpcUrl, network);
  try {
    if (values['dry-run']) {
      for (const line of await dryRun({ provider, network, deployer: await signer.getAddress(), config }))
        console.log(line);
      return;
    }
    const { chainId } = await provider.getNetwork();
    const file = values.out ?? fileURLToPath(new URL(`../deployments/${chainId}.json`, import.meta.url));
    await deploy({ provider, network, signer, config, file, log: console.log });
    console.log(`Written and checked: ${file}`);
  } finally {
    provider.destroy();
  }
}

const signer = values.help ? undefined : signerOf();
if (values.help) {
  process.stdout.write(help);
} else if (!values.network || !values.config || !signer) {
  process.stderr.write(help);
  process.exitCode = 2;
} else {
  try {
    await run(values.network, values.config, signer);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
