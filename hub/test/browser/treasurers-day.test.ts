import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Wallet } from 'ethers';
import type { DemoPerson } from '../../src/modules/demo/index.ts';
import { addressOf } from '../../src/modules/members/index.ts';
import type { Reconciliation, SettlementFees, SettlementQuote } from '../../src/modules/treasury/index.ts';
import { depositReferenceOf } from '../../src/modules/treasury/index.ts';
import { outbox } from '../../src/outbox/index.ts';
import type { Browser } from '../support/browser.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { officerKeysOf } from '../support/officers.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { enterPin } from './support/glass.ts';
import { pdfText } from './support/pdf-text.ts';
import type { Visit } from './support/visit.ts';
import { type InjectedWallet, injectWallet } from './support/wallet.ts';

const chainId = 31999;
const dollar = 1_000_000;

// One day in a building whose hub holds no officer's key: each test goes on where the one before has ended.
describe('the treasurer’s day', () => {
  let house: TestHub;
  let chromium: TestChromium;
  /** The treasurer, whose wallet has the minter's key, and the second officer, whose wallet has the attestor's. */
  let desk: Visit;
  let board: Visit;
  let wallet: InjectedWallet;
  let api: Browser;
  /** Who pays with the reference, who without, who in cash. */
  let [ana, isaac, carl]: DemoPerson[] = [];

  before(async () => {
    const founded = await createTestHub();
    const { minter, attestor } = await officerKeysOf(founded.dir);
    await founded.until(() => isEmpty(founded) && hasReadAll(founded));
    await founded.stop();
    const [minters, attestors] = [minter, attestor].map(([key]) => [new Wallet(key!).address]);
    house = await createTestHub({
      dir: founded.dir,
      config: (config) => ({
        ...config,
        // As patient as a real building: what waits leaves when the treasurer presses.
        chain: { ...config.chain, patience: 1 },
        officers: {
          ...config.officers,
          keystore: undefined,
          passphraseFile: undefined,
          minters: minters!,
          attestors: attestors!,
        },
      }),
    });
    [ana, isaac, carl] = [house.people[2]!, house.people[8]!, house.people[4]!];
    api = await house.phone(house.personWith('treasurer'));
    chromium = await startChromium();
    desk = await visitOf(house.personWith('treasurer'));
    board = await visitOf(house.personWith('board'));
    wallet = await injectWallet(desk.page, minter[0]!, [1, chainId]);
    await injectWallet(board.page, attestor[0]!, [chainId]);
    await house.until(() => hasReadAll(house));
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  async function visitOf(person: DemoPerson): Promise<Visit> {
    const tokens = await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Desk', seat: person.seat });
    const visit = await chromium.visit(house.http, { device: 'phone', width: 1280 });
    await visit.use(tokens);
    return visit;
  }
  const row = (visit: Visit, text: string) => visit.page.getByRole('row').filter({ hasText: text });
  const card = (visit: Visit, text: string) => visit.page.locator('section.card').filter({ hasText: text });
  const waitingOf = (one: TestHub) => one.hub.building!.store.read((reader) => outbox.waiting(reader));
  const isEmpty = (one: TestHub) => waitingOf(one).length === 0;
  const hasReadAll = (one: TestHub) => {
    const { isOnline, finalizedNumber, readNumber } = one.hub.building!.chain.state();
    return isOnline && finalizedNumber !== undefined && finalizedNumber === readNumber;
  };
  const onChain = async (fn: string, ...args: string[]): Promise<number> =>
    Number(await house.hub.building!.chain.reads!.read<bigint>({ contract: 'FoodUSD', fn, args }, 'finalized'));
  const balanceOf = ({ seat }: DemoPerson) =>
    onChain('balanceOf', house.hub.building!.store.read((reader) => addressOf(reader, seat))!);

  /** *Settle now* on the morning page, whose cost is read there before. */
  async function settle(waits: string): Promise<void> {
    const { page } = desk;
    await desk.go('/treasurer');
    await page.getByText(waits).first().waitFor();
    await page.getByText(/^Settling all now costs about [\d.,]+ [mµn]?ETH\.$/).waitFor();
    await page.getByRole('button', { name: 'Settle now' }).click();
    await page.getByText('Nothing waits. Everything is recorded.').waitFor();
    await page.getByText(/^Settling all now costs/).waitFor({ state: 'detached' });
    await page.getByText('Equal to the cent').waitFor();
    await house.until(() => isEmpty(house) && hasReadAll(house));
  }
  /** Signs the one message with that sentence; then it waits no more. */
  async function sign(visit: Visit, sentence: string): Promise<void> {
    await card(visit, sentence).getByRole('button', { name: 'Sign with Honest Wallet' }).click();
    await card(visit, sentence).waitFor({ state: 'detached' });
    await visit.page.getByText('Signed. It goes out with the next batch.').waitFor();
  }
  async function saved(link: string): Promise<{ name: string; bytes: Buffer }> {
    const waiting = desk.page.waitForEvent('download');
    await desk.page.getByRole('link', { name: link, exact: true }).first().click();
    const download = await waiting;
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }
  async function everyCentHasAName(): Promise<void> {
    await desk.go('/treasurer/reconciliation');
    await desk.page.getByText('Every cent of it has a name').first().waitFor();
    assert.equal(await desk.page.getByText('Without explanation').count(), 0);
    const { body } = await api.get<Reconciliation>('/api/reconciliation');
    assert.deepEqual([body.isChainRead, body.isQuiet, body.wrongBooks], [true, true, []]);
    assert.deepEqual(
      body.pairs.map(({ unexplainedMicros }) => unexplainedMicros),
      [0, 0, 0, 0],
    );
  }

  it('begins with a page on which nothing needs her, and that says what is not handled here', async () => {
    const { page } = desk;
    await desk.load('/treasurer');
    await page.getByText('Nothing needs you.').waitFor();
    await page.getByText(/EBT \/ SNAP is not handled here/).waitFor();
    await page.getByText('Nothing waits. Everything is recorded.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Settle now' }).isDisabled());
  });

  it('looks at a bank’s file, imports it, books what is matched and names the rest', async () => {
    const csv = [
      'Date,Description,Credit,Debit,Balance',
      `11/20/2026,ZELLE ${depositReferenceOf(ana!.seat)},40.50,,20040.50`,
      `11/21/2026,"TRANSFER ${isaac!.name}",25.00,,20065.50`,
      '11/21/2026,MONTHLY FEE,,3.50,20062.00',
    ].join('\r\n');
    const { page } = desk;
    await desk.go('/treasurer/bank');
    await page.getByLabel('Which bank?').fill('Credit Union');
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name: 'nov.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByRole('button', { name: 'Look at it first' }).click();
    await page.getByText('3 bookings', { exact: true }).waitFor();
    await page.getByText('$20,062.00').first().waitFor();
    await page.getByRole('button', { name: 'Import 3 bookings' }).click();
    await page.getByText('3 new lines came in.').waitFor();
    await page.getByRole('button', { name: 'Book 1 matched line' }).click();
    await page.getByText('1 deposit was booked.').waitFor();
    await row(desk, isaac!.name).getByRole('button', { name: 'Name it' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `It is ${isaac!.name}’s` })
      .click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await row(desk, 'MONTHLY FEE').getByRole('button', { name: 'Name it' }).click();
    await page.getByRole('dialog').getByLabel('It is').selectOption('fee');
    await page.getByRole('dialog').getByRole('button', { name: 'Keep that' }).click();
    await page.getByText('No lines here').waitFor();
    await page.getByRole('button', { name: 'Book 1 matched line' }).click();
    await page.getByText('1 deposit was booked.').waitFor();
    await page.getByRole('button', { name: 'Attest $20,062.00' }).click();
    await page
      .getByText(/\$20,062\.00/)
      .last()
      .waitFor();
  });

  it('takes cash, prints the receipt and counts the till', async () => {
    const { page } = desk;
    await desk.go('/treasurer/cash');
    await page.getByLabel('What is in it now').fill('0');
    await page.getByRole('button', { name: 'Open the till' }).click();
    await page.getByText('Should be in it').first().waitFor();
    await page.getByLabel('Whose deposit?').selectOption(String(carl!.seat));
    await page.getByLabel('Amount in dollars').first().fill('20');
    await page.getByRole('button', { name: 'Take $20.00' }).click();
    await page.getByText(/Receipt 1: \$20\.00 from/).waitFor();
    const { name, bytes } = await saved('Print the receipt');
    assert.equal(name, 'receipt-1.pdf');
    const words = pdfText(bytes);
    for (const said of [carl!.name, '$20.00', house.personWith('treasurer').name])
      assert.ok(words.includes(said), said);
    await page.getByLabel('Counted').fill('19.95');
    await page.getByLabel('Why does it differ?').fill('a nickel under the drawer');
    await page.getByRole('button', { name: 'Count and close' }).click();
    await row(desk, 'a nickel under the drawer').getByText('−$0.05').waitFor();
  });

  it('is signed by nobody who says no in the wallet, or whose wallet has another office’s key', async () => {
    const { page } = desk;
    // Anew: the wallet announces itself to a page that loads.
    await desk.load('/officer');
    const mint = `Issue $40.50 in Food-USD to seat ${ana!.seat}.`;
    wallet.says = 'no';
    await card(desk, mint).getByRole('button', { name: 'Sign with Honest Wallet' }).click();
    await page.getByText('You did not sign in your wallet.').waitFor();
    assert.deepEqual(wallet.shown, []);
    wallet.says = 'yes';
    desk.expects(/status of 403.*officer-messages/);
    const attestation = card(desk, 'The building’s bank account holds $20,062.00.');
    await attestation.getByRole('button', { name: 'Sign with Honest Wallet' }).click();
    await attestation.getByRole('alert').waitFor();
    assert.equal(wallet.shown.length, 1);
    assert.equal(await page.getByRole('button', { name: 'Sign with Honest Wallet' }).count(), 4);
  });

  it('mints with the wallet what came in, and another officer confirms the bank account', async () => {
    wallet.shown.length = 0;
    for (const [amount, { seat }] of [
      ['$40.50', ana!],
      ['$25.00', isaac!],
      ['$20.00', carl!],
    ] as const)
      await sign(desk, `Issue ${amount} in Food-USD to seat ${seat}.`);
    assert.equal(wallet.chainId, chainId);
    assert.deepEqual(
      wallet.shown.map(({ primaryType, message }) => [primaryType, message.seat, String(message.amount)]),
      [
        ['Mint', ana!.seat, '40500000'],
        ['Mint', isaac!.seat, '25000000'],
        ['Mint', carl!.seat, '20000000'],
      ],
    );
    await board.load('/officer');
    await sign(board, 'The building’s bank account holds $20,062.00.');
    await desk.page.getByText('Nothing waits for a signature').waitFor();
  });

  it('settles when she presses, for about what the page said, and each has theirs on the chain', async () => {
    await house.until(() => waitingOf(house).every(({ lane }) => lane === 'deposits'));
    const people = [ana!, isaac!, carl!];
    const before = await Promise.all(people.map(balanceOf));
    const { allWei } = (await api.get<SettlementQuote>('/api/settlement/quote')).body;
    assert.equal(waitingOf(house)[0]?.count, 3);
    await settle('Deposits');
    const after = await Promise.all(people.map(balanceOf));
    assert.deepEqual(
      after.map((micros, index) => micros - before[index]!),
      [40.5 * dollar, 25 * dollar, 20 * dollar],
    );
    const [batch] = (await api.get<SettlementFees>('/api/settlement/fees?days=1')).body.batches;
    assert.deepEqual([batch!.lane, batch!.itemCount, batch!.state], ['deposits', 3, 'final']);
    const [told, paid] = [BigInt(allWei), BigInt(batch!.paidWei!)];
    assert.ok(paid > told / 2n && paid < told * 2n, `${paid} for a quote of ${told}`);
  });

  it('reconciles: every cent has a name', async () => {
    await everyCentHasAName();
    await row(desk, 'Differences of till counts').getByText('−$0.05').waitFor();
  });

  it('prints a member’s statement, on paper and as a table, and the books', async () => {
    const { page } = desk;
    await desk.go('/treasurer/papers');
    await page.getByLabel('Member', { exact: true }).selectOption(String(ana!.seat));
    const paper = await saved('PDF to print');
    assert.match(paper.name, new RegExp(`^statement-${ana!.seat}-.*\\.pdf$`));
    const words = pdfText(paper.bytes);
    for (const said of ['Account statement', ana!.name, '$40.50', depositReferenceOf(ana!.seat)])
      assert.ok(words.includes(said), `${said} is not in ${words}`);
    const table = await saved('CSV for a spreadsheet');
    assert.match(table.name, new RegExp(`^statement-${ana!.seat}-.*\\.csv$`));
    const lines = table.bytes.toString('utf8').split('\r\n');
    assert.equal(lines.filter((line) => line.includes('40.50')).length, 1, lines.join('\n'));
    const books = await saved('For beancount');
    assert.match(books.name, /^books-.*\.beancount$/);
    assert.match(books.bytes.toString('utf8'), /40\.50/);
  });

  it('has a deposit reversed by a second officer, which the chain takes back too', async () => {
    const [balance, supply] = [await balanceOf(isaac!), await onChain('totalSupply')];
    await desk.go('/treasurer/deposits');
    await row(desk, isaac!.name).first().getByRole('button', { name: 'Reverse' }).click();
    await desk.page.getByLabel('Why?').fill('It was for the garden');
    await desk.page.getByRole('button', { name: 'Ask for it' }).click();
    await desk.page.getByText('Waits for a second officer').waitFor();
    assert.equal(await desk.page.getByRole('button', { name: 'Confirm' }).count(), 0);
    await board.load('/treasurer/reversals');
    await board.page.getByRole('button', { name: 'Confirm' }).click();
    await board.page.getByText(/^Reversed, confirmed by/).waitFor();
    await desk.page.getByText(/^Reversed, confirmed by/).waitFor();
    await desk.page.getByText(/set aside until the member signs it back/).waitFor();

    const phone = await visitOf(isaac!);
    phone.expects(/status of 403.*return/);
    await phone.load('/me/money');
    await phone.page.getByRole('button', { name: 'Give $25.00 back' }).click();
    await enterPin(phone.page.getByRole('dialog', { name: 'Sign with your PIN' }), isaac!.pin, /^Sign$/);
    await phone.page.getByText('Given back. Thank you.').waitFor();
    await settle('Money to be paid out');
    assert.equal(await balanceOf(isaac!), balance - 25 * dollar);

    const { page } = desk;
    await desk.go('/treasurer/payouts');
    await row(desk, isaac!.name).getByRole('button', { name: 'It was paid' }).click();
    await page.getByRole('dialog').getByLabel('Bank’s reference or receipt').fill('ZELLE-77');
    await page.getByRole('dialog').getByRole('button', { name: 'It was paid' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await desk.go('/officer');
    // One payout is a full batch: it leaves without being pressed.
    await sign(desk, 'A redemption was paid out by bank.');
    await house.until(() => isEmpty(house) && hasReadAll(house));
    assert.equal(await onChain('totalSupply'), supply - 25 * dollar);
    await everyCentHasAName();
  });
});
