import type { Counts, Support } from './governance.schema.ts';

/** What a proposal needs to pass, bound when it is recorded. Shares in ten-thousandths. */
export interface Terms {
  readonly residents: number;
  readonly threshold: number;
  readonly quorum: number;
  readonly leastFor: number;
  readonly delayS: number;
  readonly lockCapMicros: number;
}

const all = 10_000;

/** Votes by support, and heads: one seat is one head, however many votes it gives. */
export function countOf(ballots: readonly { readonly support: Support; readonly votes: number }[]): Counts {
  const counts = { for: 0, against: 0, abstain: 0, headsFor: 0, heads: ballots.length };
  for (const { support, votes } of ballots) {
    counts[support] += votes;
    if (support === 'for') counts.headsFor += 1;
  }
  return counts;
}

/** Whether For has it (`Tallies.passes`): more than Against, the threshold of both, enough seats voting and enough of them For. */
export function hasPassed(counts: Counts, terms: Terms): boolean {
  const isMajority = counts.for > counts.against && counts.for * all >= terms.threshold * (counts.for + counts.against);
  return isMajority && counts.heads >= quorumOf(terms) && counts.headsFor >= Math.min(terms.leastFor, terms.residents);
}

/** How many seats must vote. */
export const quorumOf = ({ quorum, residents }: Terms): number => Math.ceil((quorum * residents) / all);
