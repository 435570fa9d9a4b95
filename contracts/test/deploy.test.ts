import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { id, JsonRpcProvider, Wallet, ZeroHash } from 'ethers';
import { type Deployment, deploy, networks, readDeployment } from '../deploy/deploy.ts';
import { type DevChain, demoPrivateKeys, startDevChain } from '../dev-chain/index.ts';
import { walletOf } from './support/building.ts';
import { soundConfig as config } from './support/config.ts';
import { command } from './support/deploying.ts';

describe('deploying', () => {
  let chain: DevChain;
  let provider: JsonRpcProvider;
  let folder: string;
  let out: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-deploy-'));
    out = join(folder, 'deployments', '31999.json');
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

  const onDev = () => ['--network', 'dev', '--rpc', chain.url, '--config', join(folder, 'config.json'), '--out', out];
  const run = (...args: string[]) => command([...onDev(), ...args], { keyFile: join(folder, 'key') });
  const signer = () => new Wallet(demoPrivateKeys[0], provider);
  const again = (file: string, change: object = {}) =>
    deploy({ provider, network: networks.dev, signer: signer(), config: { ...config, ...change }, file });

  it('by the command: dry run, then for real, then again without changing anything', async () => {
    const dry = await run('--dry-run');
    assert.equal(dry.stderr, '');
    assert.match(dry.stdout, /altogether about \d+ gas, at \d+ wei at most: [\d.]+ coins/);
    assert.match(dry.stdout, /role 0 admin +Board after 604800 s; given by admin/);
    assert.match(dry.stdout, /role 1 relayer +0x\w+; given by operations\n {2}GroupBuying\.settle/);
    assert.equal(await provider.getBlockNumber(), 0);
    assert.equal(existsSync(join(folder, 'deployments')), false);

    const first = await run();
    assert.equal(first.stderr, '');
    const written = JSON.parse(readFileSync(out, 'utf8')) as Deployment;
    assert.deepEqual(Object.keys(written).sort(), ['chainId', 'contracts', 'deployedAtBlock', 'genesisHash', 'hubId']);
    assert.deepEqual([written.chainId, written.genesisHash, written.hubId], [31_999, chain.genesisHash, config.hubId]);
    assert.equal(written.deployedAtBlock, 1);
    assert.equal(existsSync(`${out}.partial`), false);

    // What was planned is what was done: every address, and the gas to within a hundredth.
    const steps = (text: string) =>
      [...text.matchAll(/^ ?(\d+\/\d+) (?:create |call )?(.+?) +(?:at )?(0x\w{40}) {2}(?:about )?(\d+) gas/gm)].map(
        ([, place, title, address, gas]) => ({ place, title, address, gas: Number(gas) }),
      );
    const [planned, done] = [steps(dry.stdout), steps(first.stdout)];
    assert.ok(done.length > 8);
    assert.deepEqual(
      planned.map(({ gas: _, ...rest }) => rest),
      done.map(({ gas: _, ...rest }) => rest),
    );
    for (const [index, { gas, title }] of done.entries()) {
      assert.ok(
        Math.abs(planned[index]!.gas / gas - 1) < 0.01,
        `${title}: ${planned[index]!.gas} planned, ${gas} used`,
      );
    }
    for (const [name, address] of Object.entries(written.contracts)) {
      assert.equal(done.find((each) => each.title === name)?.address, address);
    }

    const height = await provider.getBlockNumber();
    assert.equal(height, done.length);
    const second = await run();
    assert.match(second.stdout, /nothing was changed/);
    assert.equal(await provider.getBlockNumber(), height);
    assert.deepEqual(readDeployment(out), written);
  });

  it('refuses a file that does not fit the chain', async () => {
    const file = join(folder, 'wrong.json');
    const right = readDeployment(out)!;
    const withContracts = (change: object) => ({ ...right, contracts: { ...right.contracts, ...change } });
    const cases: [Deployment, RegExp][] = [
      [{ ...right, genesisHash: ZeroHash }, /genesis: expected 0x0+, found/],
      [{ ...right, chainId: 1 }, /chain id: expected 1, found 31999/],
      [{ ...right, hubId: ZeroHash }, /hub id: expected 0x1212/],
      [withContracts({ FoodUSD: walletOf('nothing').address }), /FoodUSD: there is no code/],
      [withContracts({ Board: right.contracts.FoodUSD }), /Board: there is other code/],
      [withContracts({ GroupBuying: right.contracts.Parameters }), /GroupBuying’s code: there is other code/],
    ];
    for (const [wrong, expected] of cases) {
      writeFileSync(file, JSON.stringify(wrong));
      await assert.rejects(again(file), expected);
      assert.deepEqual(readDeployment(file), wrong);
    }
    writeFileSync(file, '{');
    await assert.rejects(again(file), /wrong\.json: is no JSON/);
  });

  it('refuses another configuration than the chain was founded with', async () => {
    const cases: [object, RegExp][] = [
      [{ threshold: 3 }, /SeatRegistry\.threshold\(\): expected 3, found 2/],
      [{ board: ['a', 'b', 'd'].map((name) => walletOf(name).address) }, /SeatRegistry\.board\(\): expected/],
      [{ seats: config.seats.map((each) => ({ ...each, dwelling: id('x') })) }, /dwellingOf\(1\): expected/],
      [{ votingSeatsPerDwelling: 3 }, /votingSeatsPerDwelling\(\): expected 3, found 2/],
      [{ defaultDailyLimitMicros: 1 }, /FoodUSD\.defaultDailyLimit\(\): expected 1, found 500000000/],
      [{ attestors: [walletOf('no attestor').address] }, /FoodUSD\.isAttestor\(0x\w+\): expected true, found false/],
      [{ minters: [walletOf('no minter').address] }, /FoodUSD\.isMinter\(0x/],
      [{ relayers: [walletOf('no relayer').address] }, /relayer, 0x\w+: expected has it after 0 s, found has it not/],
      [{ guardians: [walletOf('no guardian').address] }, /guardian, 0x\w+: expected has it not, found has it/],
      [{ adminDelaySeconds: 604_801 }, /admin, 0x\w+: expected has it after 604801 s, found has it after 604800 s/],
      [{ parameters: { 'vote.quorum': { value: 3001 } } }, /Parameters\.getAll\(…\): expected/],
      [{ parameters: { 'vote.quorum': { most: 9000 } } }, /Parameters\.boundsOf\(0x\w+\): expected 1000,9000, found/],
    ];
    for (const [change, expected] of cases) await assert.rejects(again(out, change), expected);
  });

  it('sends nothing when it refuses', async () => {
    const height = await provider.getBlockNumber();
    const file = join(folder, 'never.json');
    const hex = (chainId: number) => ({ ...networks.dev, chainIds: [chainId] });
    await assert.rejects(again(file, { threshold: 1 }), /threshold/);
    const elsewhere = { provider, signer: signer(), config, file };
    for (const network of [hex(31_998), networks.calibration]) {
      await assert.rejects(deploy({ ...elsewhere, network }), /The chain’s id is 31999; \w+ has \d+/);
    }
    // The same chain id by its own configuration gives no freedom: the deployer's key is everybody's.
    await assert.rejects(
      deploy({ ...elsewhere, network: { ...networks.filecoin, chainIds: [31_999] } }),
      /its private key is known to everybody/,
    );
    assert.equal(await provider.getBlockNumber(), height);
    assert.equal(existsSync(file) || existsSync(`${file}.partial`), false);
  });

  it('takes the contracts of tests to a chain of tests only', async () => {
    const before = process.env.STOOP_ABI_FOLDER;
    process.env.STOOP_ABI_FOLDER = before ?? fileURLToPath(new URL('../abi', import.meta.url));
    try {
      const args = ['--network', 'calibration', '--rpc', chain.url, '--config', join(folder, 'config.json')];
      const refused = await command(args, { keyFile: join(folder, 'key') });
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /^STOOP_ABI_FOLDER: is for tests/);
      assert.equal((await run()).stderr, '');
    } finally {
      if (before === undefined) delete process.env.STOOP_ABI_FOLDER;
    }
  });

  it('says how it is used', async () => {
    const help = await command(['--help']);
    assert.match(help.stdout, /--dry-run/);
    assert.equal(help.code, 0);
    assert.equal((await command([])).code, 2);
    assert.equal((await command(onDev())).code, 2);
    const unknown = await command(['--network', 'moon', '--config', join(folder, 'config.json')], {
      keyFile: join(folder, 'key'),
    });
    assert.deepEqual([unknown.code, unknown.stderr], [1, '--network moon: there is dev, calibration, filecoin\n']);
  });
});
