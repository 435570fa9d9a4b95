import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { beginsAProcess, computedImports, floors, importersOf, libraries, neighbours, ranks } from './house.ts';
import type { Facts, Import } from './imports.ts';

export type Rule =
  | 'floor'
  | 'rank'
  | 'index'
  | 'library'
  | 'process'
  | 'computed'
  | 'ui'
  | 'outside'
  | 'cycle'
  | 'size';

export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly rule: Rule;
  readonly message: string;
}

/**
 * What counts for cycles: the files that one brings in. The page's table of routes loads its pages late, and they
 * know the page: that is what lazy loading is, not a knot.
 */
export const edgesOf = (file: string, facts: Facts): string[] => [
  ...new Set(
    facts.imports
      .filter((one) => !(one.isLate && file.startsWith('ui/')))
      .flatMap((one) => (one.specifier === undefined ? [] : (targetOf(file, one.specifier) ?? []))),
  ),
];

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
const workspaces: Readonly<Record<string, string>> = {
  '@stoop/hub': 'hub/src',
  '@stoop/contracts': 'contracts',
  '@stoop/ui': 'ui',
  '@stoop/models': 'models',
};

/** Tests may look anywhere: they prove rooms together. */
export const isTest = (file: string) => /\.test\.ts$|(^|\/)test(ing)?\/|^hub\/(bench|drills)\//.test(file);

/** The file of this repository that an import names, from the root; undefined for a library. */
export function targetOf(file: string, specifier: string): string | undefined {
  if (/^\.\.?\//.test(specifier)) return posix.join(posix.dirname(file), specifier);
  const [scope, name, ...rest] = specifier.split('/');
  const workspace = workspaces[`${scope}/${name}`];
  return workspace === undefined ? undefined : posix.join(workspace, ...rest);
}

interface Place {
  readonly room: string;
  readonly module: string | undefined;
  /** From the room's own folder. */
  readonly rest: string;
}

/** Where a file of hub/src lives; compose, timetable and main may grow into several files or a folder. */
function placeOf(file: string): Place | undefined {
  if (!file.startsWith('hub/src/')) return undefined;
  const [first = '', ...rest] = file.slice('hub/src/'.length).split('/');
  if (first === 'modules') return { room: first, module: rest[0], rest: rest.slice(1).join('/') };
  if (rest.length > 0) return { room: first, module: undefined, rest: rest.join('/') };
  return { room: first.split(/[.-]/)[0] ?? first, module: undefined, rest: first };
}

const floorOf = (room: string) => floors.findIndex((floor) => floor.includes(room));

/** All breaches of one file, cycles and size apart. */
export function judgeFile(file: string, facts: Facts): Breach[] {
  if (isTest(file)) return [];
  const here = placeOf(file);
  const breaches: Breach[] = [];
  for (const one of facts.imports) {
    const found =
      here !== undefined ? judgeHub(file, here, one) : file.startsWith('ui/src/') ? judgeUi(file, one) : undefined;
    if (found !== undefined) breaches.push({ file, line: one.line, rule: found[0], message: found[1] });
  }
  const touches = here !== undefined && !beginsAProcess.test(file.slice('hub/src/'.length));
  for (const line of touches ? facts.processLines : [])
    breaches.push({
      file,
      line,
      rule: 'process',
      message: 'only main.ts and files that begin a process touch `process`',
    });
  return breaches;
}

type Finding = readonly [Rule, string];

function judgeHub(file: string, here: Place, one: Import): Finding | undefined {
  if (one.specifier === undefined) {
    if (computedImports[file.slice('hub/src/'.length)] !== undefined) return undefined;
    return ['computed', 'what it imports is computed, so nobody can check it'];
  }
  const target = targetOf(file, one.specifier);
  if (target === undefined || !target.startsWith('hub/src/')) return judgeLibrary(here, one.specifier, target);
  const there = placeOf(target)!;
  if (isTest(target)) return ['outside', `${target} is for tests only`];
  return there.room === here.room ? judgeModules(here, there) : judgeRooms(here, there);
}

function judgeRooms(here: Place, there: Place): Finding | undefined {
  const [from, to] = [floorOf(here.room), floorOf(there.room)];
  if (from < 0 || to < 0) return ['floor', `${from < 0 ? here.room : there.room} is no room of the house`];
  const named = importersOf[there.room];
  if (named !== undefined && !named.includes(here.room))
    return ['floor', `${here.room} may not import ${there.room}: only ${named.join(', ')} may`];
  const areNeighbours = neighbours.some(([a, b]) => a === here.room && b === there.room);
  if (to >= from && !areNeighbours)
    return ['floor', `${here.room} may not import ${there.room}: it stands ${to === from ? 'beside' : 'above'} it`];
  return throughIndex(there);
}

function judgeModules(here: Place, there: Place): Finding | undefined {
  if (here.module === there.module) return undefined;
  const [from, to] = [ranks[here.module ?? ''], ranks[there.module ?? '']];
  if (from === undefined || to === undefined)
    return ['rank', `the module ${from === undefined ? here.module : there.module} has no rank`];
  if (to >= from) return ['rank', `${here.module} (rank ${from}) may not import ${there.module} (rank ${to})`];
  return throughIndex(there);
}

const throughIndex = (there: Place): Finding | undefined =>
  there.module === undefined || there.rest === 'index.ts'
    ? undefined
    : ['index', `modules/${there.module} is entered through its index.ts, not ${there.rest}`];

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function judgeLibrary(here: Place, specifier: string, target: string | undefined): Finding | undefined {
  if (specifier === 'process' || specifier === 'node:process')
    return here.room === 'main' ? undefined : ['process', 'only main.ts touches `process`'];
  if (builtins.has(specifier)) return undefined;
  const name = target?.startsWith('contracts/') ? '@stoop/contracts' : packageOf(specifier);
  if (target !== undefined && name !== '@stoop/contracts') return ['outside', `hub/src may not import ${target}`];
  const entry = libraries.find(
    ([library]) => library === name || (library.endsWith('/*') && name.startsWith(library.slice(0, -1))),
  );
  if (entry === undefined) return ['library', `${name} has no room: name one in scripts/rooms/house.ts`];
  const [, rooms] = entry;
  const home = here.module === undefined ? here.room : `modules/${here.module}`;
  return rooms.includes('*') || rooms.includes(home)
    ? undefined
    : ['library', `${name} lives only in ${rooms.join(', ')}`];
}

function judgeUi(file: string, one: Import): Finding | undefined {
  if (one.specifier === undefined || one.isType) return undefined;
  const target = targetOf(file, one.specifier);
  if (target === undefined || target.startsWith('ui/')) return undefined;
  return ['ui', `the page takes only types from outside, not ${target}`];
}
