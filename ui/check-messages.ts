import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parse } from 'svelte/compiler';
import { catalogue as errorCatalogue } from '../hub/src/platform/errors.ts';
import { deskWords } from './src/messages/desk-words.ts';
import { en } from './src/messages/en.ts';
import { es } from './src/messages/es.ts';
import type { Message } from './src/messages/message.ts';

type Catalogue = Readonly<Record<string, Message>>;

/** Words that are the same in both languages. */
const sameInBoth: ReadonlySet<string> = new Set([
  'app.no',
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
    ...compareCatalogues({ ...en, ...deskWords.en }, { ...es, ...deskWords.es }, sameInBoth),
    ...missingErrors(en, Object.keys(errorCatalogue)),
    ...(await looseText()),
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
