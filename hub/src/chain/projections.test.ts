import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NodeError } from '../../test/support/rpc-endpoint.ts';
import { type Call, type Hex, type Reader, system } from '../platform/ports/index.ts';
import * as signing from '../signing/index.ts';
import { type Building, hourS, nowS, startBuilding } from './test/building.ts';
import { attemptOf, type Hub, tempFolder } from './test/fixture.ts';
import { type LyingProxy, startLyingProxy } from './test/lying-proxy.ts';

const dollars = (amount: number): number => amount * 1_000_000;

describe('what the chain’s events come to', () => {
  let building: Building;
  let proxy: LyingProxy;
  let hub: Hub;
  let path: string;
  const keyOf = (seat: number): Hex => signing.addressOf(building.members[seat - 1]!);
  const subjects = (_: Reader) => [1, 2, 3].map((seat) => ({ seat, addresses: [keyOf(seat)] }));
  const open = async () => {
    const next = await building.hub({ url: () => proxy.url, path, subjects });
    await next.chain.poll();
    return next;
  };

  before(async () => {
    building = await startBuilding();
    proxy = await startLyingProxy(() => building.embedded.endpoint()!.url);
    path = join(tempFolder(), 'stoop.db');
    hub = await open();
  });
  after(async () => {
    await hub.stop();
    await proxy.close();
    await building.stop();
  });

  async function carry(call: Call): Promise<string> {
    const attempt = attemptOf(await hub.chain.carrier.prepare(call, { highestNonce: -1 }));
    await hub.chain.carrier.perform(attempt);
    await hub.chain.poll();
    return attempt.locator;
  }
  const mint = (seat: number, amount: number, reference: string): object => {
    const depositRef = `0x${reference.repeat(32)}` as Hex;
    const fields = { seat, amount, depositRef, validUntil: nowS() + hourS };
    return { ...fields, signature: building.sign(signing.message('Mint', fields), building.minter) };
  };
  const send = (from: number, to: Hex, amount: number, nonce: number): object => {
    const reasonHash = `0x${'e0'.repeat(32)}` as Hex;
    const fields = { seat: from, to, amount, nonce, reasonHash, validUntil: nowS() + hourS };
    const signature = building.sign(signing.message('Transfer', fields), building.members[from - 1]!);
    return { ...fields, signature };
  };
  const rows = () => hub.store.read((reader) => hub.chain.projections.transfers(reader, Number.MAX_SAFE_INTEGER, 100));
  const balances = () =>
    hub.store.read((reader) =>
      Object.fromEntries(
        reader
          .prepare(`SELECT address, amount FROM projected_balances WHERE token = 'FUSD' ORDER BY address`)
          .all<{ address: Hex; amount: string }>()
          .map(({ address, amount }) => [address, Number(amount)]),
      ),
    );

  it('is who has what, and each movement with its counterpart and its reason', async () => {
    await carry(building.attest(dollars(100), 1));
    // Equal amounts side by side: each movement has its own deposit all the same.
    await carry({
      contract: 'FoodUSD',
      fn: 'mintBatch',
      args: [[mint(1, dollars(30), 'a1'), mint(2, dollars(30), 'a2')]],
    });
    const sent = await carry({ contract: 'FoodUSD', fn: 'transferBatch', args: [[send(1, keyOf(3), dollars(4), 7)]] });
    assert.deepEqual(
      rows()
        .toReversed()
        .map(({ from, to, amount, kind, about }) => [from, to, Number(amount), kind, about]),
      [
        [`0x${'00'.repeat(20)}`, keyOf(1), dollars(30), 'deposit', `0x${'a1'.repeat(32)}`],
        [`0x${'00'.repeat(20)}`, keyOf(2), dollars(30), 'deposit', `0x${'a2'.repeat(32)}`],
        [keyOf(1), keyOf(3), dollars(4), 'transfer', `0x${'e0'.repeat(32)}`],
      ],
    );
    assert.equal(rows()[0]!.txHash, sent);
    assert.deepEqual(balances(), { [keyOf(1)]: dollars(26), [keyOf(2)]: dollars(30), [keyOf(3)]: dollars(4) });
    assert.deepEqual(await hub.chain.projections.check(), []);
  });

  it('is the same after it was made anew, and books nothing twice', async () => {
    const [before, foreign] = [rows().map(({ cursor: _, ...row }) => row), hub.foreign.length];
    const { differences, unreadTo } = await hub.chain.rebuild(false);
    assert.deepEqual([differences, unreadTo], [[], undefined]);
    assert.deepEqual(
      rows().map(({ cursor: _, ...row }) => row),
      before,
    );
    assert.equal(hub.foreign.length, foreign);
  });

  it('says where it is wrong, and is right again after a rebuild', async () => {
    await hub.store.act({ name: 'test.spoil', actor: system('test') }, (tx) =>
      tx.prepare(`UPDATE projected_balances SET amount = '1' WHERE address = @key`).run({ key: keyOf(2) }),
    );
    assert.deepEqual(await hub.chain.projections.check(), [`FUSD of ${keyOf(2)}: log 1, chain 30000000`]);
    assert.deepEqual((await hub.chain.rebuild(false)).differences, []);
    assert.equal(balances()[keyOf(2)], dollars(30));
  });

  it('finds the logs that an endpoint had left out', async () => {
    proxy.lie('eth_getLogs', async () => []);
    await carry({ contract: 'FoodUSD', fn: 'transferBatch', args: [[send(2, keyOf(3), dollars(1), 8)]] });
    proxy.honest();
    const wrong = [
      `FUSD of ${keyOf(2)}: log 30000000, chain 29000000`,
      `FUSD of ${keyOf(3)}: log 4000000, chain 5000000`,
    ];
    assert.deepEqual(await hub.chain.projections.check(), wrong.sort());
    assert.deepEqual((await hub.chain.rebuild(false)).differences, []);
    assert.deepEqual(await hub.chain.projections.check(), []);
  });

  it('comes from the state where the endpoint has forgotten the oldest blocks', async () => {
    const height = Number(await building.rpc<Hex>('eth_blockNumber'));
    await hub.stop();
    path = join(tempFolder(), 'stoop.db');
    proxy.lie('eth_getLogs', async (request, pass) => {
      const [{ fromBlock }] = request.params as [{ fromBlock: Hex }];
      if (Number(fromBlock) < height) throw new NodeError(-32000, 'bad tipset height: lookbacks are limited');
      return pass();
    });
    hub = await open();
    assert.equal(hub.chain.state().stuck?.code, 'chain_unreadable');
    await assert.rejects(hub.chain.rebuild(false), { code: 'chain_unreadable' });
    const { differences, unreadTo } = await hub.chain.rebuild(true);
    assert.deepEqual([differences, unreadTo], [[], height - 1]);
    assert.deepEqual(balances(), { [keyOf(1)]: dollars(26), [keyOf(2)]: dollars(29), [keyOf(3)]: dollars(5) });
    assert.equal(rows().filter(({ kind }) => kind === 'opening').length, 3);

    proxy.lie('eth_getLogs', async (request, pass) => {
      const [{ fromBlock }] = request.params as [{ fromBlock: Hex }];
      if (Number(fromBlock) < height - 20) throw new NodeError(-32000, 'bad tipset height: lookbacks are limited');
      return pass();
    });
    await carry({ contract: 'FoodUSD', fn: 'transferBatch', args: [[send(3, keyOf(1), dollars(2), 9)]] });
    assert.equal(balances()[keyOf(1)], dollars(28));
    assert.deepEqual(await hub.chain.projections.check(), []);
  });
});
