import type { BankSummary, CashView, Items, OfficerMessage, Paged, Reconciliation, Reversal } from '../../api/types.ts';
import { getApp } from '../../app/app.ts';
import { onNouns } from '../../app/live.ts';
import { useResource } from '../../app/resource.svelte.ts';

export interface Need {
  readonly href: string;
  readonly words: string;
}

export interface Morning {
  readonly needs: readonly Need[];
  /** All was read once, well or badly. */
  readonly isSettled: boolean;
}

/** What needs the treasurer today. For use while a component is made. */
export function useMorning(): Morning {
  const { client, text } = getApp();
  const bank = useResource<BankSummary>(() => client.get('/api/bank/summary'), onNouns('bank-line', 'bank-statement'));
  const cash = useResource<CashView>(() => client.get('/api/cash'), onNouns('till', 'receipt'));
  const reversals = useResource<Paged<Reversal>>(() => client.get('/api/reversals?limit=50'), onNouns('reversal'));
  const books = useResource<Reconciliation>(
    () => client.get('/api/reconciliation'),
    onNouns('comparison', 'invoice', 'bank-line'),
  );

  const toSign = useResource<Items<OfficerMessage>>(
    () => client.get('/api/officer-messages'),
    onNouns('officer-keys', 'officer-message', 'deposit', 'redemption', 'intent', 'reserve'),
  );

  const countOf = (state: string) => bank.value?.states.find((row) => row.state === state)?.count ?? 0;
  const needs = $derived.by(() => {
    const open = countOf('open');
    const matched = countOf('matched');
    const asked = reversals.value?.items.filter(({ state }) => state === 'asked').length ?? 0;
    const drift = (books.value?.pairs ?? []).reduce((sum, pair) => sum + Math.abs(pair.unexplainedMicros), 0);
    const unpaid = books.value?.sums.unpaidMicros ?? 0;
    const { till, moneyOrdersMicros = 0 } = cash.value ?? {};
    const unsigned = toSign.value?.items.length ?? 0;
    return [
      drift > 0 &&
        books.value?.isQuiet && {
          href: '/treasurer/reconciliation',
          words: text.t('desk.today.drift', { amount: text.money(drift) }),
        },
      unsigned > 0 && { href: '/officer', words: text.t('desk.today.sign', { count: unsigned }) },
      matched > 0 && { href: '/treasurer/bank', words: text.t('desk.today.matched', { count: matched }) },
      open > 0 && { href: '/treasurer/bank', words: text.t('desk.today.open', { count: open }) },
      asked > 0 && { href: '/treasurer/reversals', words: text.t('desk.today.reversals', { count: asked }) },
      till && {
        href: '/treasurer/cash',
        words: text.t('desk.today.till', { amount: text.money(till.expectedMicros) }),
      },
      moneyOrdersMicros > 0 && {
        href: '/treasurer/cash',
        words: text.t('desk.today.orders', { amount: text.money(moneyOrdersMicros) }),
      },
      unpaid > 0 && {
        href: '/treasurer/reconciliation',
        words: text.t('desk.today.invoices', { amount: text.money(unpaid) }),
      },
    ].filter((need) => typeof need === 'object');
  });
  const isSettled = $derived(
    bank.isSettled && cash.isSettled && reversals.isSettled && books.isSettled && toSign.isSettled,
  );
  return {
    get needs() {
      return needs;
    },
    get isSettled() {
      return isSettled;
    },
  };
}
