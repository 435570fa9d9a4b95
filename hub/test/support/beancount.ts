import assert from 'node:assert/strict';

/** Reads beancount's text as far as the export writes it; throws for what beancount would refuse. Sums per account. */
export function readBeancount(text: string): { transactions: number; balances: Map<string, number> } {
  const opened = new Map<string, { day: string; commodity: string }>();
  const balances = new Map<string, number>();
  let transactions = 0;
  let legs: { account: string; micros: number; commodity: string; day: string }[] | undefined;

  function end(): void {
    if (!legs) return;
    assert.ok(legs.length >= 2, 'a transaction of one leg');
    const sums = new Map<string, number>();
    for (const { account, micros, commodity, day } of legs) {
      const open = opened.get(account);
      assert.ok(
        open && open.day <= day && open.commodity === commodity,
        `${account} is not open for ${commodity} on ${day}`,
      );
      sums.set(commodity, (sums.get(commodity) ?? 0) + micros);
      balances.set(`${account} ${commodity}`, (balances.get(`${account} ${commodity}`) ?? 0) + micros);
    }
    for (const [commodity, sum] of sums) assert.equal(sum, 0, `a transaction does not balance in ${commodity}`);
    transactions++;
    legs = undefined;
  }

  let day = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith(';') || line.startsWith('option ')) {
      end();
      continue;
    }
    const open = /^(\d{4}-\d\d-\d\d) open (\S+) (USD|FUSD)$/.exec(line);
    const head = /^(\d{4}-\d\d-\d\d) \* "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$/.exec(line);
    const leg = /^ {2}(\S+) {2}(-?)(\d+)\.(\d{2,6}) (USD|FUSD)$/.exec(line);
    if (open) {
      assert.match(open[2]!, /^(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+$/);
      opened.set(open[2]!, { day: open[1]!, commodity: open[3]! });
    } else if (head) {
      end();
      day = head[1]!;
      legs = [];
    } else if (leg) {
      const micros = Number(leg[3]) * 1_000_000 + Number(leg[4]!.padEnd(6, '0'));
      legs!.push({ account: leg[1]!, micros: leg[2] ? -micros : micros, commodity: leg[5]!, day });
    } else assert.match(line, /^ {2}id: "[^"]+"$/, line);
  }
  end();
  return { transactions, balances };
}
