import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parse } from 'svelte/compiler';
import { catalogue as errorCatalogue } from '../hub/src/platform/errors.ts';
import { deskWords } from './src/messages/desk-words.ts';
import { en } from './src/messages/en.ts';
import { es } from './src/messages/es.ts';
import { goodsWords } from './src/messages/goods-words.ts';
import type { Message } from './src/messages/message.ts';

type Catalogue = Readonly<Record<string, Message>>;

/** Words that are the same in both languages. */
const sameInBoth: ReadonlySet<string> = new Set([
  'app.no',
  'goods.measure.GRM',
  'goods.measure.KGM',
  'goods.measure.LBR',
  'goods.measure.MLT',
  'goods.measure.ONZ',
  'locks.amount',
  'number.in',
  'number.unit.gro',
  'unit.kg',
  'unit.lb',
]);

/** Attributes that people read or hear. */
const spokenAttributes = new Set(['alt', 'title', 'label', 'placeholder', 'aria-label', 'aria-description']);

const sourceDir = join(import.meta.dirname, 'src');

/** What is wrong with the catalogue of sentences; empty when it is whole. */
export async function checkMessages(): Promise<string[]> {
  return [
    ...compareCatalogues(
      { ...en, ...deskWords.en, ...goodsWords.en },
      { ...es, ...deskWords.es, ...goodsWords.es },
      sameInBoth,
    ),
    ...missingErrors(en, Object.keys(errorCatalogue)),
    ...missingReasons({ ...en, ...deskWords.en }, await reasonCodes()),
    ...missingLanes(en, await laneNames()),
    ...(await looseText()),
  ];
}

/** The names of the lanes in the hub's source, by how a module declares them. */
export async function laneNames(modulesDir = join(import.meta.dirname, '../hub/src/modules')): Promise<Set<string>> {
  const names = new Set<string>();
  for (const file of await readdir(modulesDir, { recursive: true })) {
    if (!file.endsWith('.ts') || /\.test\.ts$|testing/.test(file)) continue;
    const source = await readFile(join(modulesDir, file), 'utf8');
    for (const pattern of [/Lane = '([a-z-]+)'/g, /name: '([a-z-]+)',\s+carrier: '/g])
      for (const [, name] of source.matchAll(pattern)) names.add(name!);
  }
  return names;
}

/** Lanes that the treasurer's page could only call by the hub's own word. */
export const missingLanes = (english: Catalogue, names: ReadonlySet<string>): string[] =>
  [...names]
    .filter((name) => !Object.hasOwn(english, `treasurer.lane.${name}`))
    .map((name) => `treasurer.lane.${name}: a lane without words`);

/** By what the hub's code says why something waits, and why something is over. */
const waitsBy = [
  /notYet\([^()]*?'([a-z]+(?:_[a-z]+)*)'/g,
  /'not-yet',\s+reason: '([a-z_]+)'/g,
  /'never' : 'not-yet', reason: '([a-z_]+)'/g,
  /: '([a-z]+_now)'\)/g,
];
const endsBy = [
  /never\('([a-z_]+)'/g,
  /'never',\s+reason: '([a-z_]+)'/g,
  /'never' : 'not-yet', reason: '([a-z_]+)'/g,
  /\b(?:withdraw|giveBack|voided|returned)\([^;]*?, '([a-z]+(?:_[a-z]+)*)'\)/g,
];

interface ReasonCodes {
  readonly waits: ReadonlySet<string>;
  readonly ends: ReadonlySet<string>;
}

/** The codes in the hub's source; `send.ts` of the outbox leaves behind, what else has a reason is over. */
export async function reasonCodes(hubDir = join(import.meta.dirname, '../hub/src')): Promise<ReasonCodes> {
  const waits = new Set<string>();
  const ends = new Set<string>();
  // Told by a function of its own, as what the registry would refuse.
  for (const code of ['seat_taken', 'key_taken', 'dwelling_full']) for (const set of [waits, ends]) set.add(code);
  for (const file of await readdir(hubDir, { recursive: true })) {
    if (!file.endsWith('.ts') || /\.test\.ts$|testing|fixture/.test(file)) continue;
    const source = await readFile(join(hubDir, file), 'utf8');
    const plain = file.endsWith('outbox/send.ts') ? waits : ends;
    for (const [, code] of source.matchAll(/(?<!'(?:not-yet|never)',\s+)\breason: '([a-z_]+)'/g)) plain.add(code!);
    for (const pattern of waitsBy) for (const [, code] of source.matchAll(pattern)) waits.add(code!);
    for (const pattern of endsBy) for (const [, code] of source.matchAll(pattern)) ends.add(code!);
  }
  return { waits, ends };
}

/** Reasons that could reach a page and have no words there. */
export function missingReasons(english: Catalogue, { waits, ends }: ReasonCodes): string[] {
  const has = (key: string) => Object.hasOwn(english, key);
  return [
    ...[...waits]
      .filter((code) => !has(`desk.waits.${code}`))
      .map((code) => `desk.waits.${code}: a reason without words`),
    ...[...ends]
      .filter((code) => !['reason', 'vote.reason', 'produce.reason'].some((prefix) => has(`${prefix}.${code}`)))
      .map((code) => `reason.${code}: a reason without words`),
  ];
}

/** Differences between two catalogues: keys, texts that are the same, parameters and forms that differ. */
export function compareCatalogues(english: Catalogue, spanish: Catalogue, same: ReadonlySet<string>): string[] {
  const findings: string[] = [];
  for (const key of new Set([...Object.keys(english), ...Object.keys(spanish)])) {
    const [first, second] = [english[key], spanish[key]];
    if (first === undefined || second === undefined) {
      findings.push(`${key}: no ${first === undefined ? 'English' : 'Spanish'} text`);
      continue;
    }
    if (
      sentences(first)
        .concat(sentences(second))
        .some((sentence) => sentence.trim() === '')
    ) {
      findings.push(`${key}: an empty text`);
    }
    if (!same.has(key) && JSON.stringify(first) === JSON.stringify(second))
      findings.push(`${key}: Spanish equals English`);
    if (placeholders(first) !== placeholders(second)) findings.push(`${key}: other parameters in Spanish`);
  }
  return findings;
}

/** Codes of the hub's catalogue that the page cannot put into words. */
export function missingErrors(english: Catalogue, codes: readonly string[]): string[] {
  return codes
    .flatMap((code) => [`error.${code}`, `error.${code}.todo`])
    .filter((key) => !Object.hasOwn(english, key))
    .map((key) => `${key}: an error code without text`);
}

/** Words that stand in a component instead of the catalogue. */
export function looseWords(source: string, name: string): string[] {
  const findings: string[] = [];
  visit(parse(source, { modern: true }).fragment, (node) => {
    if (node.type === 'Text' && typeof node.data === 'string' && isWords(node.data)) {
      findings.push(`${name}: "${node.data.trim()}" stands outside the catalogue`);
    }
    if (node.type === 'StyleDirective') return false;
    return node.type !== 'Attribute' || spokenAttributes.has(String(node.name));
  });
  return findings;
}

async function looseText(): Promise<string[]> {
  const names = (await readdir(sourceDir, { recursive: true })).filter((name) => name.endsWith('.svelte'));
  const found = names.map(async (name) => {
    const path = join(sourceDir, name);
    return looseWords(await readFile(path, 'utf8'), relative(sourceDir, path));
  });
  return (await Promise.all(found)).flat();
}

function visit(node: unknown, see: (node: Record<string, unknown>) => boolean): void {
  if (Array.isArray(node)) for (const child of node) visit(child, see);
  else if (typeof node === 'object' && node !== null) {
    const record = node as Record<string, unknown>;
    if (typeof record.type === 'string' && !see(record)) return;
    for (const [key, child] of Object.entries(record)) if (key !== 'metadata' && key !== 'parent') visit(child, see);
  }
}

/** Two letters in a row make a word; units and signs do not. */
function isWords(text: string): boolean {
  return /\p{L}{2}/u.test(text);
}

function sentences(message: Message): string[] {
  return typeof message === 'string' ? [message] : [message.one, message.other];
}

function placeholders(message: Message): string {
  const names = sentences(message).flatMap((sentence) => [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
  return [...new Set(names)].sort().join(' ');
}

if (import.meta.main) {
  const findings = await checkMessages();
  for (const finding of findings) process.stderr.write(`${finding}\n`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
