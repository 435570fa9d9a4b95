import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Wallet } from 'ethers';
import { outbox } from '../../src/outbox/index.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import type { Visit } from './support/visit.ts';
import { type InjectedWallet, injectWallet } from './support/wallet.ts';

const chainId = 31999;

// A building whose hub holds no officer's key: each test goes on where the one before has ended.
describe('an officer with a wallet of their own', () => {
  let house: TestHub;
  let chromium: TestChromium;
  let desk: Visit;
  let wallet: InjectedWallet;

  before(async () => {
    const founded = await createTestHub();
    const keys = JSON.parse(readFileSync(join(founded.dir, 'demo/officers.json'), 'utf8')) as Record<string, string>;
    await founded.until(() => founded.hub.building!.chain.state().isOnline);
    await founded.stop();
    const [minters, attestors] = ['minter', 'attestor'].map((office) => [new Wallet(keys[office]!).address]);
    house = await createTestHub({
      dir: founded.dir,
      config: (config) => ({
        ...config,
        officers: { ...config.officers, keyFile: undefined, minters: minters!, attestors: attestors! },
      }),
    });
    chromium = await startChromium();
    desk = await chromium.visit(house.http, { device: 'phone', width: 1280 });
    const treasurer = house.personWith('treasurer');
    await desk.use(await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Desk', seat: treasurer.seat }));
    wallet = await injectWallet(desk.page, keys.minter!, [1, chainId]);
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  const attempts = async () =>
    (
      await (
        await house.phone(house.personWith('treasurer'))
      ).get<{ attempts: { lane: string; state: string }[] }>('/api/settlement')
    ).body.attempts.filter(({ lane }) => lane === 'deposits');

  it('takes a deposit, which waits for their signature', async () => {
    const treasurer = await house.phone(house.personWith('treasurer'));
    const deposit = { seat: 5, amountMicros: 12_500_000, reference: 'RCPT-1' };
    assert.equal((await treasurer.post('/api/deposits', deposit)).status, 201);
    const { page } = desk;
    await desk.load('/me');
    await desk.go('/officer');
    await page.getByText('Issue $12.50 in Food-USD to seat 5. The money has come in.').waitFor();
  });

  it('may say no in the wallet, and nothing is signed', async () => {
    const { page } = desk;
    wallet.says = 'no';
    await page.getByRole('button', { name: 'Sign with Honest Wallet' }).click();
    await page.getByText('You did not sign in your wallet.').waitFor();
    assert.deepEqual(wallet.shown, []);
  });

  it('signs what the wallet shows, on the building’s own chain, and it is recorded', async () => {
    const { page } = desk;
    const before = (await attempts()).length;
    wallet.says = 'yes';
    await page.getByRole('button', { name: 'Sign with Honest Wallet' }).click();
    await page.getByText('Signed. It goes out with the next batch.').waitFor();
    await page.getByText('Nothing waits for a signature').waitFor();
    assert.equal(wallet.chainId, chainId);
    const [shown] = wallet.shown;
    assert.equal(shown!.primaryType, 'Mint');
    assert.equal(String(shown!.message.amount), '12500000');
    await house.until(() => house.hub.building!.store.read((reader) => !outbox.waiting(reader).length));
    assert.equal((await attempts()).length, before + 1);
  });
});
