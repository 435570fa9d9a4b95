import { unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';

const largestPart = 256 * 1024 * 1024;

/** Whether the bytes begin as a ZIP archive does, which an XLSX file is. */
export const isSpreadsheet = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3;

/**
 * The cells of an XLSX file's first sheet (ECMA-376, SpreadsheetML), as text; numbers with a point. A cell with a formula
 * reads as the formula with its `=`: what it computes is not the supplier's word. Throws when it is no such file,
 * `RangeError` when it holds more than is read.
 */
export function xlsxRows(bytes: Uint8Array, rowsMost: number): string[][] {
  const sheet = partOf(bytes, sheetName(bytes));
  if (sheet === undefined) throw new Error('xlsx: has no sheet');
  return rowsOf(sheet, sharedStrings(partOf(bytes, 'xl/sharedStrings.xml')), rowsMost);
}

function partOf(bytes: Uint8Array, wanted: string): string | undefined {
  const found = unzipSync(bytes, {
    filter({ name, originalSize }) {
      if (name !== wanted) return false;
      if (originalSize > largestPart) throw new RangeError('xlsx: is too large');
      return true;
    },
  });
  return found[wanted] && new TextDecoder().decode(found[wanted]);
}

/** The first sheet by the workbook's own order; its file may have any name. */
function sheetName(bytes: Uint8Array): string {
  let id: string | undefined;
  walk(partOf(bytes, 'xl/workbook.xml'), {
    open(name, attributes) {
      // The prefix of the relation's id is the file's own choice.
      if (name === 'sheet') id ??= Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
    },
  });
  let target: string | undefined;
  walk(partOf(bytes, 'xl/_rels/workbook.xml.rels'), {
    open(name, { Id, Target }) {
      if (name === 'Relationship' && Id === id) target ??= Target;
    },
  });
  if (target === undefined) return 'xl/worksheets/sheet1.xml';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

function sharedStrings(xml: string | undefined): string[] {
  const strings: string[] = [];
  const speech = createSpeech();
  walk(xml, {
    open(name) {
      if (name === 'si') strings.push('');
      speech.open(name);
    },
    close(name, text) {
      if (strings.length > 0) strings[strings.length - 1] += speech.close(name, text);
    },
  });
  return strings;
}

/** What is written in rich text, without how it is pronounced. */
function createSpeech() {
  let isPronounced = false;
  return {
    open(name: string) {
      if (name === 'rPh') isPronounced = true;
    },
    close(name: string, text: string): string {
      if (name === 'rPh') isPronounced = false;
      return name === 't' && !isPronounced ? text : '';
    },
  };
}

function rowsOf(xml: string, shared: readonly string[], rowsMost: number): string[][] {
  const rows: string[][] = [];
  const speech = createSpeech();
  let cells: string[] = [];
  let cell: Cell = { written: '' };
  walk(xml, {
    open(name, attributes) {
      speech.open(name);
      if (name === 'row') {
        const at = Number(attributes.r ?? rows.length + 1) - 1;
        if (at > rowsMost) throw new RangeError('xlsx: has too many rows');
        while (rows.length < at) rows.push([]);
        cells = [];
        rows[at] = cells;
      } else if (name === 'c') cell = { at: attributes.r, type: attributes.t, written: '' };
    },
    close(name, text) {
      cell.written += speech.close(name, text);
      if (name === 'f') cell.formula = text;
      else if (name === 'v') cell.value = text;
      else if (name === 'c') {
        const at = cell.at === undefined ? cells.length : columnOf(cell.at);
        while (cells.length < at) cells.push('');
        cells[at] = textOf(cell, shared).trim();
      }
    },
  });
  return rows;
}

interface Cell {
  /** As `B12`; without it the cell follows the one before. */
  readonly at?: string;
  readonly type?: string;
  formula?: string;
  value?: string;
  /** Of a string that stands in the cell itself. */
  written: string;
}

function textOf({ type, formula, value, written }: Cell, shared: readonly string[]): string {
  if (formula !== undefined) return `=${formula}`;
  if (type === 'inlineStr') return written;
  if (value === undefined) return '';
  if (type === 's') return shared[Number(value)] ?? '';
  return type === 'str' || type === 'e' ? value : numberText(value);
}

/** 2.5999999999999996 is what a spreadsheet keeps for 2.6. */
function numberText(value: string): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  return Number.isInteger(number) ? number.toFixed(0) : number.toFixed(6).replace(/0+$/, '').replace(/\.$/, '');
}

const columnOf = (reference: string): number =>
  [...(/^[A-Z]{1,3}/.exec(reference)?.[0] ?? 'A')].reduce((at, letter) => at * 26 + letter.charCodeAt(0) - 64, 0) - 1;

interface Hearer {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string, text: string): void;
}

/** Tells of each tag by its name without prefix, and of the text inside the innermost. Throws for what is not well-formed. */
function walk(xml: string | undefined, { open, close }: Hearer): void {
  if (xml === undefined) return;
  const parser = new SaxesParser();
  const nameOf = (name: string) => name.slice(name.indexOf(':') + 1);
  let text = '';
  const hear = (part: string) => {
    text += part;
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    text = '';
    open?.(nameOf(name), attributes);
  });
  parser.on('text', hear);
  parser.on('cdata', hear);
  parser.on('closetag', ({ name }) => {
    close?.(nameOf(name), text);
    text = '';
  });
  parser.write(xml).close();
}
