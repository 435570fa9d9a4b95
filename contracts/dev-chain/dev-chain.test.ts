import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keccak256, Wallet } from 'ethers';
import { type DevChain, demoMnemonic, demoPrivateKeys, startDevChain } from './index.ts';

const CHAIN_ID = 31_999;
const wallet = new Wallet(demoPrivateKeys[0]);
const server = join(import.meta.dirname, 'server.ts');

const raw = (nonce: number, change = {}): Promise<string> =>
  wallet.signTransaction({
    type: 2,
    chainId: CHAIN_ID,
    nonce,
    to: `0x${'77'.repeat(20)}`,
    value: 1,
    gasLimit: 21_000,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 1n,
    ...change,
  });

interface Reply {
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}
const post = async (url: string, body: unknown): Promise<unknown> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
};
const ask = (url: string, method: string, ...params: unknown[]): Promise<Reply> =>
  post(url, { jsonrpc: '2.0', id: 1, method, params }) as Promise<Reply>;
const read = async (url: string, method: string, ...params: unknown[]): Promise<unknown> => {
  const { result, error } = await ask(url, method, ...params);
  assert.equal(error, undefined, `${method}: ${error?.message}`);
  return result;
};
const latest = (url: string) =>
  read(url, 'eth_getBlockByNumber', 'latest', false) as Promise<{ hash: string; number: string; timestamp: string }>;

describe('the demonstration’s chain', () => {
  let folder: string;
  const running: DevChain[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-dev-chain-'));
  });
  afterEach(async () => {
    for (const chain of running.splice(0)) await chain.stop();
  });
  after(() => rmSync(folder, { recursive: true }));

  const start = async (name: string, options: { testMethods?: boolean; chainId?: number } = {}): Promise<DevChain> => {
    const chain = await startDevChain({ dataDir: join(folder, name), chainId: CHAIN_ID, port: 0, ...options });
    running.push(chain);
    return chain;
  };

  it('is the same after a restart: genesis, heights, times, hashes, receipts, code', async () => {
    const first = await start('restart');
    const deployed = await raw(0, {
      to: null,
      value: 0,
      data: '0x600a600c600039600a6000f3602a60005260206000f3',
      gasLimit: 200_000,
    });
    const failed = await raw(1, { to: null, value: 0, data: '0x60006000fd', gasLimit: 100_000 });
    for (const each of [deployed, failed, await raw(2), await raw(3)])
      await read(first.url, 'eth_sendRawTransaction', each);
    const seen = async (url: string) => ({
      head: await latest(url),
      receipts: await Promise.all(
        [deployed, failed, await raw(2)].map((each) => read(url, 'eth_getTransactionReceipt', keccak256(each))),
      ),
      balance: await read(url, 'eth_getBalance', `0x${'77'.repeat(20)}`, 'latest'),
    });
    const before = await seen(first.url);
    assert.equal(before.head.number, '0x4');
    const receipts = before.receipts as { status: string; contractAddress: string }[];
    assert.deepEqual(
      receipts.map((each) => each.status),
      ['0x1', '0x0', '0x1'],
    );
    await first.stop();
    const second = await start('restart');
    assert.equal(second.genesisHash, first.genesisHash);
    assert.deepEqual(await seen(second.url), before);
    const code = await read(second.url, 'eth_call', { to: receipts[0]!.contractAddress }, 'latest');
    assert.equal(code, `0x${'2a'.padStart(64, '0')}`);
    await read(second.url, 'eth_sendRawTransaction', await raw(4));
    assert.equal((await latest(second.url)).number, '0x5');
  });

  it('has everything that it answered after kill -9 in the middle of sends', async () => {
    const answered: string[] = [];
    let nonce = 0;
    for (let round = 0; round < 5; round += 1) {
      const chain = await start('killed');
      running.pop();
      for (const hash of answered) {
        const receipt = (await read(chain.url, 'eth_getTransactionReceipt', hash)) as { status: string } | null;
        assert.equal(receipt?.status, '0x1', `round ${round}: ${hash} is gone`);
      }
      // What was mined but not answered may or may not be there; the account's nonce says which.
      nonce = Number(await read(chain.url, 'eth_getTransactionCount', wallet.address, 'latest'));
      assert.ok(nonce >= answered.length);
      const stopAfter = 4 + round * 3;
      let sent = 0;
      try {
        for (;;) {
          const transaction = await raw(nonce);
          const answer = ask(chain.url, 'eth_sendRawTransaction', transaction);
          sent += 1;
          if (sent === stopAfter) process.kill(chain.pid, 'SIGKILL');
          const { result } = await answer;
          if (result) answered.push(keccak256(transaction));
          nonce += 1;
        }
      } catch {
        await chain.exited;
      }
    }
    assert.ok(answered.length >= 5 * 3, `only ${answered.length} were answered`);
  });

  it('drops what a power cut tore off, and what was answered before it stays', async () => {
    const first = await start('torn');
    await read(first.url, 'eth_sendRawTransaction', await raw(0));
    await first.stop();
    appendFileSync(join(folder, 'torn', 'transactions.jsonl'), '{"height":2,"time":18000');
    const second = await start('torn');
    assert.equal((await latest(second.url)).number, '0x1');
    await read(second.url, 'eth_sendRawTransaction', await raw(1));
    await second.stop();
    const third = await start('torn');
    assert.equal((await latest(third.url)).number, '0x2');
  });

  it('makes a block only for a transaction, at the present time, one second apart at least', async () => {
    const chain = await start('time');
    const before = Math.floor(Date.now() / 1000);
    for (let nonce = 0; nonce < 4; nonce += 1) await read(chain.url, 'eth_sendRawTransaction', await raw(nonce));
    const times: number[] = [];
    for (let height = 1; height <= 4; height += 1) {
      const block = (await read(chain.url, 'eth_getBlockByNumber', `0x${height}`, false)) as { timestamp: string };
      times.push(Number(block.timestamp));
    }
    assert.ok(times[0]! >= before && times[0]! <= Date.now() / 1000 + 1);
    for (let index = 1; index < 4; index += 1) assert.ok(times[index]! > times[index - 1]!);
    assert.equal((await latest(chain.url)).number, '0x4');
  });

  it('lets calls see the present, not the age of the last block', async () => {
    const first = await start('stale');
    await read(first.url, 'eth_sendRawTransaction', await raw(0));
    await first.stop();
    // A chain that rested for a year: its only block is made that much older.
    const [genesisFile, logFile] = ['genesis.json', 'transactions.jsonl'].map((name) =>
      join(folder, 'stale', name),
    ) as [string, string];
    const YEAR = 365 * 24 * 3600;
    const genesis = JSON.parse(readFileSync(genesisFile, 'utf8')) as { initialTime: number };
    const block = JSON.parse(readFileSync(logFile, 'utf8')) as { time: number };
    const older = await startOlder(genesis.initialTime - YEAR);
    writeFileSync(
      genesisFile,
      JSON.stringify({ ...genesis, initialTime: genesis.initialTime - YEAR, genesisHash: older }),
    );
    writeFileSync(logFile, `${JSON.stringify({ ...block, time: block.time - YEAR })}\n`);
    const second = await start('stale');
    assert.equal(Number((await latest(second.url)).timestamp), block.time - YEAR);
    const timestampCode = '0x4260005260206000f3';
    for (const params of [
      [{ data: timestampCode }],
      [{ data: timestampCode }, 'latest'],
      [{ data: timestampCode }, 'pending'],
    ]) {
      const seen = Number(await read(second.url, 'eth_call', ...params));
      assert.ok(Math.abs(seen - Date.now() / 1000) < 30, `a call sees ${seen}`);
    }
  });

  /** The genesis hash that the simulator gives for a time. */
  const startOlder = async (initialTime: number): Promise<string> => {
    const { startSimulator } = await import('./simulator.ts');
    const simulator = await startSimulator(CHAIN_ID, initialTime);
    const genesis = (await simulator.request('eth_getBlockByNumber', ['0x0', false])) as { hash: string };
    await simulator.close();
    return genesis.hash;
  };

  it('takes signed transactions in order and nothing else that changes it', async () => {
    const chain = await start('closed');
    const refused = [
      'evm_mine',
      'evm_increaseTime',
      'evm_setNextBlockTimestamp',
      'hardhat_setBalance',
      'hardhat_reset',
      'evm_revert',
      'debug_traceCall',
    ];
    for (const method of refused) assert.equal((await ask(chain.url, method, 1)).error?.code, -32_601, method);
    assert.equal((await ask(chain.url, 'eth_sendTransaction', { from: wallet.address })).error?.code, -32_601);
    assert.match((await ask(chain.url, 'eth_sendRawTransaction', await raw(1))).error?.message ?? '', /Nonce too high/);
    assert.match((await ask(chain.url, 'eth_sendRawTransaction', '0x1234')).error?.message ?? '', /./);
    await read(chain.url, 'eth_sendRawTransaction', await raw(0));
    assert.match((await ask(chain.url, 'eth_sendRawTransaction', await raw(0))).error?.message ?? '', /Nonce too low/);
    assert.equal((await latest(chain.url)).number, '0x1');
    await chain.stop();
    assert.equal((await latest((await start('closed')).url)).number, '0x1');
  });

  it('answers a revert as nodes do: code 3 and the data', async () => {
    const chain = await start('revert');
    const { error } = await ask(chain.url, 'eth_call', { data: '0x63deadbeef6000526004601cfd' }, 'latest');
    assert.deepEqual([error?.code, error?.data], [3, '0xdeadbeef']);
  });

  it('answers batches and refuses nonsense', async () => {
    const chain = await start('batch');
    const replies = (await post(chain.url, [
      { jsonrpc: '2.0', id: 7, method: 'eth_chainId', params: [] },
      { jsonrpc: '2.0', id: 8, method: 'no_such_method', params: [] },
      { id: 9 },
    ])) as ({ id: number } & Reply)[];
    assert.deepEqual(
      replies.map((each) => each.id),
      [7, 8, 9],
    );
    assert.equal(replies[0]?.result, '0x7cff');
    assert.ok(replies[1]?.error);
    assert.equal(replies[2]?.error?.code, -32_600);
    const headers = { 'content-type': 'application/json' };
    const garbage = await fetch(chain.url, { method: 'POST', headers, body: '{' });
    assert.equal(((await garbage.json()) as Reply).error?.code, -32_700);
    assert.equal((await fetch(chain.url)).status, 405);
    assert.equal((await fetch(chain.url, { method: 'POST', body: '{}' })).status, 415);
    const large = await fetch(chain.url, { method: 'POST', headers, body: `"${'x'.repeat(5 * 1024 * 1024)}"` }).catch(
      () => undefined,
    );
    assert.ok(large === undefined || large.status === 413);
  });

  it('answers to its own name only', async () => {
    const chain = await start('name');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'evil.example', 'content-type': 'application/json' };
      httpRequest(chain.url, { method: 'POST', headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end('{}');
    });
    assert.equal(status, 421);
  });

  it('keeps blocks that a test method mined, and forgets those it took back', async () => {
    const first = await start('test methods', { testMethods: true });
    await read(first.url, 'eth_sendRawTransaction', await raw(0));
    const mark = await read(first.url, 'evm_snapshot');
    await read(first.url, 'eth_sendRawTransaction', await raw(1));
    assert.equal(await read(first.url, 'evm_revert', mark), true);
    const t = Math.floor(Date.now() / 1000) + 10 * 24 * 3600;
    await read(first.url, 'evm_setNextBlockTimestamp', t);
    await read(first.url, 'evm_mine');
    await read(first.url, 'eth_sendRawTransaction', await raw(1, { value: 5 }));
    const head = await latest(first.url);
    assert.equal(head.number, '0x3');
    assert.ok(Number(head.timestamp) > t);
    await first.stop();
    assert.deepEqual(await latest((await start('test methods')).url), head);
  });

  it('refuses a folder that another one has, that is another chain’s, or that does not fit', async () => {
    const first = await start('one owner');
    await assert.rejects(start('one owner'), /another simulator runs on it/);
    await first.stop();
    await assert.rejects(start('one owner', { chainId: 5 }), /holds chain 31999, not 5/);
    const file = join(folder, 'one owner', 'genesis.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"genesisHash":"0x..../, '"genesisHash":"0x0000'));
    await assert.rejects(start('one owner'), /cannot be made again/);
    rmSync(file);
    appendFileSync(join(folder, 'one owner', 'transactions.jsonl'), '{"height":1,"time":1,"raw":"0x"}\n');
    await assert.rejects(start('one owner'), /no genesis.json/);
  });

  it('prefunds the accounts of its documented mnemonic', async () => {
    const { HDNodeWallet, Mnemonic } = await import('ethers');
    const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(demoMnemonic), "m/44'/60'/0'/0");
    assert.deepEqual(
      [...demoPrivateKeys],
      demoPrivateKeys.map((_, index) => root.deriveChild(index).privateKey),
    );
    const chain = await start('prefunded');
    for (const key of demoPrivateKeys) {
      assert.equal(
        BigInt((await read(chain.url, 'eth_getBalance', new Wallet(key).address, 'latest')) as string),
        10n ** 22n,
      );
    }
  });

  describe('its process', () => {
    const spawnServer = (name: string, stdio: 'pipe' | 'ipc'): ChildProcess =>
      spawn(process.execPath, [server, '--data', join(folder, name)], {
        stdio: stdio === 'pipe' ? ['pipe', 'pipe', 'inherit'] : ['ignore', 'pipe', 'inherit', 'ipc'],
      });
    const firstLine = async (child: ChildProcess): Promise<{ url: string }> => {
      let text = '';
      for await (const part of child.stdout!) {
        text += String(part);
        if (text.includes('\n')) break;
      }
      return JSON.parse(text) as { url: string };
    };
    const exitOf = (child: ChildProcess): Promise<unknown[]> => once(child, 'exit');

    it('prints one line when it is ready', async () => {
      const child = spawnServer('line', 'pipe');
      const ready = await firstLine(child);
      assert.deepEqual(Object.keys(ready), ['url', 'chainId', 'genesisHash']);
      assert.match(ready.url, /^http:\/\/127\.0\.0\.1:\d+$/);
      child.kill('SIGTERM');
      assert.deepEqual(await exitOf(child), [0, null]);
    });

    it('ends within a second on SIGTERM, SIGINT, a closed stdin and a lost parent', async () => {
      const ways: ['pipe' | 'ipc', (child: ChildProcess) => void][] = [
        ['pipe', (child) => child.kill('SIGTERM')],
        ['pipe', (child) => child.kill('SIGINT')],
        ['pipe', (child) => child.stdin!.end()],
        ['ipc', (child) => child.disconnect()],
      ];
      for (const [index, [stdio, end]] of ways.entries()) {
        const child = spawnServer(`way ${index}`, stdio);
        const { url } = await firstLine(child);
        await read(url, 'eth_sendRawTransaction', await raw(0));
        const gone = exitOf(child);
        const since = performance.now();
        end(child);
        assert.deepEqual(await gone, [0, null]);
        assert.ok(performance.now() - since < 1000, `way ${index} took ${performance.now() - since} ms`);
      }
    });

    it('says how it is used', async () => {
      const child = spawn(process.execPath, [server], { stdio: ['ignore', 'ignore', 'pipe'] });
      assert.deepEqual(await exitOf(child), [2, null]);
    });
  });
});
