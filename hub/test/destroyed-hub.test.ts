import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { committed } from '@stoop/contracts/deploy/artifact.ts';
import { demoPrivateKeys } from '@stoop/contracts/dev-chain/accounts.ts';
import { type DevChain, startDevChain } from '@stoop/contracts/dev-chain/index.ts';
import { Contract, Interface, JsonRpcProvider, NonceManager, parseEther, Wallet } from 'ethers';
import { putBack } from '../src/cli/put-back.ts';
import { createRecoveryPaper } from '../src/cli/recovery-paper.ts';
import { takeBackup } from '../src/cli/take-backup.ts';
import type { Config } from '../src/config/index.ts';
import { type Balance, checkBooks, createJournal } from '../src/journal/index.ts';
import type { DemoPerson } from '../src/modules/demo/index.ts';
import { memberOf } from '../src/modules/members/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { outbox } from '../src/outbox/index.ts';
import { nobody } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { copyOfFoundedBuilding } from './support/founded.ts';
import { handOut } from './support/harvest.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { officerKeysOf } from './support/officers.ts';

const chainId = 31999;
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Seven days of the registry's, and what the hub adds for clocks that differ. */
const recoveryMs = 7 * dayMs + 2 * minuteMs;
const pinOf = (seat: number): string => `7391${String(seat).padStart(2, '0')}`;
const relayerRole = 1n;

interface OfficerMessage {
  readonly id: string;
  readonly typedData: {
    readonly domain: Record<string, unknown>;
    readonly types: Record<string, { name: string; type: string }[]>;
    readonly message: Record<string, unknown> & { readonly seat: number };
  };
}
interface Me {
  readonly member: { readonly seat: number; readonly keyChange?: { state: string; effectiveAtMs?: number } };
}
interface Settlement {
  readonly differences: string[];
  readonly supplyMicros: number;
}

describe('a hub that is destroyed', { timeout: 600_000 }, () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'stoop-elsewhere-'));
  const paper = createRecoveryPaper();
  const clock = createMovableClock();
  const journal = createJournal('FUSD', () => []);
  const seats = {
    byCode: [] as DemoPerson[],
    byBoard: [] as DemoPerson[],
    foundCode: undefined as unknown as DemoPerson,
  };
  let chain: DevChain;
  let provider: JsonRpcProvider;
  let contracts: Record<string, string>;
  let board: Wallet[];
  let clearing: string;
  let sealed: string;
  let kale: string;
  let house: TestHub;
  let dir: string;
  let rememberedDoor: { deviceToken: string; sessionToken?: string };
  const phones = new Map<number, Browser>();
  const newCodes = new Map<number, string>();

  const building = () => house.hub.building!;
  const look = <T>(at: Parameters<ReturnType<typeof building>['store']['read']>[0]) => building().store.read(at) as T;
  const waiting = () => look<{ lane: string }[]>((reader) => outbox.waiting(reader));
  const addressNow = (seat: number) => look<string>((reader) => memberOf(reader, seat)!.address);
  const job = (name: string) =>
    building()
      .jobs.find((each) => each.name === name)!
      .run(AbortSignal.abort());
  const ofToken = async (fn: 'balanceOf' | 'dailyLimitOf', account: string) =>
    Number(await new Contract(contracts.FoodUSD!, committed('FoodUSD').abi, provider).getFunction(fn)(account));
  const balanceOf = (account: string) => ofToken('balanceOf', account);
  /** GRO in micro-units and the lot's grams. */
  const produceAt = async (account: string): Promise<number[]> => {
    const gro = new Contract(contracts.GroToken!, committed('GroToken').abi, provider);
    return [...(await gro.getFunction('balanceOfBatch')([account, account], ['0', kale]))].map(Number);
  };
  const registry = () => new Contract(contracts.SeatRegistry!, committed('SeatRegistry').abi, provider);
  const moneyOf = async (browser: Browser) =>
    (await browser.get<{ availableMicros: number; heldMicros: number }>('/api/money')).body;
  const stateOf = (id: string) => look<string>((reader) => building().orders.view(reader, id, nobody)!.state);

  /** The hub on a chain that is not in its folder. */
  const onOutsideChain = (config: Config): Config => ({
    ...config,
    chain: {
      ...config.chain,
      isEmbedded: false,
      rpcUrls: [chain.url],
      deploymentFile: join(elsewhere, 'chain/deployment.json'),
    },
  });

  async function openOrder(opener: Browser, targetMicros: number, unitPriceMicros: number): Promise<string> {
    const [good] = (await opener.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const { status, body } = await opener.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      goodId: good!.id,
      unit: 'bag',
      unitPriceMicros,
      unitsPerCase: 1,
      targetMicros,
      deadlineAtMs: clock.nowMs() + 3_600_000,
      executes: 'at-target',
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }
  async function join_(browser: Browser, orderId: string, units: number): Promise<void> {
    const { status, body } = await browser.post(`/api/orders/${orderId}/line`, { units });
    assert.equal(status, 201, JSON.stringify(body));
  }

  before(async () => {
    dir = await copyOfFoundedBuilding();
    renameSync(join(dir, 'chain'), join(elsewhere, 'chain'));
    chain = await startDevChain({ dataDir: join(elsewhere, 'chain'), chainId, port: 0, testMethods: true });
    provider = new JsonRpcProvider(chain.url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
    ({ contracts } = JSON.parse(readFileSync(join(elsewhere, 'chain/deployment.json'), 'utf8')));
    const keys = await officerKeysOf(dir);
    board = keys.board.map((key) => new Wallet(key));
    clearing = new Wallet(keys.clearing[0]!).address;
    // What the building's people have written down: its settings, and who they are.
    mkdirSync(join(elsewhere, 'demo'));
    for (const name of ['stoop.toml', 'people.json']) cpSync(join(dir, 'demo', name), join(elsewhere, 'demo', name));

    house = await createTestHub({ dir, clock, config: onOutsideChain });
    seats.byCode = house.people.slice(0, 16);
    seats.byBoard = house.people.slice(16, 23);
    seats.foundCode = house.people[23]!;
    await house.until(() => waiting().length === 0);
    const [eva, fay] = [await house.phone(house.people[17]!), await house.phone(house.people[2]!)];
    const settled = await openOrder(eva, 12_000_000, 2_000_000);
    await join_(eva, settled, 4);
    await join_(fay, settled, 2);
    await house.until(() => stateOf(settled) === 'settled');
    kale = await handOut(house, seats.byBoard[3]!.seat, 500, clock.nowMs());
    await house.until(() => waiting().length === 0);
    rememberedDoor = await building().members.openDoor({
      kind: 'phone',
      name: 'Old phone',
      seat: seats.byBoard[2]!.seat,
    });
    sealed = (
      await takeBackup({
        dataDir: dir,
        to: elsewhere,
        withTelemetry: false,
        recipient: paper.recipient,
        hubVersion: 'test',
      })
    ).file;
    // And then life goes on, without another backup.
    const unseen = await openOrder(eva, 6_000_000, 2_000_000);
    await join_(eva, unseen, 1);
    await join_(fay, unseen, 2);
    await house.until(() => stateOf(unseen) === 'settled');
    await house.stop();
    rmSync(dirname(dir), { recursive: true });
  });
  after(async () => {
    await house.dispose();
    provider.destroy();
    await chain.stop();
    rmSync(elsewhere, { recursive: true });
  });

  it('is gone with its folder: a new one knows who there is, reads what it has missed, and opens nobody’s key', async () => {
    assert.equal(existsSync(dir), false);
    dir = join(mkdtempSync(join(tmpdir(), 'stoop-new-hub-')), 'data');
    mkdirSync(dir);
    cpSync(join(elsewhere, 'demo'), join(dir, 'demo'), { recursive: true });
    const restored = await putBack({
      dataDir: dir,
      file: sealed,
      isReplacing: false,
      recoveryCode: async () => paper.code,
    });
    assert.equal(restored.hasHubSecret, false);
    house = await createTestHub({
      dir,
      clock,
      // No officer's key lies on this hub.
      config: (config) => ({
        ...onOutsideChain(config),
        officers: { minters: [], attestors: [], certifiers: [], stewards: [], unlockMinutes: 15 },
        demo: { isEnabled: false },
      }),
    });
    while (house.hub.faults().some(({ code }) => code === 'catching_up')) {
      await building().chain.poll();
      await new Promise(setImmediate);
    }
    assert.deepEqual(waiting(), []);
    const kiosk = await house.kiosk();
    const { items } = (await kiosk.get<{ items: { tileId: string; label: string }[] }>('/api/tiles')).body;
    assert.equal(items.length, house.people.length);
    const [ana] = seats.byCode;
    const { tileId } = items.find(({ label }) => label === ana!.name)!;
    const { body } = await kiosk.post('/api/sessions', { tileId, pin: ana!.pin });
    assert.equal(body.code, 'wrong_pin');
  });

  it('gets a relayer of its own from the board: the old one’s key is gone', async () => {
    const relayer = await building().chain.relayerAddress();
    const payer = new NonceManager(new Wallet(demoPrivateKeys[2], provider));
    await (await payer.sendTransaction({ to: relayer, value: parseEther('10') })).wait();
    const manager = new Interface(committed('AccessManager').abi);
    const call = {
      target: contracts.AccessManager!,
      data: manager.encodeFunctionData('grantRole', [relayerRole, relayer, 0]),
      salt: `0x${'01'.repeat(32)}`,
      validUntil: Math.floor(clock.nowMs() / 1000) + 3600,
    };
    const types = {
      Call: ['address target', 'bytes data', 'bytes32 salt', 'uint40 validUntil'].map((field) => {
        const [type, name] = field.split(' ') as [string, string];
        return { type, name };
      }),
    };
    const domain = { name: 'Stoop Board', version: '1', chainId, verifyingContract: contracts.Board! };
    const signers = [board[0]!, board[1]!].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
    const signatures = await Promise.all(signers.map((key) => key.signTypedData(domain, types, call)));
    const account = new Contract(contracts.Board!, committed('Board').abi, payer);
    const sent = await account.getFunction('execute')(call.target, call.data, call.salt, call.validUntil, signatures);
    assert.equal((await sent.wait())?.status, 1);
  });

  it('gives who has the printed code the same key back', async () => {
    for (const person of seats.byCode) {
      const before = addressNow(person.seat);
      const phone = house.browser();
      const body = { seat: person.seat, recoveryCode: person.recoveryCode, newPin: pinOf(person.seat) };
      const { status, body: answer } = await phone.post<Me>('/api/recovery', body);
      assert.equal(status, 200, JSON.stringify(answer));
      assert.equal(addressNow(person.seat), before);
      phones.set(person.seat, phone);
    }
  });

  it('asks for another key for the others: two officers, two board keys, and seven days', async () => {
    const officers = seats.byCode.filter(({ roles }) => roles.includes('board')).map(({ seat }) => phones.get(seat)!);
    assert.ok(officers.length >= 2);
    const [first, second] = officers as [Browser, Browser];
    for (const { seat } of [...seats.byBoard, seats.foundCode]) {
      const { status, body } = await first.post<{ id: string; recoveryCode: string }>(
        `/api/members/${seat}/key-change`,
        {
          pin: pinOf(seat),
        },
      );
      assert.equal(status, 201, JSON.stringify(body));
      newCodes.set(seat, body.recoveryCode);
      assert.equal((await first.post(`/api/key-changes/${body.id}/second`)).body.code, 'not_allowed');
      assert.equal((await second.post(`/api/key-changes/${body.id}/second`)).status, 204);
    }
    const { items } = (await first.get<{ items: OfficerMessage[] }>('/api/officer-messages')).body;
    assert.deepEqual(
      items.map(({ typedData }) => typedData.message.seat),
      [...seats.byBoard, seats.foundCode].map(({ seat }) => seat),
    );
    const stranger = Wallet.createRandom();
    for (const { id, typedData } of items) {
      const { EIP712Domain: _, ...types } = typedData.types;
      const signed = (key: { signTypedData: Wallet['signTypedData'] }) =>
        key.signTypedData(typedData.domain, types, typedData.message);
      const send = async (key: { signTypedData: Wallet['signTypedData'] }) =>
        (await first.post(`/api/officer-messages/${id}`, { signature: await signed(key) })).status;
      assert.equal(await send(stranger), 403);
      assert.equal(await send(board[2]!), 204);
      assert.equal(await send(board[0]!), 204);
    }
    const isAnnounced = (seat: number) =>
      look<boolean>((reader) => memberOf(reader, seat)?.keyChange?.state === 'announced');
    await house.until(() => [...seats.byBoard, seats.foundCode].every(({ seat }) => isAnnounced(seat)));
    await house.until(() => waiting().length === 0);
    for (const { seat } of seats.byBoard) {
      const { newKey, isRecovery } = await registry().getFunction('keyChangeOf')(seat);
      assert.equal(isRecovery, true);
      assert.notEqual(newKey.toLowerCase(), addressNow(seat));
      assert.equal((await registry().getFunction('keyOf')(seat)).toLowerCase(), addressNow(seat));
    }
  });

  it('says so on a device that the member still has, and lets an old key that turns up cancel it', async () => {
    const old = house.browser();
    old.keep(rememberedDoor);
    const { keyChange, seat } = (await old.get<Me>('/api/me')).body.member;
    assert.deepEqual([seat, keyChange?.state], [seats.byBoard[2]!.seat, 'announced']);
    const leftMs = keyChange!.effectiveAtMs! - clock.nowMs();
    assert.ok(leftMs > 7 * dayMs - 5 * minuteMs && leftMs <= 7 * dayMs + minuteMs);

    const found = seats.foundCode;
    const before = addressNow(found.seat);
    const phone = house.browser();
    const body = { seat: found.seat, recoveryCode: found.recoveryCode, newPin: pinOf(found.seat) };
    assert.equal((await phone.post<Me>('/api/recovery', body)).body.member.keyChange?.state, 'announced');
    assert.equal((await phone.delete('/api/me/key-change')).status, 204);
    await house.until(() => look<boolean>((reader) => memberOf(reader, found.seat)?.keyChange === undefined));
    await house.until(() => waiting().length === 0);
    assert.equal((await registry().getFunction('keyChangeOf')(found.seat)).newKey, `0x${'00'.repeat(20)}`);
    assert.equal(addressNow(found.seat), before);
    phones.set(found.seat, phone);
  });

  it('changes nothing a day before its time', async () => {
    clock.stepBy(6 * dayMs);
    await provider.send('evm_increaseTime', [(6 * dayMs) / 1000]);
    await provider.send('evm_mine', []);
    await job('key-change.apply');
    assert.deepEqual(waiting(), []);
    for (const { seat } of seats.byBoard)
      assert.equal((await registry().getFunction('keyOf')(seat)).toLowerCase(), addressNow(seat));
  });

  it('changes the keys when their time has come, and brings money and produce along', async () => {
    const leftMs = recoveryMs - 6 * dayMs;
    const oldKeys = new Map(seats.byBoard.map(({ seat }) => [seat, addressNow(seat)]));
    const held = new Map<number, number>();
    for (const [seat, key] of oldKeys) held.set(seat, await balanceOf(key));
    assert.ok([...held.values()].every((micros) => micros > 0));
    const grower = seats.byBoard[3]!.seat;
    assert.deepEqual(await produceAt(oldKeys.get(grower)!), [500_000, 500]);
    clock.stepBy(leftMs);
    await provider.send('evm_increaseTime', [leftMs / 1000]);
    await provider.send('evm_mine', []);
    await job('key-change.apply');
    await house.until(() => seats.byBoard.every(({ seat }) => addressNow(seat) !== oldKeys.get(seat)));
    await house.until(() => waiting().length === 0);
    assert.deepEqual(await produceAt(oldKeys.get(grower)!), [0, 0]);
    assert.deepEqual(await produceAt(addressNow(grower)), [500_000, 500]);
    for (const { seat } of seats.byBoard) {
      assert.equal((await registry().getFunction('keyOf')(seat)).toLowerCase(), addressNow(seat));
      assert.equal(await balanceOf(oldKeys.get(seat)!), 0);
      assert.equal(await balanceOf(addressNow(seat)), held.get(seat));
      assert.equal(await ofToken('dailyLimitOf', addressNow(seat)), 1_000_000_000);
    }
  });

  it('leaves nobody’s money behind: everybody spends all that they have', async () => {
    await job('orders.close');
    const kiosk = await house.kiosk();
    const { items } = (await kiosk.get<{ items: { tileId: string; label: string }[] }>('/api/tiles')).body;
    const signedIn = async (person: DemoPerson): Promise<Browser> => {
      const phone = phones.get(person.seat);
      const tileId = items.find(({ label }) => label === person.name)!.tileId;
      const { status, body } = phone
        ? await phone.post('/api/grants', { pin: pinOf(person.seat) })
        : await kiosk.post('/api/sessions', { tileId, pin: pinOf(person.seat) });
      assert.equal(status, 200, JSON.stringify(body));
      return phone ?? kiosk;
    };
    const everybody = [...seats.byCode, ...seats.byBoard, seats.foundCode];
    const whole = new Map<number, number>();
    for (const { seat } of everybody) {
      const { availableMicros, heldMicros } = look<Balance>((reader) => journal.balance(reader, seat));
      assert.equal(heldMicros, 0, `seat ${seat}`);
      whole.set(seat, availableMicros);
      assert.equal(await balanceOf(addressNow(seat)), availableMicros, `seat ${seat}`);
    }
    const total = [...whole.values()].reduce((sum, micros) => sum + micros, 0);
    const before = await balanceOf(clearing);
    const orderId = await openOrder(await signedIn(seats.byCode[3]!), total, 1_000_000);
    for (const person of everybody) {
      const browser = await signedIn(person);
      assert.equal((await moneyOf(browser)).availableMicros, whole.get(person.seat));
      await join_(browser, orderId, whole.get(person.seat)! / 1_000_000);
      if (browser === kiosk) await kiosk.delete('/api/sessions/current');
    }
    await house.until(() => stateOf(orderId) === 'settled');
    for (const { seat } of everybody) assert.equal(await balanceOf(addressNow(seat)), 0);
    assert.equal((await balanceOf(clearing)) - before, total);
  });

  it('has books that equal the chain, seat by seat', async () => {
    const treasurer = phones.get(house.personWith('treasurer').seat)!;
    const { differences, supplyMicros } = (await treasurer.get<Settlement>('/api/settlement')).body;
    assert.deepEqual(differences, []);
    assert.equal(await balanceOf(clearing), supplyMicros);
    assert.deepEqual(look<string[]>(checkBooks), []);
    assert.deepEqual(house.hub.faults(), []);
  });
});
