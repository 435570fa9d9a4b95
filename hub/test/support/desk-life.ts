import type { DemoPerson } from '../../src/modules/demo/index.ts';
import { depositReferenceOf } from '../../src/modules/treasury/index.ts';
import type { Browser } from './browser.ts';

/** A treasurer's week: the bank's lines in every state, a till with a count, an invoice, a reversal that waits. */
export async function keepBooks(treasurer: Browser, people: readonly DemoPerson[]): Promise<void> {
  const send = async <T>(path: string, body?: object): Promise<T> => {
    const { status, body: answer } = await treasurer.post<T>(path, body);
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const today = new Date().toISOString().slice(0, 10);
  const rows = [
    ...people
      .slice(2, 8)
      .map((person, index) => `${today},${40 + index}.50,${person.name},Zelle ${depositReferenceOf(person.seat)}`),
    `${today},25.00,${people[8]!.name},thank you`,
    `${today},60.00,SOMEBODY ELSE,rent?`,
    `${today},-3.50,CREDIT UNION,monthly fee`,
    `${today},-86.40,HUNTS POINT,INV-1041`,
  ];
  const content = Buffer.from(`Date,Amount,Name,Memo\n${rows.join('\n')}\n`).toString('base64');
  await send('/api/bank/statements', { bank: 'Credit Union', fileName: 'november.csv', content });
  await send('/api/bank/bookings', { limit: 4 });
  const lines = (await treasurer.get<{ items: { id: string; memo: string }[] }>('/api/bank/lines?limit=50')).body.items;
  const lineOf = (memo: string) => lines.find((line) => line.memo.includes(memo))!.id;
  await send(`/api/bank/lines/${lineOf('monthly fee')}/explain`, { cause: 'fee' });
  const [good] = (await treasurer.get<{ items: { supplierId: string }[] }>('/api/goods')).body.items;
  const invoice = { supplierId: good!.supplierId, issuedOn: today };
  const paid = await send<{ id: string }>('/api/invoices', {
    ...invoice,
    number: 'INV-1041',
    amountMicros: 86_400_000,
  });
  await send(`/api/bank/lines/${lineOf('INV-1041')}/explain`, { cause: 'invoice', subjectId: paid.id });
  await send('/api/invoices', { ...invoice, number: 'INV-1042', amountMicros: 54_000_000 });
  await send('/api/tills', { floatMicros: 50_000_000 });
  await send('/api/receipts', { kind: 'cash', seat: people[3]!.seat, amountMicros: 20_000_000 });
  await send('/api/receipts', {
    kind: 'money-order',
    seat: people[4]!.seat,
    amountMicros: 35_000_000,
    document: 'MO-20871',
  });
  await send('/api/tills/count', { countedMicros: 69_950_000, reason: 'a nickel short' });
  await send('/api/tills', { floatMicros: 69_950_000 });
  const deposits = (await treasurer.get<{ items: { movementId: string; seat: number }[] }>('/api/deposits')).body.items;
  const wrong = deposits.find(({ seat }) => seat === people[5]!.seat)!;
  await send('/api/reversals', { movementId: wrong.movementId, reason: 'Booked to the wrong neighbour' });
}
