import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deploy } from '@stoop/contracts/deploy/deploy.ts';
import { demoPrivateKeys } from '@stoop/contracts/dev-chain/accounts.ts';
import { Wallet } from 'ethers/wallet';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import type { Call, Hex } from '../platform/ports/index.ts';
import * as signing from '../signing/index.ts';
import { loadDeployment } from './deployment.ts';
import { createEmbeddedChain, type EmbeddedChain } from './embedded.ts';
import { createRelayerKey, type RelayerKey } from './relayer-key.ts';
import { attemptOf, fund, type Hub, rawTransaction, rpcTo, startHub, tempFolder } from './test/fixture.ts';

const chainId = 31999;
const hour = 3600;
const keys = () => Array.from({ length: 3 }, () => signing.createPrivateKey());

/** The building's own contracts, deployed by its own script, on the simulator that a demonstration runs on. */
describe('the chain room with the building’s contracts', () => {
  const folder = tempFolder();
  const members = keys();
  const [minter, attestor, closer] = keys() as [Uint8Array, Uint8Array, Uint8Array];
  const clearing: Hex = `0x${'c1'.repeat(20)}`;
  const file = join(folder, 'deployment.json');
  const died = Promise.withResolvers<void>();
  let embedded: EmbeddedChain;
  let key: RelayerKey;
  let hub: Hub;

  const url = () => embedded.endpoint()?.url;
  const contracts = () => loadDeployment(file)!.contracts as Record<'FoodUSD' | 'GroupBuying', Hex>;
  const nowS = () => Math.floor(Date.now() / 1000);

  function sign(message: Parameters<typeof signing.digest>[1], by: Uint8Array): Hex {
    return signing.signDigest(signing.digest(signing.foodUsdDomain(chainId, contracts().FoodUSD), message), by);
  }

  async function carry(call: Call): Promise<string> {
    const attempt = attemptOf(await hub.chain.carrier.prepare(call, { highestNonce: -1 }));
    await hub.chain.carrier.perform(attempt);
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
    return attempt.locator;
  }

  before(async () => {
    const dataDir = join(folder, 'chain');
    const onChange = () => embedded.fault() && died.resolve();
    embedded = createEmbeddedChain({
      dataDir,
      chainId,
      clock: systemClock,
      log: silentLog,
      testMethods: true,
      onChange,
    });
    await embedded.start(new AbortController().signal);
    const { url: rpcUrl } = await embedded.whenUp();
    key = createRelayerKey(join(folder, 'relayer-key'));
    const relayer = await key.address();
    await fund(
      rpcTo(() => rpcUrl),
      chainId,
      relayer,
    );
    const config = {
      hubId: `0x${'42'.repeat(32)}`,
      board: keys().map(signing.addressOf),
      threshold: 2,
      seats: members.map((member, index) => ({ seat: index + 1, key: signing.addressOf(member), class: 1 })),
      minters: [signing.addressOf(minter)],
      attestors: [signing.addressOf(attestor)],
      relayers: [relayer],
      defaultDailyLimitMicros: 500_000_000,
      adminDelaySeconds: 7 * 24 * hour,
    };
    await deploy({ rpcUrl, signer: new Wallet(demoPrivateKeys[0]), config, file });
    hub = await startHub(
      { key },
      {
        url,
        deployment: () => loadDeployment(file),
        abiFolder: new URL('../../../contracts/abi/', import.meta.url),
      },
    );
    await hub.chain.poll();
  });

  after(async () => {
    await hub.stop();
    await embedded.stop();
  });

  it('knows every event that deploying made', () => {
    assert.equal(hub.chain.state().fault, undefined);
    assert.equal(hub.chain.state().stuck, undefined);
    assert.ok(hub.events.length > 0);
    assert.deepEqual(
      hub.events.filter(({ name }) => name === ''),
      [],
    );
  });

  it('carries an attestation and a deposit, and reads them back at finalized', async () => {
    const reserve = 100_000_000;
    const attestation = { reserve, documentHash: `0x${'d0'.repeat(32)}`, sequence: 1, takenAt: nowS() - 60 } as const;
    const { documentHash, sequence, takenAt } = attestation;
    const word = sign(signing.message('Attestation', attestation), attestor);
    await carry({ contract: 'FoodUSD', fn: 'attest', args: [reserve, documentHash, sequence, takenAt, word] });

    const mints = members.map((_, index) => {
      const mint = {
        seat: index + 1,
        amount: 30_000_000,
        depositRef: `0x${`0${index + 1}`.repeat(32)}` as Hex,
        validUntil: nowS() + hour,
      };
      return { ...mint, signature: sign(signing.message('Mint', mint), minter) };
    });
    const txHash = await carry({ contract: 'FoodUSD', fn: 'mintBatch', args: [mints] });
    const read = <T>(fn: string, ...args: unknown[]) =>
      hub.chain.reads.read<T>({ contract: 'FoodUSD', fn, args }, 'finalized');
    assert.equal(await read('isMinted', mints[0]!.depositRef), true);
    assert.equal(await read('balanceOf', signing.addressOf(members[0]!)), 30_000_000n);
    assert.equal(await read('totalSupply'), 90_000_000n);

    await hub.chain.poll();
    const minted = hub.events.filter((event) => event.txHash === txHash && event.name === 'DepositMinted');
    assert.deepEqual(
      minted.map(({ args }) => [args.seat, args.depositRef]),
      mints.map(({ seat, depositRef }) => [BigInt(seat), depositRef]),
    );
  });

  it('settles an order in one transaction and hands on its events together', async () => {
    const subject = signing.subjectOf(`0x${'42'.repeat(32)}`, 'order', randomUUID());
    const terms = {
      payee: clearing,
      closer: signing.addressOf(closer),
      target: 60_000_000,
      ceiling: 120_000_000,
      deadline: nowS() + hour,
      detailsHash: `0x${'de'.repeat(32)}`,
    } as const;
    const termsHash = signing.termsHash(signing.message('Terms', terms));
    const items = members.map((member, index) => {
      const seat = index + 1;
      const spend = {
        book: contracts().GroupBuying,
        subject,
        termsHash,
        seat,
        maxAmount: 20_000_000,
        revision: 1,
        validUntil: nowS() + hour,
        mode: 0,
      };
      return { ...spend, amount: 20_000_000, signature: sign(signing.message('Spend', spend), member) };
    });
    const order = {
      subject,
      terms,
      mode: 0,
      items: signing.packSpendItems(items, 0),
      itemsHash: signing.itemsHash(items),
      total: 60_000_000,
      closingSignature: '0x',
    };
    hub.foreign.length = 0;
    const txHash = await carry({ contract: 'GroupBuying', fn: 'settle', args: [[order]] });
    await hub.chain.poll();
    const names = hub.events.filter((event) => event.txHash === txHash).map(({ name }) => name);
    assert.deepEqual(names, ['Transfer', 'Transfer', 'Transfer', 'SpendsSettled', 'OrderSettled']);
    assert.deepEqual(
      hub.foreign.map(({ from, to, amountMicros }) => [from, to, Number(amountMicros)]),
      members.map((member) => [signing.addressOf(member), clearing, 20_000_000]),
    );
    assert.equal(
      await hub.chain.reads.read({ contract: 'FoodUSD', fn: 'usedWord', args: [subject, 0] }, 'finalized'),
      0b1110n,
    );
  });

  it('sees what a member’s own wallet moves', async () => {
    const path = join(folder, 'wallet');
    writeFileSync(path, Buffer.from(members[0]!).toString('hex'));
    const wallet = createRelayerKey(path);
    const from = await wallet.address();
    const rpc = rpcTo(() => url()!);
    await fund(rpc, chainId, from);
    const to = signing.addressOf(members[1]!);
    const data = `0xa9059cbb${to.slice(2).padStart(64, '0')}${(7_000_000).toString(16).padStart(64, '0')}`;
    hub.foreign.length = 0;
    await rpc('eth_sendRawTransaction', [
      await rawTransaction(wallet, { chainId, nonce: 0, to: contracts().FoodUSD, data }),
    ]);
    await hub.chain.poll();
    assert.deepEqual(
      hub.foreign.map((one) => [one.from, one.to, Number(one.amountMicros)]),
      [[from, to, 7_000_000]],
    );
  });

  it('says in the contract’s own words why a call is refused', async () => {
    const stranger = createRelayerKey(join(folder, 'stranger'));
    const other = await startHub(
      { key: stranger },
      {
        url,
        deployment: () => loadDeployment(file),
        abiFolder: new URL('../../../contracts/abi/', import.meta.url),
      },
    );
    await other.chain.poll();
    const refused = other.chain.carrier.prepare(
      { contract: 'GroupBuying', fn: 'settle', args: [[]] },
      { highestNonce: -1 },
    );
    await assert.rejects(refused, {
      code: 'chain_refused',
      message: /GroupBuying.settle: AccessManagedUnauthorized\(0x/,
    });
    await other.stop();
  });

  it('settles on after the simulator was killed, with the same relayer and the next nonce', async () => {
    const before = await hub.chain.reads.read<bigint>(
      { contract: 'FoodUSD', fn: 'totalSupply', args: [] },
      'finalized',
    );
    process.kill(embedded.pid()!, 'SIGKILL');
    await died.promise;
    await hub.chain.poll();
    assert.equal(hub.chain.state().waitingFor, 'endpoint');
    await embedded.whenUp();
    await hub.chain.poll();
    assert.equal(hub.chain.state().fault, undefined);
    assert.equal(await hub.chain.reads.read({ contract: 'FoodUSD', fn: 'totalSupply', args: [] }, 'finalized'), before);
    const attestation = {
      reserve: 200_000_000,
      documentHash: `0x${'d1'.repeat(32)}`,
      sequence: 2,
      takenAt: nowS(),
    } as const;
    const { reserve, documentHash, sequence, takenAt } = attestation;
    const word = sign(signing.message('Attestation', attestation), attestor);
    const seen = hub.events.length;
    const txHash = await carry({
      contract: 'FoodUSD',
      fn: 'attest',
      args: [reserve, documentHash, sequence, takenAt, word],
    });
    await hub.chain.poll();
    assert.deepEqual(
      hub.events.slice(seen).map((event) => [event.name, event.txHash]),
      [['ReserveAttested', txHash]],
    );
  });
});
