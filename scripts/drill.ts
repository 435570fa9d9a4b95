// npm run drill -- NAME: breaks something on purpose and counts what was lost.
import { runNamed } from './named.ts';

process.exitCode = await runNamed(
  {
    word: 'drill',
    folders: ['hub/drills'],
    hint: `  --seed S         the same moments again
  --count N        how often
  --sabotage NAME  break a promise on purpose: the drill must then report losses`,
  },
  process.argv.slice(2),
);
