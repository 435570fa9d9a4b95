import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { systemClock } from '../platform/clock.ts';
import type { StoopError } from '../platform/errors.ts';
import { silentLog } from '../platform/log.ts';
import type { Hex } from '../platform/ports/index.ts';
import { createEmbeddedChain, type EmbeddedChain, type EmbeddedChainOptions } from './embedded.ts';
import { rpcTo, tempFolder } from './test/fixture.ts';

describe('the embedded chain', () => {
  let running: EmbeddedChain | undefined;

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  async function open(options: Partial<EmbeddedChainOptions> = {}): Promise<EmbeddedChain> {
    running = createEmbeddedChain({
      dataDir: join(tempFolder(), 'chain'),
      chainId: 31999,
      clock: systemClock,
      log: silentLog,
      testMethods: true,
      ...options,
    });
    await running.start(new AbortController().signal);
    return running;
  }

  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  it('does not hold up the start, then answers as the chain that it was asked for', async () => {
    const chain = await open();
    assert.equal(chain.endpoint(), undefined);
    const { url, chainId, genesisHash } = await chain.whenUp();
    const rpc = rpcTo(() => url);
    assert.equal(chainId, 31999);
    assert.equal(Number(await rpc<Hex>('eth_chainId')), 31999);
    assert.equal((await rpc<{ hash: Hex }>('eth_getBlockByNumber', ['0x0', false])).hash, genesisHash);
    assert.deepEqual(chain.endpoint(), { url, chainId, genesisHash });
  });

  it('comes back as the same chain when its process dies, and is a fault meanwhile', async () => {
    const faults: (string | undefined)[] = [];
    const died = Promise.withResolvers<void>();
    const onChange = (fault: StoopError | undefined) => {
      faults.push(fault?.code);
      if (fault) died.resolve();
    };
    const chain = await open({ onChange });
    const { url, genesisHash } = await chain.whenUp();
    await rpcTo(() => url)('evm_mine');
    const pid = chain.pid()!;
    process.kill(pid, 'SIGKILL');
    await died.promise;
    assert.equal(chain.endpoint(), undefined);
    assert.match(chain.fault()?.message ?? '', /^The embedded chain has stopped \(.*SIGKILL\)/);
    const again = await chain.whenUp();
    assert.notEqual(chain.pid(), pid);
    assert.equal(again.genesisHash, genesisHash);
    assert.equal(Number(await rpcTo(() => again.url)<Hex>('eth_blockNumber')), 1);
    assert.deepEqual(faults, [undefined, 'chain_stopped', undefined]);
  });

  it('says why its program cannot run', async () => {
    const program = join(tempFolder(), 'broken.ts');
    writeFileSync(program, `process.stderr.write('the folder holds chain 7\\n'); process.exit(1);`);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const chain = await open({ program: pathToFileURL(program), onChange: () => resolve() });
    const up = assert.rejects(chain.whenUp(), { code: 'stopping' });
    await ended;
    assert.match(chain.fault()?.message ?? '', /the folder holds chain 7/);
    await chain.stop();
    await up;
  });

  it('leaves no process when it is stopped, up or not yet', async () => {
    const chain = await open();
    await chain.whenUp();
    const pid = chain.pid()!;
    await chain.stop();
    assert.equal(isAlive(pid), false);

    const young = await open();
    const youngPid = young.pid()!;
    await young.stop();
    assert.equal(isAlive(youngPid), false);
  });

  it('leaves no process when the hub is killed', async () => {
    const script = `
      const { createEmbeddedChain } = await import(${JSON.stringify(fileURLToPath(new URL('embedded.ts', import.meta.url)))});
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const clock = { nowMs: Date.now, monotonicMs: () => performance.now() };
      const chain = createEmbeddedChain({ dataDir: ${JSON.stringify(join(tempFolder(), 'chain'))}, chainId: 31999, clock, log });
      await chain.start(new AbortController().signal);
      await chain.whenUp();
      console.log(chain.pid());
    `;
    const hub = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(hub.stdout, 'data');
    const pid = Number(line);
    assert.equal(isAlive(pid), true);
    hub.kill('SIGKILL');
    await once(hub, 'exit');
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const watch = setInterval(() => isAlive(pid) || resolve(), 20);
    await gone;
    clearInterval(watch);
  });
});
