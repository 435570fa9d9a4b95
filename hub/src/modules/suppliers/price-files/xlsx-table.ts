import { openZip } from './zip.ts';

const largestPart = 256 * 1024 * 1024;

/**
 * The cells of an XLSX file's first sheet (ECMA-376, SpreadsheetML), as text; numbers with a point. A cell with a formula
 * reads as the formula with its `=`: what it computes is not the supplier's word. Throws when it is no such file.
 */
export function xlsxRows(bytes: Uint8Array, rowsMost: number): string[][] {
  const open = openZip(bytes, largestPart);
  const part = (name: string) => open(name)?.toString('utf8');
  const sheet = part(firstSheet(part));
  if (sheet === undefined) throw new Error('xlsx: has no sheet');
  const shared = sharedStrings(part('xl/sharedStrings.xml') ?? '');
  const rows: string[][] = [];
  for (const [, attributes = '', inside = ''] of sheet.matchAll(/<row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/row>)/g)) {
    const at = Number(/\br="(\d+)"/.exec(attributes)?.[1] ?? rows.length + 1) - 1;
    if (at > rowsMost) throw new RangeError('xlsx: has too many rows');
    while (rows.length < at) rows.push([]);
    rows[at] = cellsOf(inside, shared);
  }
  return rows;
}

/** The first sheet by the workbook's own order; its file may have any name. */
function firstSheet(part: (name: string) => string | undefined): string {
  const id = /<sheet\b[^>]*\br:id="([^"]+)"/.exec(part('xl/workbook.xml') ?? '')?.[1];
  const relations = part('xl/_rels/workbook.xml.rels') ?? '';
  for (const [tag] of id === undefined ? [] : relations.matchAll(/<Relationship\b[^>]*>/g)) {
    if (!tag.includes(`Id="${id}"`)) continue;
    const target = /\bTarget="([^"]+)"/.exec(tag)?.[1] ?? '';
    return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
  }
  return 'xl/worksheets/sheet1.xml';
}

const sharedStrings = (xml: string): string[] =>
  [...xml.matchAll(/<si\b[^>]*?(?:\/>|>([\s\S]*?)<\/si>)/g)].map(([, inside = '']) => spoken(inside));

/** What is written in rich text, without how it is pronounced. */
const spoken = (xml: string): string =>
  [...xml.replace(/<rPh\b[\s\S]*?<\/rPh>/g, '').matchAll(/<t\b[^>]*?>([\s\S]*?)<\/t>/g)]
    .map(([, text = '']) => plain(text))
    .join('');

function cellsOf(xml: string, shared: readonly string[]): string[] {
  const cells: string[] = [];
  for (const [, attributes = '', inside = ''] of xml.matchAll(/<c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
    const letters = /\br="([A-Z]{1,3})\d+"/.exec(attributes)?.[1];
    const at = letters === undefined ? cells.length : columnOf(letters);
    while (cells.length < at) cells.push('');
    cells[at] = cellText(/\bt="(\w+)"/.exec(attributes)?.[1], inside, shared).trim();
  }
  return cells;
}

function cellText(type: string | undefined, inside: string, shared: readonly string[]): string {
  const formula = /<f\b[^>]*?(?:\/>|>([\s\S]*?)<\/f>)/.exec(inside);
  if (formula) return `=${plain(formula[1] ?? '')}`;
  if (type === 'inlineStr') return spoken(inside);
  const value = /<v\b[^>]*>([\s\S]*?)<\/v>/.exec(inside)?.[1];
  if (value === undefined) return '';
  if (type === 's') return shared[Number(value)] ?? '';
  if (type === 'str' || type === 'e') return plain(value);
  return numberText(value);
}

/** 2.5999999999999996 is what a spreadsheet keeps for 2.6. */
function numberText(value: string): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  return Number.isInteger(number) ? number.toFixed(0) : number.toFixed(6).replace(/0+$/, '').replace(/\.$/, '');
}

const columnOf = (letters: string): number =>
  [...letters].reduce((at, letter) => at * 26 + letter.charCodeAt(0) - 64, 0) - 1;

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const plain = (xml: string): string =>
  xml
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1')
    .replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
      if (name !== undefined) return named[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    });
