import type { SettlementView } from '../modules/treasury/index.ts';
import type { Command, HubCommand, Outcome } from './command.ts';
import { exit } from './exit-codes.ts';
import { askRoute } from './routes.ts';
import { moneyOf, spanOf, table, timeOf } from './text.ts';

/** Wakes what sends by itself anyway. What goes, and whether, members' and officers' signatures decide. */
export const settleNow: HubCommand<SettlementView> = {
  name: 'settle',
  async run(building) {
    building.dispatcher.wake();
    return await askRoute<SettlementView>(building, 'GET', '/api/settlement');
  },
};

export const settle: Command = {
  name: 'settle',
  summary: 'look now at what waits for the chain, and show the last attempts',
  more: 'Ends with 1 when the journal and the chain differ.',
  async run({ ask }): Promise<Outcome> {
    const view = await ask(settleNow);
    return { value: view, lines: linesOf(view), exitCode: view.differences.length > 0 ? exit.failed : exit.ok };
  },
};

function linesOf(view: SettlementView): string[] {
  const now = Date.now();
  const waiting = view.waiting.map(({ lane, count, oldestAtMs }) => [lane, String(count), spanOf(now - oldestAtMs)]);
  const attempts = view.attempts.map((one) => [
    timeOf(one.atMs),
    one.lane,
    String(one.itemCount),
    one.state,
    one.gasUsed === null ? '' : String(one.gasUsed),
    one.txHash,
  ]);
  return [
    view.isOnline ? 'The chain is connected.' : `Nothing can be sent now: ${view.reason ?? 'the chain is away.'}`,
    '',
    ...(waiting.length === 0 ? ['Nothing waits.'] : table(['waits in', 'items', 'for'], waiting)),
    '',
    ...(attempts.length === 0
      ? ['Nothing was sent yet.']
      : table(['sent', 'lane', 'items', 'state', 'gas', 'transaction'], attempts)),
    '',
    `Journal: ${moneyOf(view.journalMicros)} Food USD${view.supplyMicros === undefined ? '' : `; chain: ${moneyOf(view.supplyMicros)}; reserve: ${moneyOf(view.reserveMicros ?? 0)}`}`,
    ...(view.differences.length === 0 ? ['No differences.'] : view.differences.map((line) => `Difference: ${line}`)),
  ];
}
