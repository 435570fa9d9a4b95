import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CashView, Comparison, Invoice, Receipt, Reconciliation } from '../src/modules/treasury/index.ts';
import { type Micros, system } from '../src/platform/ports/index.ts';
import { readBeancount } from './support/beancount.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';

const today = new Date().toISOString().slice(0, 10);

describe('the treasurer’s books', () => {
  let house: TestHub;
  let treasurer: Browser;

  before(async () => {
    house = await createTestHub();
    treasurer = await house.phone(house.personWith('treasurer'));
    await house.until(() => waiting() === 0);
  });
  after(() => house.dispose());

  const waiting = () =>
    house.hub.building!.store.read(
      (reader) =>
        reader
          .prepare(`SELECT COUNT(*) AS count FROM intents WHERE state IN ('queued', 'sent', 'landed')`)
          .get<{ count: number }>({})!.count,
    );
  async function done<T>(answer: Promise<{ status: number; body: T }>): Promise<T> {
    const { status, body } = await answer;
    assert.ok(status < 300, JSON.stringify(body));
    return body;
  }
  const reconcile = () => done(treasurer.get<Reconciliation>('/api/reconciliation'));
  const pair = async (id: string) => (await reconcile()).pairs.find((one) => one.id === id)!;
  const compare = () =>
    house.hub.building!.jobs.find(({ name }) => name === 'treasury.compare')!.run(new AbortController().signal);
  const fault = () => house.hub.faults().find(({ code }) => code === 'drift');
  const bring = (rows: string) =>
    done(
      treasurer.post('/api/bank/statements', {
        bank: 'Credit Union',
        fileName: 'nov.csv',
        content: Buffer.from(`Date,Amount,Memo,Balance\n${rows}`).toString('base64'),
      }),
    );

  it('name every difference between bank, journal, chain and invoices', async () => {
    const start = await pair('bank-journal');
    assert.deepEqual(
      start.causes.map(({ cause }) => cause),
      ['booked_by_hand'],
    );
    assert.equal(start.unexplainedMicros, 0);
    const chain = await pair('journal-chain');
    assert.deepEqual([chain.differenceMicros, chain.causes.length], [0, 0]);
    await bring(`${today},-3.50,fee,20000.00\n${today},7.00,somebody,20007.00\n`);
    const { causes, unexplainedMicros } = await pair('bank-journal');
    const named = new Map(causes.map(({ cause, amountMicros }) => [cause, amountMicros]));
    assert.equal(unexplainedMicros, 0);
    assert.equal(named.get('line_open'), 3_500_000);
    assert.equal(named.get('own_money'), 20_003_500_000);
    const reserve = await pair('bank-reserve');
    assert.deepEqual(
      reserve.causes.map(({ cause, amountMicros }) => [cause, amountMicros]),
      [
        ['since_attested', 3_500_000],
        ['attested_otherwise', 3_500_000],
      ],
    );
  });

  it('keep cash with a receipt, a count, and a difference that has a reason', async () => {
    const ana = house.people[2]!;
    const cash = { kind: 'cash', seat: ana.seat, amountMicros: 20_000_000 };
    const early = await treasurer.post('/api/receipts', cash);
    assert.deepEqual([early.status, early.body.code], [409, 'till_closed']);
    await done(treasurer.post('/api/tills', { floatMicros: 50_000_000 }));
    assert.equal((await treasurer.post('/api/tills', { floatMicros: 0 })).body.code, 'till_open');
    const receipt = await done(treasurer.post<Receipt>('/api/receipts', cash));
    assert.deepEqual(
      [receipt.number, receipt.memberName, receipt.byName],
      [1, ana.name, house.personWith('treasurer').name],
    );
    const order = { kind: 'money-order', seat: ana.seat, amountMicros: 15_000_000, document: 'MO-1' };
    assert.equal((await done(treasurer.post<Receipt>('/api/receipts', order))).number, 2);
    const twice = await treasurer.post('/api/receipts', order);
    assert.deepEqual([twice.status, twice.body.code], [409, 'already_exists']);
    const pdf = await treasurer.get<string>('/api/receipts/1/pdf');
    assert.equal(pdf.headers.get('content-type'), 'application/pdf');
    assert.match(pdf.body, /^%PDF-1\.\d/);
    assert.equal((await treasurer.get('/api/receipts/99/pdf')).status, 404);
    const much = await treasurer.post('/api/carries', { kind: 'cash', amountMicros: 70_000_001 });
    assert.deepEqual([much.status, much.body.code], [409, 'not_enough_money']);
    await done(treasurer.post('/api/carries', { kind: 'cash', amountMicros: 60_000_000 }));
    const silent = await treasurer.post('/api/tills/count', { countedMicros: 9_990_000 });
    assert.deepEqual([silent.status, silent.body.field], [400, 'reason']);
    const counted = await done(
      treasurer.post<CashView>('/api/tills/count', { countedMicros: 9_990_000, reason: 'a cent under the drawer' }),
    );
    assert.deepEqual(
      [counted.till, counted.lastCountedMicros, counted.moneyOrdersMicros, counted.onTheWayMicros],
      [undefined, 9_990_000, 15_000_000, 60_000_000],
    );
    const { causes, unexplainedMicros } = await pair('bank-journal');
    const named = new Map(causes.map(({ cause, amountMicros }) => [cause, amountMicros]));
    assert.equal(unexplainedMicros, 0);
    assert.deepEqual(
      ['cash_in_till', 'till_float', 'till_difference', 'cash_on_the_way', 'money_orders_on_hand'].map((name) =>
        named.get(name as never),
      ),
      [-9_990_000, 50_000_000, -10_000, -60_000_000, -15_000_000],
    );
    await house.until(() => waiting() === 0);
  });

  it('match a supplier’s invoice with its order and the bank’s line that paid it', async () => {
    const [good] = (await treasurer.get<{ items: { supplierId: string }[] }>('/api/goods')).body.items;
    const invoice = { supplierId: good!.supplierId, number: 'INV-7', amountMicros: 40_000_000, issuedOn: today };
    const { id } = await done(treasurer.post<Invoice>('/api/invoices', invoice));
    assert.equal((await treasurer.post('/api/invoices', invoice)).body.code, 'already_exists');
    assert.equal((await pair('clearing-invoices')).rightMicros, 40_000_000);
    await bring(`${today},-40.00,Hunts Point,\n`);
    const { body } = await treasurer.get<{ items: { id: string }[] }>('/api/bank/lines?find=hunts');
    const line = body.items[0]!.id;
    const fee = await treasurer.post(`/api/bank/lines/${line}/explain`, { cause: 'interest' });
    assert.deepEqual([fee.status, fee.body.field], [400, 'cause']);
    await done(treasurer.post(`/api/bank/lines/${line}/explain`, { cause: 'invoice', subjectId: id }));
    const [paid] = (await treasurer.get<{ items: Invoice[] }>('/api/invoices')).body.items;
    assert.deepEqual([paid!.paidOn, paid!.paidMicros], [today, 40_000_000]);
    const clearing = await pair('clearing-invoices');
    assert.deepEqual([clearing.rightMicros, clearing.unexplainedMicros], [0, 0]);
    assert.equal((await pair('bank-journal')).unexplainedMicros, 0);
  });

  it('are compared with the chain each day; drift is an alarm until it is gone', async () => {
    await compare();
    const days = () => done(treasurer.get<{ items: Comparison[] }>('/api/comparisons'));
    assert.deepEqual(
      (await days()).items.map(({ day, driftMicros }) => [day, driftMicros]),
      [[today, 0]],
    );
    assert.equal(fault(), undefined);
    const { store } = house.hub.building!;
    const tamper = (amount: number) =>
      store.act({ name: 'test.tamper', actor: system('test') }, (tx) => {
        tx.prepare(`UPDATE deposits SET amount_micros = amount_micros + @amount WHERE id = 1`).run({ amount });
        tx.prepare(
          `UPDATE intents SET state = @state WHERE public_id = (SELECT intent_id FROM deposits WHERE id = 1)`,
        ).run({
          state: amount > 0 ? 'signed' : 'final',
        });
      });
    await tamper(10_000);
    await compare();
    assert.match(fault()!.message, /journal-chain/);
    assert.equal(fault()!.class, 'money');
    assert.notEqual((await days()).items[0]!.driftMicros, 0);
    await tamper(-10_000);
    await compare();
    assert.equal(fault(), undefined);
    assert.equal((await days()).items[0]!.driftMicros, 0);
  });

  it('go to beancount, where every transaction sums to nothing', async () => {
    const from = '2020-01-01';
    const { body, headers } = await treasurer.get<string>(`/api/exports/beancount?from=${from}&to=${today}`);
    assert.match(headers.get('content-type')!, /^text\/plain/);
    const { transactions, balances } = readBeancount(body);
    assert.ok(transactions > 24);
    assert.equal(balances.get('Assets:Bank:Credit-Union USD'), -3_500_000 + 7_000_000 - 40_000_000);
    assert.equal(balances.get('Assets:Cash:Till USD'), 9_990_000);
    assert.equal(balances.get('Assets:Cash:MoneyOrders USD'), 15_000_000);
    assert.equal(balances.get('Liabilities:Suppliers USD'), 0);
    const { rightMicros } = await pair('bank-journal');
    assert.equal(balances.get('Equity:Issued FUSD'), rightMicros);
    const csv = await treasurer.get<string>(`/api/exports/csv?from=${from}&to=${today}`);
    assert.match(csv.body, /Equity:Issued/);
    const backwards = await treasurer.get(`/api/exports/csv?from=${today}&to=${from}`);
    assert.deepEqual([backwards.status, backwards.body.field], [400, 'to']);
  });

  it('give each member a statement of their own', async () => {
    const ana = house.people[2]!;
    const phone = await house.phone(ana);
    const period = `from=2020-01-01&to=${today}`;
    const csv = await phone.get<string>(`/api/money/statement?${period}&format=csv`);
    const rows = csv.body
      .trim()
      .split('\r\n')
      .map((row) => row.split(','));
    const { availableMicros } = (await phone.get<{ availableMicros: number }>('/api/money')).body;
    assert.equal(Number(rows.at(-1)!.at(-1)) * 1_000_000, availableMicros);
    assert.ok(rows.some((row) => row.includes('R-00001') && row.includes('20.00')));
    const pdf = await phone.get<string>(`/api/money/statement?${period}&format=pdf`);
    assert.equal(pdf.status, 200);
    assert.match(pdf.body, /^%PDF-1\.\d/);
    assert.equal((await treasurer.get(`/api/statements/${ana.seat}?${period}&format=pdf`)).status, 200);
    assert.equal((await phone.get(`/api/statements/1?${period}&format=pdf`)).status, 403);
    assert.equal((await treasurer.get(`/api/statements/4711?${period}&format=csv`)).status, 404);
  });

  it('would notice a cent that nothing explains', async () => {
    const { store } = house.hub.building!;
    await store.act({ name: 'test.mint', actor: system('test') }, (tx) => {
      tx.prepare(
        `UPDATE accounts SET balance_micros = balance_micros + @cent WHERE owner = 'seat:3' AND kind = 'available'`,
      ).run({
        cent: 10_000 as Micros,
      });
    });
    assert.equal((await reconcile()).wrongBooks.length, 1);
  });
});
