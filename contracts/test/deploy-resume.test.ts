import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { BrowserProvider, Transaction, Wallet } from 'ethers';
import { type DeployConfig, deploy, networks } from '../deploy/deploy.ts';
import { type Network, networkOf } from '../deploy/networks.ts';
import type { Progress } from '../deploy/progress.ts';
import { planSteps } from '../deploy/steps.ts';
import { type DevChain, demoPrivateKeys, startDevChain } from '../dev-chain/index.ts';
import { type Simulator, startSimulator } from '../dev-chain/simulator.ts';
import { walletOf } from './support/building.ts';
import { soundConfig as config } from './support/config.ts';
import { command } from './support/deploying.ts';

/** A small generator, so that a run can be repeated: xorshift of 32 bits. */
const seed = 20_261_121;
function numbers(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

describe('a deployment whose process is killed', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-resume-'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'key'), demoPrivateKeys[0]);
  });
  after(() => rmSync(folder, { recursive: true }));

  const genesis = () => join(folder, 'whole', 'genesis.json');
  /** A chain with the same first block as every other here. */
  const chainIn = async (name: string): Promise<DevChain> => {
    mkdirSync(join(folder, name));
    if (existsSync(genesis())) cpSync(genesis(), join(folder, name, 'genesis.json'));
    return startDevChain({ dataDir: join(folder, name), chainId: 31_999, port: 0 });
  };
  const argsFor = (chain: DevChain, out: string) => {
    return ['--network', 'dev', '--rpc', chain.url, '--config', join(folder, 'config.json'), '--out', out];
  };
  const keyFile = () => join(folder, 'key');
  const blocks = (name: string) =>
    readFileSync(join(folder, name, 'transactions.jsonl'), 'utf8')
      .trim()
      .split('\n').length;

  it('goes on when it is started again, and ends with the same file', async () => {
    const whole = join(folder, 'whole.json');
    let chain = await chainIn('whole');
    const undisturbed = await command(argsFor(chain, whole), { keyFile: keyFile() });
    assert.equal(undisturbed.code, 0, undisturbed.stderr);
    await chain.stop();

    const out = join(folder, 'killed.json');
    chain = await chainIn('killed');
    const next = numbers(seed);
    let kills = 0;
    let done = '';
    try {
      for (let attempt = 0; attempt < 30 && !existsSync(out); attempt += 1) {
        // The first line says how many are done; then there is one for every step.
        let lines = next(4);
        const { code, stdout, stderr } = await command(argsFor(chain, out), {
          keyFile: keyFile(),
          onLine: (_, child) => {
            if (kills < 4 && lines === 0) child.kill('SIGKILL');
            lines -= 1;
          },
        });
        if (code === 0) done = stdout;
        else assert.deepEqual([code, stderr], [null, '']);
        if (code === null) kills += 1;
        if (!existsSync(out))
          assert.equal((JSON.parse(readFileSync(`${out}.partial`, 'utf8')) as Progress).startNonce, 0);
      }
    } finally {
      await chain.stop();
    }
    assert.equal(kills, 4);
    assert.match(done, /; [1-9]\d* are done\.\n/);
    assert.equal(readFileSync(out, 'utf8'), readFileSync(whole, 'utf8'));
    assert.equal(existsSync(`${out}.partial`), false);
    assert.equal(blocks('killed'), blocks('whole'));
  });
});

describe('a deployment that was begun', () => {
  let simulator: Simulator;
  let provider: BrowserProvider;
  let folder: string;
  let file: string;
  /** What reaches the chain, by method; a test may look at it, stand in its way or answer in its place. */
  let onRequest: (method: string, params: readonly unknown[]) => unknown;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-begun-'));
    file = join(folder, 'deployment.json');
    onRequest = () => {};
    simulator = await startSimulator(31_999, 1_800_000_000);
    const request = async ({ method, params }: { method: string; params?: unknown[] | Record<string, unknown> }) => {
      const answer = await onRequest(method, (params ?? []) as unknown[]);
      return answer ?? simulator.request(method, (params ?? []) as unknown[]);
    };
    provider = new BrowserProvider({ request }, 31_999, { cacheTimeout: -1 });
  });
  afterEach(async () => {
    provider.destroy();
    await simulator.close();
    rmSync(folder, { recursive: true });
  });

  const dev: Network = { ...networks.dev, pollMs: 1, patienceSeconds: 5 };
  const run = (change: Partial<DeployConfig> = {}, network = dev, key: string = demoPrivateKeys[0]) =>
    deploy({ provider, network, signer: new Wallet(key), config: { ...config, ...change }, file });
  const cut = new Error('the cable is cut');
  /** Runs until so many transactions were sent; the next one never leaves. */
  const begin = async (steps: number): Promise<void> => {
    let sent = 0;
    onRequest = (method) => {
      if (method === 'eth_sendRawTransaction' && ++sent > steps) throw cut;
    };
    await assert.rejects(run(), /the cable is cut/);
    onRequest = () => {};
  };
  const height = (): Promise<number> => provider.getBlockNumber();

  it('is refused with another configuration, deployer, plan or chain', async () => {
    await begin(2);
    const partial = readFileSync(`${file}.partial`, 'utf8');
    await assert.rejects(
      run({ threshold: 3 }),
      /was begun with another configuration\. Complete it with that one, or remove/,
    );
    await assert.rejects(run({}, dev, demoPrivateKeys[5]), /was begun by 0xf39F\w+, not by 0x\w+/);
    const progress = JSON.parse(partial) as Progress;
    const cases: [Partial<Progress>, RegExp][] = [
      [{ planHash: progress.configHash }, /was begun with other contracts/],
      [{ genesisHash: progress.configHash }, /was begun on another chain \(31999, genesis 0x/],
      [{ chainId: 1 }, /was begun on another chain \(1, genesis 0x/],
      [{ startNonce: 9 }, /was begun with other contracts/],
    ];
    for (const [change, expected] of cases) {
      writeFileSync(`${file}.partial`, JSON.stringify({ ...progress, ...change }));
      await assert.rejects(run(), expected);
    }
    assert.equal(await height(), 2);
    writeFileSync(`${file}.partial`, partial);
    await run();
    assert.deepEqual([existsSync(file), existsSync(`${file}.partial`)], [true, false]);
  });

  it('is refused when its account did something else meanwhile', async () => {
    await begin(2);
    const wallet = new Wallet(demoPrivateKeys[0], provider);
    await (await wallet.sendTransaction({ to: walletOf('friend').address, value: 1n })).wait();
    await assert.rejects(
      run(),
      /Transaction 2 of 0xf39F\w+ is not “Board”: the deployer’s account was used for something else/,
    );
    assert.equal(existsSync(file), false);
  });

  it('is refused on a chain that has forgotten it', async () => {
    const mark = await simulator.request('evm_snapshot', []);
    const wallet = new Wallet(demoPrivateKeys[0], provider);
    await (await wallet.sendTransaction({ to: wallet.address })).wait();
    await begin(1);
    await simulator.request('evm_revert', [mark]);
    await assert.rejects(run(), /has sent 0 transactions, and the deployment began with number 1/);
  });

  it('does not begin while transactions of its account wait', async () => {
    await simulator.request('evm_setAutomine', [false]);
    const wallet = new Wallet(demoPrivateKeys[0], provider);
    await wallet.sendTransaction({ to: wallet.address });
    await assert.rejects(run(), /has 1 transactions that are not mined yet/);
    assert.equal(existsSync(`${file}.partial`), false);
  });

  it('waits for its transaction that is pending, and sends no other', async () => {
    await begin(1);
    await simulator.request('evm_setAutomine', [false]);
    const sent: string[] = [];
    onRequest = (method, params) => {
      if (method === 'eth_sendRawTransaction') sent.push(String(params[0]));
    };
    await assert.rejects(
      run({}, { ...dev, patienceSeconds: 0 }),
      /SeatRegistry: not mined within 0 s\. Run this again later/,
    );
    assert.ok(sent.length >= 1);
    const before = sent.length;
    // The third look finds it mined.
    let looks = 0;
    onRequest = async (method, params) => {
      if (method === 'eth_sendRawTransaction') sent.push(String(params[0]));
      if (method === 'eth_getTransactionCount' && params[1] === 'latest' && ++looks === 3) {
        await simulator.request('evm_mine', []);
        await simulator.request('evm_setAutomine', [true]);
      }
    };
    const deployment = await run();
    const nonces = sent.slice(before).map((raw) => Transaction.from(raw).nonce);
    assert.deepEqual(
      nonces,
      nonces.map((_, index) => index + 2),
    );
    assert.equal(deployment.deployedAtBlock, 1);
  });

  it('offers more for a transaction that nobody mines, the same in all else', async () => {
    await simulator.request('evm_setAutomine', [false]);
    const sent: Transaction[] = [];
    onRequest = (method, params) => {
      if (method === 'eth_sendRawTransaction') sent.push(Transaction.from(String(params[0])));
    };
    await assert.rejects(run({}, { ...dev, patienceSeconds: 0 }), /AccessManager: not mined within 0 s/);
    assert.equal(sent.length, 4);
    const [first, ...others] = sent as [Transaction, ...Transaction[]];
    let fee = first.maxFeePerGas!;
    for (const each of others) {
      assert.deepEqual(
        [each.nonce, each.data, each.gasLimit, each.to],
        [first.nonce, first.data, first.gasLimit, first.to],
      );
      assert.ok(each.maxFeePerGas! * 4n >= fee * 5n, 'at least a quarter more, which every mempool takes');
      fee = each.maxFeePerGas!;
    }
    const { sent: noted } = JSON.parse(readFileSync(`${file}.partial`, 'utf8')) as Progress;
    assert.deepEqual(
      noted[0],
      sent.map((each) => each.hash),
    );
  });

  it('keeps what it will send on disk before it sends it, with a limit a quarter above the estimate', async () => {
    let estimate = 0n;
    let checked = 0;
    onRequest = async (method, params) => {
      if (method === 'eth_estimateGas') estimate = BigInt(String(await simulator.request(method, params)));
      if (method !== 'eth_sendRawTransaction') return;
      const transaction = Transaction.from(String(params[0]));
      const { sent } = JSON.parse(readFileSync(`${file}.partial`, 'utf8')) as Progress;
      assert.deepEqual(sent[transaction.nonce], [transaction.hash]);
      assert.equal(transaction.gasLimit, (estimate * 125n) / 100n);
      assert.equal(transaction.type, 2);
      checked += 1;
    };
    await run();
    assert.equal(checked, await height());
  });

  it('does the undone steps again when the chain goes back before all is final', async () => {
    const network = { ...dev, finality: { confirmations: 3 } };
    const { steps } = planSteps(config, new Wallet(demoPrivateKeys[0]).address, 0);
    let mark: unknown;
    let sent = 0;
    onRequest = async (method) => {
      if (method === 'eth_sendRawTransaction' && ++sent === 3) mark = await simulator.request('evm_snapshot', []);
      if (method !== 'eth_blockNumber' || Number(await simulator.request('eth_blockNumber', [])) < steps.length) return;
      // All steps are done, none is final: the chain forgets the third and those after it, once. Then it grows.
      if (mark !== undefined) await simulator.request('evm_revert', [mark]);
      else await simulator.request('evm_mine', []);
      mark = undefined;
    };
    const deployment = await run({}, network);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), deployment);
    assert.equal(sent, steps.length + steps.length - 2);
    assert.notEqual(await provider.getCode(deployment.contracts.GroupBuying), '0x');
  });

  it('is written on a chain of others only once its last block is final', async () => {
    const wallet = walletOf('a deployer of one deployment');
    await simulator.request('hardhat_setBalance', [wallet.address, '0xde0b6b3a7640000000']);
    const foreign = networkOf('theirs', { theirs: { chainId: 100, finality: 'finalized', explorers: [] } });
    // By its rules, on this chain.
    const network: Network = { ...foreign, chainIds: [31_999], pollMs: 1, patienceSeconds: 5 };
    const lag = 2;
    const finalized: number[] = [];
    onRequest = async (method, params) => {
      if (method !== 'eth_getBlockByNumber' || params[0] !== 'finalized') return undefined;
      assert.equal(existsSync(file), false);
      await simulator.request('evm_mine', []);
      const height = Number(await simulator.request('eth_blockNumber', [])) - lag;
      finalized.push(height);
      return simulator.request(method, [`0x${height.toString(16)}`, false]);
    };
    const signer = new Wallet(wallet.privateKey);
    const deployment = await deploy({ provider, network, signer, config, file });
    const steps = planSteps(config, wallet.address, 0).steps.length;
    assert.deepEqual(finalized, [steps - 1, steps]);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), deployment);
    // A second look, and it is not final for the patience that there is.
    rmSync(file);
    onRequest = (method, params) =>
      method === 'eth_getBlockByNumber' && params[0] === 'finalized'
        ? simulator.request(method, ['0x1', false])
        : undefined;
    const impatient = { ...network, patienceSeconds: 0 };
    await assert.rejects(
      deploy({ provider, network: impatient, signer, config, file }),
      /Not final within 0 s\. Run this again later: it goes on from here/,
    );
    assert.deepEqual([existsSync(file), existsSync(`${file}.partial`)], [false, true]);
  });

  it('says that it cannot be completed when a step failed on the chain', async () => {
    // The estimate was too low: the nonce is used up and there is no contract.
    onRequest = (method) => (method === 'eth_estimateGas' ? '0x7a120' : undefined);
    await assert.rejects(run(), /AccessManager: failed on the chain in 0x\w{64}\. This deployment cannot be completed/);
    onRequest = () => {};
    await assert.rejects(run(), /Transaction 0 of 0xf39F\w+ is not “AccessManager”/);
    rmSync(`${file}.partial`);
    assert.equal((await run()).deployedAtBlock, 2);
  });
});
