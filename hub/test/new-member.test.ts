import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type TypedDataDomain, Wallet } from 'ethers';
import { memberOf } from '../src/modules/members/index.ts';
import type { Redemption } from '../src/modules/redemptions/index.ts';
import type { Transfer } from '../src/modules/transfers/index.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub, type TestHubOptions } from './support/create-test-hub.ts';
import { copyOfFoundedBuilding } from './support/founded.ts';
import { officerKeysOf } from './support/officers.ts';

interface Settlement {
  readonly differences: string[];
  readonly attempts: { lane: string; itemCount: number; state: string }[];
}
interface OfficerMessage {
  readonly id: string;
  readonly office: string;
  readonly typedData: {
    domain: TypedDataDomain;
    primaryType: string;
    types: Record<string, { name: string; type: string }[]>;
    message: { seats?: { seat: number; class: number }[] };
  };
  readonly signedBy: string[];
}

const dollars = (amount: number): number => amount * 1_000_000;
const pin = '739154';

describe('a member who comes later', { timeout: 240_000 }, () => {
  let house: TestHub;
  let board: Browser;
  let treasurer: Browser;

  const building = () => house.hub.building!;
  const member = (seat: number) => building().store.read((reader) => memberOf(reader, seat))!;
  const issue = () =>
    building()
      .jobs.find(({ name }) => name === 'seats.issue')!
      .run(AbortSignal.abort());
  async function enrolled(name: string, more: object = {}): Promise<number> {
    const body = { name, seatClass: 'resident', roles: [], pin, ...more };
    const answer = await board.post<{ seat: number }>('/api/members', body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.seat;
  }
  const recorded = (seat: number) => house.until(() => member(seat).recordedAtMs !== undefined);
  const settlement = async () => (await treasurer.get<Settlement>('/api/settlement')).body;
  const issues = () =>
    building().store.read((reader) =>
      reader
        .prepare("SELECT public_id AS id, state, reason, message FROM intents WHERE lane = 'seats' ORDER BY id")
        .all<{ id: string; state: string; reason: string | null; message: string }>(),
    );
  const phoneOf = (seat: number, name: string) => house.phone({ seat, name, pin, recoveryCode: '', roles: [] });
  const transferState = (id: string) =>
    building().store.read(
      (reader) =>
        reader
          .prepare('SELECT state, reason FROM transfers WHERE public_id = @id')
          .get<{ state: string; reason: string | null }>({ id })!,
    );
  async function open(options: TestHubOptions = {}): Promise<void> {
    house = await createTestHub(options);
    board = await house.phone(house.personWith('board'));
    treasurer = await house.phone(house.personWith('treasurer'));
    await house.until(() => building().chain.state().isOnline);
  }

  describe('where the hub holds the board’s keys, as the demonstration does', () => {
    before(() => open());
    after(() => house.dispose());

    it('is written into the registry by itself, as many as there are in one call, and what waited for the seat then goes', async () => {
      const [ana, ben] = [
        await enrolled('Ana Later', { dwelling: '9Z' }),
        await enrolled('Ben Later', { dwelling: '9Z' }),
      ];
      const guest = await enrolled('Valle Verde', { seatClass: 'guest' });
      const deposit = { seat: ana, amountMicros: dollars(50), reference: 'late' };
      assert.equal((await treasurer.post('/api/deposits', deposit)).status, 201);
      const phone = await phoneOf(ana, 'Ana Later');
      const { body } = await phone.post<Transfer>('/api/transfers', { toSeat: ben, amountMicros: dollars(20) });
      assert.equal(transferState(body.id).state, 'waiting');
      assert.equal(member(ana).recordedAtMs, undefined);
      await issue();
      await Promise.all([ana, ben, guest].map(recorded));
      await house.until(() => transferState(body.id).state === 'recorded');
      const { attempts, differences } = await settlement();
      assert.deepEqual(differences, []);
      assert.equal(attempts.filter(({ lane }) => lane === 'seats').length, 2);
      assert.deepEqual(
        issues().map(({ message }) => JSON.parse(message).fields.seats.map((seat: { seat: number }) => seat.seat)),
        [[ana, ben], [guest]],
      );
      await issue();
      assert.equal(issues().length, 2);
    });

    it('keeps one who is too many in a dwelling from keeping the others out', async () => {
      const seats: number[] = [];
      // Two live there already.
      for (const name of ['C', 'D', 'E', 'F', 'G']) seats.push(await enrolled(name, { dwelling: '9Z' }));
      await issue();
      await house.until(() => issues().some(({ reason }) => reason === 'dwelling_full'));
      await issue();
      await house.until(() => seats.filter((seat) => member(seat).recordedAtMs !== undefined).length === 4);
      await house.until(() => issues().filter(({ reason }) => reason === 'dwelling_full').length === 2);
      await issue();
      assert.equal(issues().filter(({ state }) => state === 'signed' || state === 'queued').length, 0);
    });

    it('gives the seat back: sends nothing more, gets nothing more, and is paid out', async () => {
      const leaver = house.people[20]!;
      const phone = await house.phone(leaver);
      const other = await house.phone(house.people[19]!);
      const { body: late } = await phone.post<Transfer>('/api/transfers', {
        toSeat: house.people[19]!.seat,
        amountMicros: dollars(1),
      });
      await house.until(() => transferState(late.id).state === 'recorded');
      const path = `/api/members/${leaver.seat}/retirement`;
      const ownSeat = house.personWith('board').seat;
      assert.equal((await board.post(`/api/members/${ownSeat}/retirement`, { reason: 'x' })).body.code, 'not_allowed');
      assert.equal((await board.post('/api/members/4711/retirement', { reason: 'x' })).status, 404);
      assert.equal((await board.post(path, { reason: 'Moved out' })).status, 204);
      assert.equal((await board.post(path, { reason: 'Moved out' })).body.code, 'already_exists');
      await house.until(() => member(leaver.seat).retiredAtMs !== undefined);
      const refused = await other.post('/api/transfers', { toSeat: leaver.seat, amountMicros: dollars(1) });
      assert.equal(refused.status, 404);
      const { body: spent } = await phone.post<Transfer>('/api/transfers', {
        toSeat: house.people[19]!.seat,
        amountMicros: dollars(1),
      });
      await house.until(() => transferState(spent.id).state === 'void');
      assert.equal(transferState(spent.id).reason, 'seat_retired');
      const { body: redemption } = await phone.post<Redemption>('/api/redemptions', {
        amountMicros: dollars(10),
        payTo: 'Cash',
      });
      await house.until(
        () =>
          building().store.read(
            (reader) =>
              reader.prepare('SELECT state FROM redemptions WHERE public_id = @id').get<{ state: string }>({
                id: redemption.id,
              })!.state,
          ) === 'pending',
      );
      assert.deepEqual((await settlement()).differences, []);
    });
  });

  describe('where the board signs with its own wallets', () => {
    let wallets: Wallet[];

    before(async () => {
      const dir = await copyOfFoundedBuilding();
      const keys = await officerKeysOf(dir);
      wallets = keys.board.map((key) => new Wallet(key));
      await open({
        dir,
        config: (config) => {
          const { keystore: _, passphraseFile: __, ...officers } = config.officers;
          return { ...config, officers: { ...officers, minters: [new Wallet(keys.minter[0]!).address] } };
        },
      });
    });
    after(() => house.dispose());

    const messages = async () =>
      (await board.get<{ items: OfficerMessage[] }>('/api/officer-messages')).body.items.filter(
        ({ office }) => office === 'board',
      );
    async function sign({ id, typedData }: OfficerMessage, wallet: Pick<Wallet, 'signTypedData'>) {
      const { EIP712Domain: _, ...types } = typedData.types;
      const signature = await wallet.signTypedData(typedData.domain, types, typedData.message);
      return board.post(`/api/officer-messages/${id}`, { signature });
    }

    it('waits for two of them, and who comes meanwhile comes into the same message', async () => {
      const first = await enrolled('Ana Later');
      await issue();
      assert.deepEqual(
        (await messages()).map(({ typedData }) => typedData.message.seats!.length),
        [1],
      );
      const second = await enrolled('Ben Later');
      await issue();
      const [message, ...others] = await messages();
      assert.deepEqual(others, []);
      assert.deepEqual(
        message!.typedData.message.seats!.map(({ seat }) => seat),
        [first, second],
      );
      assert.equal((await sign(message!, Wallet.createRandom())).body.code, 'not_allowed');
      assert.equal((await sign(message!, wallets[2]!)).status, 204);
      assert.equal((await sign(message!, wallets[2]!)).body.code, 'already_exists');
      assert.deepEqual((await messages())[0]!.signedBy, [wallets[2]!.address.toLowerCase()]);
      // Half signed it is what it is; the next member gets a message of their own.
      const third = await enrolled('Carl Later');
      await issue();
      assert.equal((await messages()).length, 2);
      assert.equal((await sign(message!, wallets[0]!)).status, 204);
      await Promise.all([first, second].map(recorded));
      assert.equal(member(third).recordedAtMs, undefined);
    });

    it('takes one signature for a guest', async () => {
      const guest = await enrolled('Valle Verde', { seatClass: 'guest' });
      await issue();
      const message = (await messages()).find(({ typedData }) => typedData.message.seats?.[0]?.seat === guest)!;
      assert.equal((await sign(message, wallets[1]!)).status, 204);
      await recorded(guest);
      const waiting = () => building().store.read((reader) => outbox.waiting(reader));
      await house.until(() => waiting().every(({ lane }) => lane !== 'seats'));
    });
  });
});
