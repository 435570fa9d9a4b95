import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type DevChain, startDevChain } from '@stoop/contracts/dev-chain/index.ts';
import { Wallet } from 'ethers';
import { outbox } from '../src/outbox/index.ts';
import type { Call, Hex, OfficerMessage } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { createMovableClock, type MovableClock } from './support/movable-clock.ts';
import { officerKeysOf } from './support/officers.ts';

interface Change {
  id: string;
  state: string;
  reason?: string;
  effectiveAtMs?: number;
}
interface TypedMessage extends OfficerMessage {
  typedData: { domain: object; types: Record<string, { name: string; type: string }[]>; message: object };
}

const dayMs = 86_400_000;

// A building whose hub holds no officer's key: each test goes on where the one before has ended.
describe('the keys of offices', () => {
  let house: TestHub;
  let clock: MovableClock;
  let officer: Browser;
  let board: Wallet[];
  let minter: string;
  let chain: DevChain;

  before(async () => {
    const founded = await createTestHub();
    const keys = await officerKeysOf(founded.dir);
    await founded.until(() => founded.hub.building!.chain.state().isOnline);
    await founded.stop();
    board = keys.board.map((key) => new Wallet(key));
    minter = new Wallet(keys.minter[0]!).address.toLowerCase();
    clock = createMovableClock();
    // The building's own chain, with the simulator's means to let time pass.
    const dataDir = join(founded.dir, 'chain');
    chain = await startDevChain({ dataDir, chainId: 31999, port: 0, testMethods: true });
    house = await createTestHub({
      dir: founded.dir,
      clock,
      config: (config) => ({
        ...config,
        chain: { ...config.chain, isEmbedded: false, rpcUrls: [chain.url], staleAfterMs: 0 },
        officers: { ...config.officers, keystore: undefined, passphraseFile: undefined, minters: [minter] },
      }),
    });
    officer = await house.phone(house.personWith('board'));
    await house.until(() => house.hub.building!.chain.state().isOnline);
  });
  after(async () => {
    await house?.dispose();
    await chain?.stop();
  });

  async function pass(ms: number): Promise<void> {
    clock.stepBy(ms);
    for (const [method, params] of [
      ['evm_increaseTime', [ms / 1000]],
      ['evm_mine', []],
    ])
      await fetch(chain.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
    // The session has run out meanwhile.
    officer = await house.phone(house.personWith('board'));
  }

  const read = <T>(contract: string, fn: string, ...args: unknown[]): Promise<T> =>
    house.hub.building!.chain.reads.read<T>({ contract, fn, args } satisfies Call, 'finalized');
  const messages = async () => (await officer.get<{ items: TypedMessage[] }>('/api/officer-messages')).body.items;
  async function sign(message: TypedMessage, key: Wallet): Promise<number> {
    const { EIP712Domain: _, ...types } = message.typedData.types;
    const signature = await key.signTypedData(message.typedData.domain, types, message.typedData.message);
    return (await officer.post(`/api/officer-messages/${message.id}`, { signature })).status;
  }
  async function signAll(...keys: Wallet[]): Promise<void> {
    for (const message of await messages()) for (const key of keys) assert.equal(await sign(message, key), 204);
  }
  async function change(body: object): Promise<Change> {
    const { status, body: asked } = await officer.post<Change>('/api/office-changes', body);
    assert.equal(status, 201, JSON.stringify(asked));
    return asked;
  }
  const stateOf = async (id: string): Promise<Change> =>
    (await officer.get<{ items: Change[] }>('/api/office-changes')).body.items.find((one) => one.id === id)!;
  const waiting = () =>
    house.hub.building!.store.read((reader) => outbox.waiting(reader)).reduce((sum, { count }) => sum + count, 0);
  async function becomes(id: string, state: string): Promise<void> {
    let isSo = false;
    let asking = false;
    await house.until(() => {
      if (!asking) {
        asking = true;
        void stateOf(id).then((found) => {
          isSo = found.state === state;
          asking = false;
          if (!isSo) house.hub.building!.dispatcher.wake();
          house.hub.building!.events.publishTransient({ noun: 'hub', id: 'state' });
        });
      }
      return isSo;
    });
  }

  it('are asked for by an officer and given by two board keys: a relayer at once', async () => {
    const next = Wallet.createRandom().address.toLowerCase();
    const { id, state } = await change({ office: 'relayer', action: 'name', address: next });
    assert.equal(state, 'signing');
    const [message] = await messages();
    assert.deepEqual(message!.about, { office: 'relayer', action: 'name', address: next });
    assert.equal(await sign(message!, board[0]!), 204);
    assert.equal((await stateOf(id)).state, 'signing');
    assert.equal(await sign(message!, board[1]!), 204);
    await becomes(id, 'done');
    assert.deepEqual((await read<{ isMember: boolean }>('AccessManager', 'hasRole', 1, next)).isMember, true);
  });

  it('are taken at once too', async () => {
    const next = Wallet.createRandom().address.toLowerCase();
    for (const action of ['name', 'remove']) {
      const { id } = await change({ office: 'guardian', action, address: next });
      await signAll(board[1]!, board[2]!);
      await becomes(id, 'done');
      const { isMember } = await read<{ isMember: boolean }>('AccessManager', 'hasRole', 4, next);
      assert.equal(isMember, action === 'name', action);
    }
  });

  it('are not given by anybody else, by one key alone, or twice by the same', async () => {
    const { id } = await change({ office: 'relayer', action: 'name', address: Wallet.createRandom().address });
    const [message] = await messages();
    const stranger = new Wallet(Wallet.createRandom().privateKey);
    assert.equal(await sign(message!, stranger), 403);
    assert.equal(await sign(message!, board[0]!), 204);
    assert.equal(await sign(message!, board[0]!), 409);
    assert.equal((await stateOf(id)).state, 'signing');
    assert.equal((await officer.delete(`/api/office-changes/${id}`)).status, 204);
    const ended = await stateOf(id);
    assert.deepEqual([ended.state, ended.reason], ['ended', 'withdrawn']);
    assert.deepEqual(await messages(), []);
  });

  it('a minter’s successor is announced for as long as the contracts say; the old one ends at once', async () => {
    const next = Wallet.createRandom().address.toLowerCase() as Hex;
    const wanted = { office: 'minter', action: 'name', address: next };
    const wrong = await officer.post('/api/office-changes', wanted);
    assert.deepEqual([wrong.status, wrong.body.field], [400, 'allowanceMicros']);
    const { id, effectiveAtMs } = await change({ ...wanted, allowanceMicros: 5_000_000 });
    // The demonstration's delay is a minute; a real building's is seven days.
    assert.ok(effectiveAtMs! > clock.nowMs() + 50_000 && effectiveAtMs! <= clock.nowMs() + 60_000);
    assert.equal((await messages()).length, 2);
    await signAll(board[0]!, board[2]!);
    await becomes(id, 'waiting');
    const old = await change({ office: 'minter', action: 'remove', address: minter });
    await signAll(board[0]!, board[1]!);
    await becomes(old.id, 'done');
    const allowance = async (key: string) =>
      (await read<{ dailyAllowance: bigint }>('FoodUSD', 'minterOf', key)).dailyAllowance;
    assert.deepEqual([await allowance(minter), await allowance(next)], [0n, 0n]);

    await pass(61_000);
    await becomes(id, 'done');
    assert.equal(await allowance(next), 5_000_000n);
  });

  it('an announcement that nobody carried out in time ends, and says so', async () => {
    const address = Wallet.createRandom().address;
    const { id } = await change({ office: 'attestor', action: 'name', address });
    await signAll(board[0]!, board[1]!);
    await house.until(() => waiting() === 1);
    await pass(9 * dayMs);
    await becomes(id, 'ended');
    assert.equal((await stateOf(id)).reason, 'announcement_expired');
    assert.equal(await read<boolean>('FoodUSD', 'isAttestor', address), false);
  });

  it('the board changes itself: the old keys sign, and so do the new ones', async () => {
    const fresh = [0, 1].map(() => new Wallet(Wallet.createRandom().privateKey));
    const next = [board[2]!, ...fresh];
    const addresses = next.map(({ address }) => address.toLowerCase());
    const twice = await officer.post('/api/board', { board: [addresses[0], ...addresses], threshold: 2 });
    assert.deepEqual([twice.status, twice.body.field], [400, 'board']);
    const asked = await officer.post<Change>('/api/board', { board: addresses, threshold: 2 });
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    const { id } = asked.body;
    const [message] = await messages();
    for (const key of [board[0]!, board[1]!, fresh[0]!]) assert.equal(await sign(message!, key), 204);
    assert.equal((await stateOf(id)).state, 'signing');
    assert.equal(await sign(message!, fresh[1]!), 204);
    await becomes(id, 'done');
    assert.deepEqual((await read<string[]>('SeatRegistry', 'board')).toSorted(), addresses.toSorted());

    // The new keys give offices now, the old ones no longer.
    const after = await change({ office: 'relayer', action: 'name', address: Wallet.createRandom().address });
    const [last] = await messages();
    assert.equal(await sign(last!, board[0]!), 403);
    await signAll(fresh[0]!, fresh[1]!);
    await becomes(after.id, 'done');
  });
});
