import type { Topic } from '../../platform/ports/index.ts';
import type { Readings } from './readings.ts';

/** The house's own format; other makers' formats get topics of their own. */
export function gardenTopics({ receive }: Readings): Topic[] {
  return [
    { filter: 'stoop/+', receive },
    { filter: 'stoop/+/+', receive },
  ];
}
