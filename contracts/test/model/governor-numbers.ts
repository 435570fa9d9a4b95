import { DAY, type Votes } from '../support/votes.ts';
import type { Numbers } from './governor.ts';

interface Choices {
  whole(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  chance(share: number): boolean;
}

/** The ways in which members change the numbers that their votes obey: on the model's side and on the chain's. */
export function numberChanges(votes: Votes, numbers: Numbers, { whole, pick, chance }: Choices) {
  const names = ['text', 'spending', 'parameters', 'roles'] as const;
  const kind = whole(0, 3);
  return [
    () => {
      numbers.threshold[kind] = kind === 3 ? whole(6000, 8000) : whole(5000, 7000);
      return votes.setParameter(`vote.${names[kind]!}.threshold`, numbers.threshold[kind]!);
    },
    () => {
      numbers.delay[kind] = (kind >= 3 ? 7 : 1) * DAY + whole(0, 3 * DAY);
      return votes.setParameter(`vote.${names[kind]!}.delay`, numbers.delay[kind]!);
    },
    () => {
      numbers.quorum = whole(1000, 7000);
      return votes.setParameter('vote.quorum', numbers.quorum);
    },
    () => {
      numbers.leastFor = whole(2, 6);
      return votes.setParameter('vote.leastFor', numbers.leastFor);
    },
    () => {
      numbers.proposalsPerSeason = whole(3, 8);
      return votes.setParameter('vote.proposalsPerSeason', numbers.proposalsPerSeason);
    },
    () => {
      numbers.spendingPerMonth = BigInt(whole(5_000_000, 30_000_000));
      return votes.setParameter('spending.perMonth', numbers.spendingPerMonth);
    },
    () => {
      if (!chance(0.2)) return votes.setParameter('season.length', numbers.seasonLength);
      numbers.seasonLength = pick([30 * DAY, 91 * DAY]);
      return votes.setParameter('season.length', numbers.seasonLength);
    },
  ];
}
