import type { Proposal, Support } from '../../api/types.ts';
import { knownKey } from '../../messages/catalogue.ts';
import type { Text } from '../../messages/text.svelte.ts';
import { inUnit, numberName } from './number-words.ts';

/** The proposal's name in the reader's language. */
export const proposalTitle = (proposal: Pick<Proposal, 'title' | 'titleEs'>, text: Text): string =>
  text.either(proposal.title, proposal.titleEs);

/** 3 votes. */
export const votesOf = (count: number, text: Text): string => text.t('proposals.votesOf', { count });

/** 3 votes cost 9 credits. */
export const costOf = (votes: number, text: Text): string =>
  text.t('vote.cost', { count: votes, credits: votes * votes });

/** Inside a sentence: for, against, abstain. */
export const supportWord = (support: Support, text: Text): string => text.t(`vote.${support}`).toLowerCase();

/** Why something does not count, for people; what the hub gives no known reason for is said in general. */
export const reasonWords = (reason: string | undefined, text: Text): string =>
  text.t(knownKey(`vote.reason.${reason}`) ?? 'vote.reason.other');

/** What passes changes, in one sentence; undefined for what people only agree on. */
export function changeWords({ spending, number }: Proposal, text: Text): string | undefined {
  if (spending) {
    const amount = text.money(spending.amountMicros);
    if (spending.toSeat === undefined) return text.t('proposals.spend.clearing', { amount });
    return text.t('proposals.spend.seat', { amount, seat: String(spending.toSeat) });
  }
  if (!number) return undefined;
  return text.t('proposals.number.change', {
    name: numberName(number.key, text),
    before: number.before === undefined ? '?' : inUnit(number.key, number.before, text),
    after: inUnit(number.key, number.value, text),
  });
}
