// npm run mutate -- NAME: changes the source in one place at a time and counts how many changes the tests notice.
import { runNamed } from './named.ts';

process.exitCode = await runNamed(
  {
    word: 'mutate',
    folders: ['contracts/mutation'],
    hint: `  --seed S         the same sample again
  --sample N       how many mutants
  --jobs J         how many at the same time`,
  },
  process.argv.slice(2),
);
