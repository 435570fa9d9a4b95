import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Wallet } from 'ethers';
import { memberOf } from '../../src/modules/members/index.ts';
import type { Browser } from '../support/browser.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { enterPin } from './support/glass.ts';
import type { Visit } from './support/visit.ts';
import { type InjectedWallet, injectWallet } from './support/wallet.ts';

const chainId = 31999;
const pin = '739154';
const name = 'Wanda Wolf';

// A neighbour whose key the hub never saw: each test goes on where the one before has ended.
describe('a member with a wallet of their own', () => {
  const key = Wallet.createRandom();
  let house: TestHub;
  let chromium: TestChromium;
  let phone: Visit;
  let wallet: InjectedWallet;
  let seat: number;
  /** Another phone of hers, for what her page does not say. */
  let own: Browser;

  before(async () => {
    house = await createTestHub();
    chromium = await startChromium();
    const { members, store, jobs } = house.hub.building!;
    const board = await house.phone(house.personWith('board'));
    const body = { name, seatClass: 'resident', roles: [], pin, walletAddress: key.address };
    seat = (await board.post<{ seat: number }>('/api/members', body)).body.seat;
    await house.until(() => house.hub.building!.chain.state().isOnline);
    await jobs.find((job) => job.name === 'seats.issue')!.run(AbortSignal.abort());
    await house.until(() => store.read((reader) => memberOf(reader, seat))?.recordedAtMs !== undefined);
    const treasurer = await house.phone(house.personWith('treasurer'));
    const deposit = { seat, amountMicros: 40_000_000, reference: 'WANDA-1' };
    assert.equal((await treasurer.post('/api/deposits', deposit)).status, 201);
    own = await house.phone({ seat, name, pin, recoveryCode: '', roles: [] }, { mayNotSign: true });
    phone = await chromium.visit(house.http, { device: 'phone' });
    // Its refusals are answers of the hub that the page shows.
    phone.expects(/status of 403.*(line|transfers)/);
    await phone.use(await members.openDoor({ kind: 'phone', name: 'Wanda’s phone', seat }));
    wallet = await injectWallet(phone.page, key.privateKey, [1, chainId]);
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  const sheet = () => phone.page.getByRole('dialog', { name: 'Sign with your wallet' });

  it('is asked for the PIN, then by the wallet, and may say no: nothing is set aside', async () => {
    const { page } = phone;
    await phone.load('/orders');
    await page.getByRole('link', { name: /Olive oil/ }).tap();
    wallet.says = 'no';
    await page.getByRole('button', { name: /^Join for/ }).tap();
    await enterPin(page.getByRole('dialog'), pin, /Sign/);
    await sheet().getByRole('button', { name: 'Sign with Honest Wallet' }).tap();
    await sheet().getByText('You did not sign in your wallet.').waitFor();
    await sheet().getByRole('button', { name: 'Cancel' }).tap();
    await sheet().waitFor({ state: 'detached' });
    await page.getByText('You did not sign in your wallet.').waitFor();
    const { body } = await own.get<{ heldMicros: number }>('/api/money');
    assert.equal(body.heldMicros, 0);
    assert.deepEqual(wallet.shown, []);
  });

  it('signs what the wallet shows, and is in the order', async () => {
    const { page } = phone;
    wallet.says = 'yes';
    await page.getByRole('button', { name: /^Join for/ }).tap();
    await sheet().getByRole('button', { name: 'Sign with Honest Wallet' }).tap();
    await page.getByText(/Done\. You take 1 bottle/).waitFor();
    await sheet().waitFor({ state: 'detached' });
    assert.equal(wallet.chainId, chainId);
    assert.deepEqual(
      wallet.shown.map(({ primaryType, message }) => [primaryType, Number(message.seat)]),
      [['Spend', seat]],
    );
  });

  it('sends money to a neighbour, which the chain takes from the wallet’s own key', async () => {
    const { page } = phone;
    const neighbour = house.people[0]!;
    await phone.load('/me/money/send');
    await page.getByRole('combobox').selectOption({ label: neighbour.name });
    await page.getByRole('textbox', { name: 'Amount in dollars' }).fill('5');
    await page.getByRole('button', { name: /^Send/ }).tap();
    await sheet().getByRole('button', { name: 'Sign with Honest Wallet' }).tap();
    await sheet().waitFor({ state: 'detached' });
    const { store } = house.hub.building!;
    const state = () =>
      store.read((reader) =>
        reader.prepare('SELECT state FROM transfers WHERE from_seat = @seat').get<{ state: string }>({ seat }),
      )?.state;
    await house.until(() => state() === 'recorded');
  });
});
