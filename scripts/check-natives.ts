// Are all native files of an installed tree for one CPU, and which glibc do they need on each supported board?
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { compareVersions, type Elf, readElf } from './elf.ts';

/** The boards of DESIGN section 9 and the glibc of their userland. */
const boards = [
  { name: 'Debian 12', glibc: '2.36' },
  { name: 'Jetson Orin Nano (Ubuntu 22.04)', glibc: '2.35' },
  { name: 'Jetson Nano (Ubuntu 18.04)', glibc: '2.27', note: 'needs a container with a newer userland' },
] as const;

const cpuOf = { x64: 'x86-64', arm64: 'aarch64' } as const;
type Cpu = keyof typeof cpuOf;

export interface Native {
  readonly path: string;
  readonly elf: Elf;
}

/** Every ELF file below the folder, links not followed. */
export function natives(folder: string): Native[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const elf = readElf(path);
      return elf === undefined ? [] : [{ path: relative(folder, path), elf }];
    });
}

/** Some name no library at all, and only their path says what they are for. */
const isForMusl = ({ path, elf }: Native) => elf.isMusl || path.includes('musl');

export interface Verdict {
  /** Files that the board will load, by what they need. */
  readonly own: readonly Native[];
  /** Files for other CPUs or for musl that lie beside a twin for this one, and are never loaded. */
  readonly dormant: readonly Native[];
  /** Files for another CPU without a twin: something would fail on the board. */
  readonly wrong: readonly Native[];
}

/** The path that the same file would have for the other CPU, in the spellings that packages use. */
const twin = (path: string, cpu: Cpu) =>
  cpu === 'arm64'
    ? path.replaceAll(/x86[_-]64|amd64|x64/g, (word) => (word.startsWith('x86') ? 'aarch64' : 'arm64'))
    : path.replaceAll(/aarch64|arm64/g, (word) => (word === 'aarch64' ? 'x86_64' : 'x64'));

export function judge(found: readonly Native[], cpu: Cpu): Verdict {
  const mine = found.filter((native) => native.elf.machine === cpuOf[cpu]);
  const paths = new Set(mine.map((native) => native.path));
  const others = found.filter((native) => native.elf.machine !== cpuOf[cpu]);
  // Packages name 32-bit and musl builds by the same pattern: their twin is the prebuild of this CPU in the same package.
  const hasTwin = (path: string) =>
    [twin(path, cpu), path.replace(/linux(musl)?-[a-z0-9]+/, `linux-${cpu}`)].some(
      (other) => other !== path && paths.has(other),
    );
  return {
    own: mine.filter((native) => !isForMusl(native)),
    dormant: [...others.filter((native) => hasTwin(native.path)), ...mine.filter(isForMusl)],
    wrong: others.filter((native) => !hasTwin(native.path)),
  };
}

const highest = (versions: readonly (string | undefined)[]) =>
  versions
    .filter((version) => version !== undefined)
    .toSorted(compareVersions)
    .at(-1);

function report(folder: string, cpu: Cpu): number {
  const verdict = judge(natives(folder), cpu);
  console.log(`${folder}: native files for ${cpuOf[cpu]}, and the highest versions each needs`);
  for (const { path, elf } of verdict.own)
    console.log(`  glibc ${(elf.glibc ?? '-').padEnd(6)} libstdc++ ${(elf.glibcxx ?? '-').padEnd(8)} ${path}`);
  console.log(`${verdict.own.length} files are ${cpuOf[cpu]}.`);
  if (verdict.dormant.length > 0) {
    console.log(`${verdict.dormant.length} more lie beside them for other systems and are never loaded here:`);
    for (const { path, elf } of verdict.dormant)
      console.log(`  ${elf.machine}${isForMusl({ path, elf }) ? ' musl' : ''} ${path}`);
  }
  for (const { path, elf } of verdict.wrong)
    console.log(`WRONG: ${path} is ${elf.machine} and has no twin for ${cpuOf[cpu]}`);
  const glibc = highest(verdict.own.map((native) => native.elf.glibc)) ?? '0';
  console.log(`Highest glibc needed: ${glibc}`);
  let tooOld = false;
  for (const board of boards) {
    const fits = compareVersions(glibc, board.glibc) <= 0;
    const note = 'note' in board ? board.note : undefined;
    if (!fits && note === undefined) tooOld = true;
    console.log(`  ${board.name}, glibc ${board.glibc}: ${fits ? 'runs' : (note ?? 'TOO OLD')}`);
  }
  if (verdict.own.length === 0) console.log('WRONG: no native file was found at all');
  return verdict.wrong.length > 0 || tooOld || verdict.own.length === 0 ? 1 : 0;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { cpu: { type: 'string', default: process.arch }, help: { type: 'boolean', short: 'h' } },
  });
  const { cpu } = values;
  if (values.help || positionals.length !== 1 || (cpu !== 'x64' && cpu !== 'arm64')) {
    console.log(
      'check-natives [--cpu x64|arm64] DIR: are all native files below DIR for that CPU, and which glibc do they need? Seconds.',
    );
    process.exitCode = values.help ? 0 : 2;
  } else process.exitCode = report(positionals[0]!, cpu);
}
