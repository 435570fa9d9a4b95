import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a benchmark or a drill exports. */
export interface Named {
  /** One line for --help: what it shows, how long it takes, its arguments. */
  readonly about: string;
  /** Does it, prints its table, answers the figures. Throws when it could not be done at all. */
  run(args: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
}

export interface Kind {
  readonly word: 'bench' | 'drill' | 'mutate';
  /** From the root. */
  readonly folders: readonly string[];
  /** Below the usage line. */
  readonly hint: string;
}

const root = join(import.meta.dirname, '..');

/** Files of the folders that are named things. Told by their text: helpers beside them must not be run to find out. */
function candidates(kind: Kind): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of kind.folders) {
    const path = join(root, folder);
    for (const file of readdirIfThere(path))
      if (file.endsWith('.ts') && /^export const about\b/m.test(readFileSync(join(path, file), 'utf8')))
        found.set(basename(file, '.ts'), join(path, file));
  }
  return found;
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const load = async (path: string): Promise<Named> => (await import(pathToFileURL(path).href)) as Named;

async function help(kind: Kind): Promise<string> {
  const rows: string[] = [];
  for (const [name, path] of candidates(kind)) rows.push(`  ${name.padEnd(14)} ${(await load(path)).about}`);
  const list = rows.length === 0 ? '  (there is none yet)' : rows.join('\n');
  return `npm run ${kind.word} -- NAME [arguments]\n\n${list}\n\n${kind.hint}\nThe last line is \`RESULT {json}\`.`;
}

/** Runs the one named first in `argv` and prints its figures as the last line. Answers the exit status. */
export async function runNamed(kind: Kind, argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(await help(kind));
    return name === undefined ? 2 : 0;
  }
  const path = candidates(kind).get(name);
  const named = path === undefined ? undefined : await load(path);
  if (named === undefined) {
    console.error(`There is no ${kind.word} named ${name}.\n\n${await help(kind)}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(`npm run ${kind.word} -- ${name}\n\n${named.about}`);
    return 0;
  }
  const result = await named.run(args);
  console.log(`RESULT ${JSON.stringify(result)}`);
  return 0;
}
