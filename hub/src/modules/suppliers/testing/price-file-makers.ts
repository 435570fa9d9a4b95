import { crc32, deflateRawSync } from 'node:zlib';

/** One article of a made UNFI file, by the columns that CORE-POS reads; what lies between stays empty. */
export interface UnfiArticle {
  readonly sku: string;
  readonly title: string;
  readonly caseQty?: string;
  readonly size?: string;
  readonly cost: string;
  readonly upc?: string;
  readonly srp?: string;
}

export const unfiHead =
  'Dept,SKU,Brand,Case Qty,Unit Size,Category,Description,Hot,Case Cost,Unit Cost,Disc,Sale,Sale Case Cost,Dates,UPC,Plu,SRP,A,B,C,Flags';

/** A row of UNFI's 21 columns. */
export const unfiRow = ({
  sku,
  title,
  caseQty = '12',
  size = '16 OZ',
  cost,
  upc = '',
  srp = '',
}: UnfiArticle): string =>
  [
    'G',
    sku,
    'Field Day',
    caseQty,
    size,
    '115',
    title,
    '',
    cost,
    '',
    '',
    '',
    '',
    '',
    upc,
    '',
    srp,
    '',
    '',
    '',
    'O',
  ].join(',');

export const unfiFile = (...articles: UnfiArticle[]): Buffer =>
  Buffer.from([unfiHead, ...articles.map(unfiRow)].join('\r\n'));

export const foodsoftHead =
  'avail.;Order number;Name;Supplier order unit;Unit;Ratios to supplier order unit;Minimum order quantity;Billing unit;Group order granularity;Group order unit;Price (net);Price unit;VAT;Deposit;Note;Category;Origin;Manufacturer';

/** An XLSX file of one sheet: strings shared, numbers as numbers, `{formula}` as a formula with a kept value. */
export function xlsxFile(rows: readonly (readonly (string | number | { formula: string })[])[]): Buffer {
  const shared: string[] = [];
  const cellOf = (value: string | number | { formula: string }, at: string) => {
    if (typeof value === 'number') return `<c r="${at}"><v>${value}</v></c>`;
    if (typeof value === 'object') return `<c r="${at}"><f>${value.formula}</f><v>7</v></c>`;
    return `<c r="${at}" t="s"><v>${shared.push(value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')) - 1}</v></c>`;
  };
  const sheet = rows.map(
    (row, index) =>
      `<row r="${index + 1}">${row.map((value, at) => cellOf(value, `${String.fromCharCode(65 + at)}${index + 1}`)).join('')}</row>`,
  );
  return zipOf({
    'xl/workbook.xml': '<workbook><sheets><sheet name="Prices" sheetId="1" r:id="rId7"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId7" Target="worksheets/list.xml"/></Relationships>',
    'xl/worksheets/list.xml': `<worksheet><sheetData>${sheet.join('')}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst>${shared.map((text) => `<si><t xml:space="preserve">${text}</t></si>`).join('')}</sst>`,
  });
}

/** A ZIP archive of deflated entries. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const [content, named] = [Buffer.from(text), Buffer.from(name)];
    const packed = deflateRawSync(content);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(named.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), facts, named, packed]);
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(at, 12);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), facts, tail.subarray(2), named]),
    );
    parts.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}
