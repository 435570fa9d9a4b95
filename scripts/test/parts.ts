// What `npm test` consists of, in one table.

export type Need = 'chromium' | 'gcc' | 'page';

export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** From the root. */
  readonly folder?: string;
  /** How its tests are counted: by our node:test reporter, by Hardhat's summary, or as one check that passes or fails. */
  readonly counts: 'node' | 'hardhat' | 'check';
  /** How long it may say nothing, where that is longer than for the others. */
  readonly silenceMs?: number;
}

export interface Part {
  readonly name: string;
  readonly about: string;
  /** On 2 cores, roughly. */
  readonly takes: string;
  readonly needs: readonly Need[];
  /** `beside`: may run while the others do. `alone`: measures time or fills the machine. */
  readonly when: 'in turn' | 'beside' | 'alone';
  readonly steps: readonly Step[];
}

const check = (name: string, command: string, ...args: string[]): Step => ({ name, command, args, counts: 'check' });

const nodeTests = (name: string, globs: readonly string[], folder?: string): Step => ({
  name,
  command: 'node',
  args: ['--test', ...globs],
  counts: 'node',
  folder,
});

const checkMessages = `import { checkMessages } from './check-messages.ts';
const wrong = await checkMessages();
console.log(wrong.join('\\n'));
process.exitCode = wrong.length === 0 ? 0 : 1;`;

export const parts: readonly Part[] = [
  {
    name: 'types',
    about: 'TypeScript over everything, svelte-check over the page',
    takes: '20 s',
    needs: [],
    when: 'in turn',
    steps: [
      check('tsc', 'tsc', '-p', 'tsconfig.json'),
      { ...check('page', 'npm', 'run', '--silent', 'check'), folder: 'ui' },
    ],
  },
  {
    name: 'lint',
    about: 'format and lint of all sources',
    takes: '5 s',
    needs: [],
    when: 'in turn',
    steps: [check('biome', 'biome', 'ci', '--colors=off', '--max-diagnostics=50', '.')],
  },
  {
    name: 'rooms',
    about: 'who imports whom, cycles, libraries in their rooms, long files',
    takes: '2 s',
    needs: [],
    when: 'in turn',
    steps: [check('rooms', 'node', 'scripts/rooms.ts')],
  },
  {
    name: 'messages',
    about: 'every sentence in both languages, none outside the catalogue',
    takes: '3 s',
    needs: [],
    when: 'in turn',
    steps: [{ ...check('messages', 'node', '--input-type=module', '-e', checkMessages), folder: 'ui' }],
  },
  {
    name: 'scripts',
    about: 'tests of set-up, the room rule and the power-cut shadow',
    takes: '20 s',
    needs: ['gcc'],
    when: 'in turn',
    steps: [nodeTests('scripts', ['scripts/!(start).test.ts', 'scripts/*/**/*.test.ts'])],
  },
  {
    name: 'ui',
    about: 'the page without a browser, and its two languages',
    takes: '20 s',
    needs: [],
    when: 'in turn',
    steps: [nodeTests('ui', ['ui/**/*.test.ts'])],
  },
  {
    name: 'hub',
    about: 'unit tests beside the code',
    takes: '4 minutes',
    needs: ['gcc'],
    when: 'in turn',
    steps: [nodeTests('unit', ['hub/{src,bench,drills}/**/*.test.ts'])],
  },
  {
    name: 'contracts',
    about: 'Solidity tests, fuzz and invariants; committed bytecode against the source',
    takes: '10 minutes',
    needs: [],
    when: 'beside',
    steps: [
      {
        name: 'solidity',
        command: 'hardhat',
        args: ['test', 'solidity'],
        folder: 'contracts',
        counts: 'hardhat',
        // It compiles everything first, twice as long on a busy machine, and says nothing until that is done.
        silenceMs: 15 * 60_000,
      },
      nodeTests('node', ['{test,dev-chain,mutation}/**/*.test.ts'], 'contracts'),
    ],
  },
  {
    name: 'whole',
    about: 'whole hubs: real store, real broker, real chain',
    takes: '13 minutes',
    needs: ['page', 'gcc'],
    when: 'alone',
    steps: [
      nodeTests('drills', ['hub/test/drills.test.ts']),
      nodeTests('whole hub', ['hub/test/!(browser)/**/*.test.ts', 'hub/test/!(drills).test.ts']),
    ],
  },
  {
    name: 'start',
    about: 'npm start: founding, a second start, and ends that leave no process',
    takes: '1 minute',
    needs: ['page'],
    when: 'alone',
    steps: [nodeTests('npm start', ['scripts/start.test.ts'])],
  },
  {
    name: 'browser',
    about: 'the real page in Chromium',
    takes: '8 minutes',
    needs: ['chromium', 'page'],
    when: 'alone',
    steps: [nodeTests('browser', ['hub/test/browser/**/*.test.ts'])],
  },
];
