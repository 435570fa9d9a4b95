import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { id, JsonRpcProvider, Wallet, ZeroHash } from 'ethers';
import { type DeployConfig, type Deployment, deploy, readDeployment } from '../deploy/deploy.ts';
import { type DevChain, demoPrivateKeys, startDevChain } from '../dev-chain/index.ts';
import { createBuilding, walletOf } from './support/building.ts';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '..', 'deploy', 'cli.ts');
const config: DeployConfig = {
  hubId: `0x${'12'.repeat(32)}`,
  board: ['a', 'b', 'c'].map((name) => walletOf(name).address),
  threshold: 2,
  seats: [1, 2].map((seat) => ({
    seat,
    key: walletOf(`seat ${seat}`).address,
    class: 1,
    dwelling: id(`dwelling ${seat}`),
  })),
  votingSeatsPerDwelling: 2,
  minters: [walletOf('minter').address],
  attestors: [walletOf('attestor').address],
  relayers: [walletOf('relayer').address],
  defaultDailyLimitMicros: 500_000_000,
  minterDailyAllowanceMicros: 1_000_000_000_000,
  adminDelaySeconds: 7 * 24 * 3600,
};

describe('deploying', () => {
  let chain: DevChain;
  let provider: JsonRpcProvider;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-deploy-'));
    chain = await startDevChain({ dataDir: join(folder, 'chain'), chainId: 31_999, port: 0 });
    provider = new JsonRpcProvider(chain.url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'key'), `${demoPrivateKeys[0]}\n`);
  });
  after(async () => {
    provider.destroy();
    await chain.stop();
    rmSync(folder, { recursive: true });
  });

  const command = (...args: string[]) =>
    run(process.execPath, [cli, '--rpc', chain.url, '--config', join(folder, 'config.json'), ...args], {
      env: { ...process.env, STOOP_DEPLOYER_KEY_FILE: join(folder, 'key') },
    });
  const signer = () => new Wallet(demoPrivateKeys[0], provider);

  it('by the command: dry run, then for real, then again without changing anything', async () => {
    const out = join(folder, 'deployments', '31999.json');
    const dry = await command('--dry-run', '--out', out);
    assert.match(dry.stdout, /create FoodUSD\s+at 0x[0-9a-fA-F]{40} {2}about \d+ gas/);
    assert.equal(await provider.getBlockNumber(), 0);
    assert.equal(readDeployment(out), undefined);

    const first = await command('--out', out);
    assert.match(first.stdout, /Roles wired, the deployer holds none/);
    const written = JSON.parse(readFileSync(out, 'utf8')) as Deployment;
    assert.deepEqual(Object.keys(written).sort(), ['chainId', 'contracts', 'deployedAtBlock', 'genesisHash', 'hubId']);
    assert.deepEqual([written.chainId, written.genesisHash, written.hubId], [31_999, chain.genesisHash, config.hubId]);
    assert.equal(written.deployedAtBlock, 1);
    for (const line of dry.stdout.matchAll(/create (\w+)\s+at (0x\w+) {2}about/g)) {
      const planned = written.contracts[line[1] as keyof Deployment['contracts']];
      if (line[1] !== 'GroupBuying') assert.equal(planned, line[2]);
    }

    const height = await provider.getBlockNumber();
    const second = await command('--out', out);
    assert.match(second.stdout, /nothing was changed/);
    assert.equal(await provider.getBlockNumber(), height);
    assert.deepEqual(readDeployment(out), written);
  });

  it('refuses a file that does not fit the chain', async () => {
    const file = join(folder, 'wrong.json');
    const right = readDeployment(join(folder, 'deployments', '31999.json'))!;
    const cases: [Deployment, RegExp][] = [
      [{ ...right, genesisHash: ZeroHash }, /genesis: expected 0x0+, found/],
      [{ ...right, chainId: 1 }, /chain id: expected 1, found 31999/],
      [
        { ...right, contracts: { ...right.contracts, FoodUSD: walletOf('nothing').address } },
        /FoodUSD: there is no code/,
      ],
      [{ ...right, contracts: { ...right.contracts, Board: right.contracts.FoodUSD } }, /./],
    ];
    for (const [wrong, expected] of cases) {
      writeFileSync(file, JSON.stringify(wrong));
      await assert.rejects(deploy({ provider, signer: signer(), config, file }), expected);
    }
    const other = { ...config, defaultDailyLimitMicros: 1, threshold: 3 };
    writeFileSync(file, JSON.stringify(right));
    await assert.rejects(
      deploy({ provider, signer: signer(), config: other, file }),
      /threshold: expected 3, found 2\n.*daily limit/,
    );
  });

  it('refuses a configuration before it sends anything', async () => {
    const height = await provider.getBlockNumber();
    const cases: [Partial<DeployConfig>, RegExp][] = [
      [{ board: config.board.slice(1) }, /board: needs at least 3/],
      [{ board: [config.board[0]!, ...config.board.slice(0, 2)] }, /board: the same address stands twice/],
      [{ threshold: 1 }, /threshold: must be 2 to 3/],
      [{ hubId: '0x12' }, /hubId/],
      [{ attestors: config.minters }, /stands in two of them/],
      [{ relayers: config.minters }, /stands in two of them/],
      [{ relayers: config.attestors }, /stands in two of them/],
      [{ defaultDailyLimitMicros: 0.5 }, /defaultDailyLimitMicros/],
      [{ minterDailyAllowanceMicros: 0 }, /minterDailyAllowanceMicros/],
      [{ adminDelaySeconds: 60 }, /adminDelaySeconds: must be at least 604800/],
      [{ seats: [config.seats[0]!, { ...config.seats[0]!, seat: 9 }] }, /seats: the same address stands twice/],
      [{ minters: ['0x1234'] }, /invalid address/],
    ];
    for (const [change, expected] of cases) {
      const file = join(folder, 'never.json');
      await assert.rejects(deploy({ provider, signer: signer(), config: { ...config, ...change }, file }), expected);
    }
    assert.equal(await provider.getBlockNumber(), height);
  });

  it('says how it is used', async () => {
    const { stdout } = await run(process.execPath, [cli, '--help']);
    assert.match(stdout, /--dry-run/);
    await assert.rejects(run(process.execPath, [cli]), (error: { code: number }) => error.code === 2);
  });
});

describe('a deployed building', () => {
  it('leaves the deployer nothing and the board everything, behind its delay', async () => {
    const building = await createBuilding({ members: 1 });
    try {
      const { manager, deployer, boardroom, relayer, book } = building;
      const held = async (id: number, account: unknown): Promise<unknown[]> => [
        ...((await manager.getFunction('hasRole')(id, account)) as unknown[]),
      ];
      for (const id of [0, 1, 2, 3]) assert.deepEqual(await held(id, deployer.address), [false, 0n]);
      assert.deepEqual(await held(0, boardroom.target), [true, 604_800n]);
      assert.deepEqual(await held(2, boardroom.target), [true, 0n]);
      assert.deepEqual(await held(3, boardroom.target), [true, 0n]);
      assert.deepEqual(await held(1, relayer.address), [true, 0n]);
      assert.deepEqual(await held(1, boardroom.target), [false, 0n]);
      const grants = await manager.queryFilter(manager.filters.RoleGranted!());
      const revokes = await manager.queryFilter(manager.filters.RoleRevoked!());
      assert.deepEqual([grants.length, revokes.length], [5, 1]);
      assert.equal(await manager.getFunction('isTargetClosed')(book.target), false);
    } finally {
      await building.close();
    }
  });
});
