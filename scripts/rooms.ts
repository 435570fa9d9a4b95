// The rule of rooms: imports against the house's table, cycles, libraries outside their room, files that grew too long.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { cycles } from './rooms/cycles.ts';
import { lines } from './rooms/house.ts';
import { readImports } from './rooms/imports.ts';
import { type Breach, edgesOf, isTest, judgeFile } from './rooms/rules.ts';

const folders = ['hub', 'ui', 'contracts', 'models', 'scripts', 'firmware', 'systemd'];
const generated = /^(contracts\/(artifacts|cache|abi|deployments)|ui\/dist)\//;
const isSource = (file: string) => /\.(ts|svelte|sol|css|c|h|sh)$/.test(file) && !generated.test(file);
const isScript = (file: string) => /\.(ts|svelte)$/.test(file);

/** The sources below the root, as paths from it with `/`. */
function sources(root: string): string[] {
  return folders
    .flatMap((folder) => list(join(root, folder)))
    .map((path) => relative(root, path).split(sep).join('/'))
    .filter(isSource);
}

function list(folder: string): string[] {
  let entries: ReturnType<typeof readEntries>;
  try {
    entries = readEntries(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? list(path) : [path];
  });
}
const readEntries = (folder: string) => readdirSync(folder, { withFileTypes: true });

export interface Report {
  readonly files: number;
  readonly breaches: readonly Breach[];
  /** Files to think over again: path and lines. */
  readonly long: readonly (readonly [file: string, lines: number])[];
}

/** Checks every source below a root. Reads only. */
export function checkRooms(root: string): Report {
  const breaches: Breach[] = [];
  const long: [string, number][] = [];
  const edges = new Map<string, string[]>();
  const files = sources(root);
  for (const file of files) {
    const source = readFileSync(join(root, file), 'utf8');
    const count = source.split('\n').length - (source.endsWith('\n') ? 1 : 0);
    if (count > lines.most)
      breaches.push({
        file,
        line: lines.most + 1,
        rule: 'size',
        message: `${count} lines; split by aspect at ${lines.most}`,
      });
    else if (count > lines.thinkAgain) long.push([file, count]);
    if (!isScript(file)) continue;
    const facts = readImports(file, source);
    breaches.push(...judgeFile(file, facts));
    if (isTest(file)) continue;
    edges.set(file, edgesOf(file, facts));
  }
  for (const way of cycles(edges)) breaches.push({ file: way[0]!, line: 1, rule: 'cycle', message: way.join(' → ') });
  return { files: files.length, breaches, long };
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  if (values.help)
    console.log(
      'rooms [ROOT]: checks who imports whom against scripts/rooms/house.ts, cycles, libraries and file sizes. About 2 s.',
    );
  else {
    const { files, breaches, long } = checkRooms(positionals[0] ?? join(import.meta.dirname, '..'));
    for (const [file, count] of long) console.log(`${file}: ${count} lines (think again at ${lines.thinkAgain})`);
    for (const { file, line, rule, message } of breaches) console.log(`${file}:${line}: ${rule}: ${message}`);
    console.log(`rooms: ${files} files, ${breaches.length} breaches`);
    process.exitCode = breaches.length === 0 ? 0 : 1;
  }
}
