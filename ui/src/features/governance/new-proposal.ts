import type { NewProposal } from '../../api/types.ts';
import { parseMoney } from '../../messages/parse-money.ts';
import { fromUnit } from './number-words.ts';

/** The form's fields as they are written. */
export interface ProposalForm {
  kind: NewProposal['kind'];
  title: string;
  titleEs: string;
  text: string;
  days: '3' | '7' | '14';
  amount: string;
  payee: 'clearing' | 'seat';
  seat: string;
  key: string;
  value: string;
}

export const emptyForm = (): ProposalForm => ({
  kind: 'text',
  title: '',
  titleEs: '',
  text: '',
  days: '7',
  amount: '',
  payee: 'clearing',
  seat: '',
  key: '',
  value: '',
});

/** The proposal that the form describes, or `undefined` while something is missing. */
export function proposalOf(form: ProposalForm): NewProposal | undefined {
  const title = form.title.trim();
  const titleEs = form.titleEs.trim();
  const text = form.text.trim();
  if (!title || !text) return undefined;
  const common = {
    kind: form.kind,
    title,
    ...(titleEs ? { titleEs } : {}),
    text,
    openForDays: Number(form.days),
  };
  if (form.kind === 'text') return common;
  if (form.kind === 'spending') {
    const spending = spendingOf(form);
    return spending && { ...common, spending };
  }
  const value = fromUnit(form.key, form.value);
  return form.key && value !== undefined ? { ...common, number: { key: form.key, value } } : undefined;
}

function spendingOf({ amount, payee, seat }: ProposalForm): NewProposal['spending'] {
  const amountMicros = parseMoney(amount);
  if (amountMicros === undefined) return undefined;
  if (payee === 'clearing') return { amountMicros };
  const toSeat = Number(seat);
  return Number.isInteger(toSeat) && toSeat > 0 ? { amountMicros, toSeat } : undefined;
}
