import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Call, Hex } from '../platform/ports/index.ts';
import * as signing from '../signing/index.ts';
import { createRelayerKey } from './relayer-key.ts';
import { type Building, chainId, hourS, hubId, nowS, startBuilding } from './test/building.ts';
import { attemptOf, fund, type Hub, rawTransaction } from './test/fixture.ts';

describe('the chain room with the building’s contracts', () => {
  const clearing: Hex = `0x${'c1'.repeat(20)}`;
  let building: Building;
  let hub: Hub;

  before(async () => {
    building = await startBuilding();
    hub = await building.hub();
    await hub.chain.poll();
  });

  after(async () => {
    await hub.stop();
    await building.stop();
  });

  const readFinal = <T>(fn: string, ...args: unknown[]) =>
    hub.chain.reads.read<T>({ contract: 'FoodUSD', fn, args }, 'finalized');

  async function carry(call: Call): Promise<string> {
    const attempt = attemptOf(await hub.chain.carrier.prepare(call, { highestNonce: -1 }));
    await hub.chain.carrier.perform(attempt);
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
    return attempt.locator;
  }

  it('knows every event that deploying made', () => {
    assert.deepEqual([hub.chain.state().fault, hub.chain.state().stuck], [undefined, undefined]);
    assert.ok(hub.events.length > 0);
    assert.deepEqual(
      hub.events.filter(({ name }) => name === ''),
      [],
    );
  });

  it('carries an attestation and a deposit, and reads them back at finalized', async () => {
    await carry(building.attest(100_000_000, 1));
    const mints = building.members.map((_, index) => {
      const depositRef = `0x${`0${index + 1}`.repeat(32)}` as Hex;
      const mint = { seat: index + 1, amount: 30_000_000, depositRef, validUntil: nowS() + hourS };
      return { ...mint, signature: building.sign(signing.message('Mint', mint), building.minter) };
    });
    const txHash = await carry({ contract: 'FoodUSD', fn: 'mintBatch', args: [mints] });
    assert.equal(await readFinal('isMinted', mints[0]!.depositRef), true);
    assert.equal(await readFinal('balanceOf', signing.addressOf(building.members[0]!)), 30_000_000n);
    assert.equal(await readFinal('totalSupply'), 90_000_000n);

    await hub.chain.poll();
    const minted = hub.events.filter((event) => event.txHash === txHash && event.name === 'DepositMinted');
    assert.deepEqual(
      minted.map(({ args }) => [args.seat, args.depositRef]),
      mints.map(({ seat, depositRef }) => [BigInt(seat), depositRef]),
    );
  });

  it('settles an order in one transaction and hands on its events together', async () => {
    const subject = signing.subjectOf(hubId, 'order', randomUUID());
    const terms = {
      payee: clearing,
      closer: signing.addressOf(building.closer),
      target: 60_000_000,
      ceiling: 120_000_000,
      deadline: nowS() + hourS,
      detailsHash: `0x${'de'.repeat(32)}`,
    } as const;
    const shared = {
      book: building.deployment.contracts.GroupBuying,
      subject,
      termsHash: signing.termsHash(signing.message('Terms', terms)),
      maxAmount: 20_000_000,
      revision: 1,
      validUntil: nowS() + hourS,
      mode: 0,
    };
    const items = building.members.map((member, index) => {
      const spend = { ...shared, seat: index + 1 };
      return { ...spend, amount: 20_000_000, signature: building.sign(signing.message('Spend', spend), member) };
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
      building.members.map((member) => [signing.addressOf(member), clearing, 20_000_000]),
    );
    assert.equal(await readFinal('usedWord', subject, 0), 0b1110n);
  });

  it('sees what a member’s own wallet moves', async () => {
    const path = join(building.folder, 'wallet');
    writeFileSync(path, Buffer.from(building.members[0]!).toString('hex'));
    const wallet = createRelayerKey(path);
    const from = await wallet.address();
    await fund(building.rpc, chainId, from);
    const receiver = signing.addressOf(building.members[1]!);
    const data = `0xa9059cbb${receiver.slice(2).padStart(64, '0')}${(7_000_000).toString(16).padStart(64, '0')}`;
    const to = building.deployment.contracts.FoodUSD;
    hub.foreign.length = 0;
    await building.rpc('eth_sendRawTransaction', [await rawTransaction(wallet, { chainId, nonce: 0, to, data })]);
    await hub.chain.poll();
    assert.deepEqual(
      hub.foreign.map((one) => [one.from, one.to, Number(one.amountMicros)]),
      [[from, receiver, 7_000_000]],
    );
  });

  it('says in the contract’s own words why a call is refused', async () => {
    // Who may mint is the board's to say, after a delay; never the relayer's.
    const call = { contract: 'FoodUSD', fn: 'setMinter', args: [clearing, 1] };
    const refused = hub.chain.carrier.prepare(call, { highestNonce: -1 });
    await assert.rejects(refused, {
      code: 'chain_refused',
      message: /^The chain refuses FoodUSD.setMinter: AccessManagedUnauthorized\(0x/,
    });
  });

  it('goes on after the simulator was killed, with the same state, relayer and the next nonce', async () => {
    const before = await readFinal<bigint>('totalSupply');
    process.kill(building.embedded.pid()!, 'SIGKILL');
    await building.died;
    await hub.chain.poll();
    assert.equal(hub.chain.state().waitingFor, 'endpoint');
    await building.embedded.whenUp();
    await hub.chain.poll();
    assert.equal(hub.chain.state().fault, undefined);
    assert.equal(await readFinal('totalSupply'), before);
    const seen = hub.events.length;
    const txHash = await carry(building.attest(200_000_000, 2));
    await hub.chain.poll();
    assert.deepEqual(
      hub.events.slice(seen).map((event) => [event.name, event.txHash]),
      [['ReserveAttested', txHash]],
    );
  });
});
