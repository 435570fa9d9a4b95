import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { BankLine, BankStatement, StatementPreview } from '../src/modules/treasury/index.ts';
import { depositReferenceOf } from '../src/modules/treasury/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { enrolUpTo } from './support/residents.ts';

type Page<T> = { items: T[]; next?: string };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const csv = (...rows: string[]) => base64(`Date,Amount,Name,Memo\n${rows.join('\n')}\n`);

describe('the bank’s file', () => {
  let house: TestHub;
  let treasurer: Browser;
  let newcomer: { seat: number; name: string };

  before(async () => {
    house = await createTestHub();
    treasurer = await house.phone(house.personWith('treasurer'));
    newcomer = (await enrolUpTo(house, house.people.length + 1)).at(-1)!;
  });
  after(() => house.dispose());

  const file = (content: string, more: object = {}) => ({
    bank: 'Credit Union',
    fileName: 'nov.csv',
    content,
    ...more,
  });
  async function bring(content: string, more: object = {}): Promise<BankStatement> {
    const { status, body } = await treasurer.post<BankStatement>('/api/bank/statements', file(content, more));
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  }
  const lines = async (query = '') =>
    (await treasurer.get<Page<BankLine>>(`/api/bank/lines?limit=200${query}`)).body.items;
  const named = async (memo: string) => (await lines()).find((line) => line.memo.includes(memo))!;
  const book = async () => (await treasurer.post<{ booked: number; left: number }>('/api/bank/bookings', {})).body;
  const money = async (seat: number) => {
    const { store, treasury: _ } = house.hub.building!;
    return store.read(
      (reader) =>
        reader
          .prepare(`SELECT balance_micros AS micros FROM accounts WHERE owner = @owner AND kind = 'available'`)
          .get<{ micros: number }>({ owner: `seat:${seat}` })?.micros ?? 0,
    );
  };

  it('is shown as it would be read, before anything is kept', async () => {
    const ana = house.people[2]!;
    const content = csv(`2026-11-20,25.00,PENA A,${depositReferenceOf(ana.seat)}`, '2026-11-20,-3.50,BANK,fee');
    const { status, body } = await treasurer.post<StatementPreview>('/api/bank/previews', file(content));
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      { lines: body.lineCount, known: body.knownCount, into: body.incomingMicros, out: body.outgoingMicros },
      { lines: 2, known: 0, into: 25_000_000, out: -3_500_000 },
    );
    assert.equal(body.isMappingSaved, false);
    assert.deepEqual(body.rows[0], ['Date', 'Amount', 'Name', 'Memo']);
    assert.deepEqual(await lines(), []);
  });

  it('becomes deposits by their reference, once, however often it is brought', async () => {
    const [ana, eva] = [house.people[2]!, house.people[5]!];
    const start = await Promise.all([money(ana.seat), money(eva.seat)]);
    const content = csv(
      `2026-11-20,25.00,PENA A,ref ${depositReferenceOf(ana.seat)}`,
      `2026-11-20,25.00,PENA A,ref ${depositReferenceOf(ana.seat)}`,
      `2026-11-21,"1,000.50",DIALLO,${depositReferenceOf(eva.seat).toLowerCase().replaceAll('-', ' ')}`,
      '2026-11-21,7.00,HILL MARCUS,thanks',
      '2026-11-21,-3.50,BANK,fee',
    );
    const first = await bring(content);
    assert.deepEqual([first.lineCount, first.addedCount, first.isWhole], [5, 5, true]);
    assert.deepEqual(await book(), { booked: 3, left: 0 });
    assert.deepEqual(await book(), { booked: 0, left: 0 });
    const again = await bring(content);
    assert.deepEqual([again.lineCount, again.addedCount], [5, 0]);
    assert.deepEqual(await book(), { booked: 0, left: 0 });
    assert.equal((await money(ana.seat)) - start[0]!, 50_000_000);
    assert.equal((await money(eva.seat)) - start[1]!, 1_000_500_000);
    await house.until(
      () =>
        house.hub.building!.store.read(
          (reader) =>
            reader
              .prepare(`SELECT COUNT(*) AS open FROM bank_lines l JOIN deposits d ON d.public_id = l.subject_id
                JOIN intents i ON i.public_id = d.intent_id WHERE i.state <> 'final'`)
              .get<{ open: number }>()!.open,
        ) === 0,
    );
    assert.deepEqual(
      (await lines('&state=booked')).map(({ record }) => record),
      ['recorded', 'recorded', 'recorded'],
    );
    const { body } = await treasurer.get<{ differences: string[] }>('/api/settlement');
    assert.deepEqual(body.differences, []);
  });

  it('of the other format is not booked a second time by itself', async () => {
    const ana = house.people[2]!;
    const ofx = `<OFX><CURDEF>USD<STMTTRN><DTPOSTED>20261120<TRNAMT>25.00<FITID>F1<NAME>PENA<MEMO>${depositReferenceOf(ana.seat)}</STMTTRN></OFX>`;
    const statement = await bring(base64(ofx), { fileName: 'nov.ofx' });
    assert.deepEqual([statement.format, statement.addedCount], ['ofx', 1]);
    const line = await named('F1');
    assert.deepEqual([line.state, line.note], ['open', 'possible_twin']);
    assert.deepEqual(line.candidates, [{ seat: ana.seat, name: ana.name }]);
  });

  it('leaves to the treasurer what it cannot decide, with whom it may be', async () => {
    const marcus = house.people[1]!;
    const line = await named('thanks');
    assert.deepEqual(
      [line.state, line.note, line.candidates],
      ['open', 'name_only', [{ seat: marcus.seat, name: marcus.name }]],
    );
    const before = await money(marcus.seat);
    const chosen = await treasurer.post<BankLine>(`/api/bank/lines/${line.id}/match`, { seat: marcus.seat });
    assert.deepEqual([chosen.status, chosen.body.state, chosen.body.memberName], [200, 'matched', marcus.name]);
    assert.equal(await money(marcus.seat), before);
    assert.deepEqual(await book(), { booked: 1, left: 0 });
    assert.equal((await money(marcus.seat)) - before, 7_000_000);
    const fee = await named('fee');
    const asDeposit = await treasurer.post(`/api/bank/lines/${fee.id}/match`, { seat: marcus.seat });
    assert.deepEqual([asDeposit.status, asDeposit.body.field], [400, 'line']);
    const explained = await treasurer.post<BankLine>(`/api/bank/lines/${fee.id}/explain`, { cause: 'fee' });
    assert.deepEqual([explained.body.state, explained.body.cause], ['explained', 'fee']);
    assert.equal((await treasurer.post(`/api/bank/lines/${fee.id}/explain`, { cause: 'own' })).status, 409);
  });

  it('can be undone while the mint has not left, and is then booked anew, to the one it belongs to', async () => {
    await bring(csv(`2026-11-21,40.00,NEIGHBOUR,${depositReferenceOf(newcomer.seat)} wrong`));
    const before = await money(newcomer.seat);
    await book();
    assert.equal((await money(newcomer.seat)) - before, 40_000_000);
    const line = await named('wrong');
    assert.equal(line.record, 'here');
    const key = randomUUID();
    for (const _ of [1, 2]) {
      const undone = await treasurer.post<BankLine>(`/api/bank/lines/${line.id}/undo`, undefined, {
        idempotencyKey: key,
      });
      assert.deepEqual([undone.status, undone.body.state], [200, 'open']);
    }
    assert.equal(await money(newcomer.seat), before);
    await treasurer.post(`/api/bank/lines/${line.id}/match`, { seat: newcomer.seat });
    assert.deepEqual(await book(), { booked: 1, left: 0 });
    assert.equal((await money(newcomer.seat)) - before, 40_000_000);
    assert.deepEqual(house.hub.building!.store.read(checkBooks), []);
  });

  it('cannot be undone once its mint has left', async () => {
    const [sent] = (await lines('&state=booked')).filter(({ record }) => record === 'recorded');
    const before = await money(sent!.seat!);
    const { status, body } = await treasurer.post(`/api/bank/lines/${sent!.id}/undo`);
    assert.deepEqual([status, body.code], [409, 'already_sent']);
    assert.equal(await money(sent!.seat!), before);
    assert.equal((await named(sent!.memo)).state, 'booked');
  });

  it('with a row that cannot be read is refused whole, and says which', async () => {
    const before = (await lines()).length;
    const { status, body } = await treasurer.post(
      '/api/bank/statements',
      file(csv('2026-11-22,9.00,A,x', '2026-11-31,9.00,B,y')),
    );
    assert.deepEqual([status, body.field], [400, 'date, row 3']);
    const empty = await treasurer.post('/api/bank/statements', file(base64('Date,Amount,Name,Memo\n')));
    assert.deepEqual([empty.status, empty.body.field], [400, 'content']);
    assert.equal((await lines()).length, before);
  });

  it('of ten thousand lines leaves the hub answering, and is listed page by page', async () => {
    const rows = Array.from(
      { length: 10_000 },
      (_, index) => `2026-10-${String((index % 30) + 1).padStart(2, '0')},${index + 1}.01,P,row ${index} end`,
    );
    let worstMs = 0;
    let isDone = false;
    const watching = (async () => {
      while (!isDone) {
        const from = performance.now();
        await treasurer.get('/api/bank/summary');
        worstMs = Math.max(worstMs, performance.now() - from);
      }
    })();
    const statement = await bring(csv(...rows), { bank: 'Large Bank' });
    isDone = true;
    await watching;
    assert.equal(statement.addedCount, 10_000);
    assert.ok(worstMs < 2_000, `an answer took ${Math.round(worstMs)} ms while ten thousand lines came in`);
    let count = 0;
    let after: string | undefined;
    do {
      const page: Page<BankLine> = (
        await treasurer.get<Page<BankLine>>(`/api/bank/lines?limit=200&find=row${after ? `&after=${after}` : ''}`)
      ).body;
      count += page.items.length;
      after = page.next;
    } while (after);
    assert.equal(count, 10_000);
    assert.equal((await lines('&find=row%204711%20end')).length, 1);
  });
});
