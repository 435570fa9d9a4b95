// npm run bench -- NAME: measures something and prints the figures.
import { runNamed } from './named.ts';

process.exitCode = await runNamed(
  {
    word: 'bench',
    folders: ['hub/bench', 'contracts/bench', 'models/bench'],
    hint: 'Figures depend on the machine; nothing else should run beside a benchmark.',
  },
  process.argv.slice(2),
);
