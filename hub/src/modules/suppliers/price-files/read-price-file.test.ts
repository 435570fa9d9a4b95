import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foodsoftHead, unfiFile, unfiHead, unfiRow, xlsxFile, zipOf } from '../testing/price-file-makers.ts';
import type { PriceFormat, PriceMapping } from './price-files.schema.ts';
import { readPriceFile } from './read-price-file.ts';

const read = (file: string | Buffer, format: PriceFormat = 'generic', mapping: PriceMapping = {}) =>
  readPriceFile(Buffer.from(file), format, mapping);
const problemsOf = (file: string | Buffer, format?: PriceFormat, mapping?: PriceMapping) =>
  read(file, format, mapping).problems.map(({ row, column, rule, found }) => [row, column, rule, found]);
const titlesOf = (file: string | Buffer, format?: PriceFormat, mapping?: PriceMapping) =>
  read(file, format, mapping).rows.map(({ title }) => title);

const rice = { sku: '0012345', title: 'Rice, long grain', cost: '43.20', upc: '0-36000-29145-2', srp: '5.49' };
const quoted = { ...rice, title: '"Rice, long grain"' };

describe('a UNFI price file', () => {
  it('is read by the columns that CORE-POS reads, its head left out', () => {
    const { rows, problems } = read(unfiFile(quoted), 'unfi');
    assert.deepEqual(problems, []);
    assert.deepEqual(JSON.parse(JSON.stringify(rows)), [
      {
        row: 2,
        sku: '0012345',
        title: 'Rice, long grain',
        unitPriceMicros: 3_600_000,
        unitsPerCase: 12,
        brand: 'Field Day',
        category: '115',
        gtin: '00036000291452',
        unit: 'piece',
        unitSize: 16,
        measure: 'ONZ',
        shelfPriceMicros: 5_490_000,
        status: 'on-sale',
      },
    ]);
  });

  it('whose columns are shifted in some rows says which', () => {
    const shiftedRight = `,${unfiRow({ ...rice, sku: '2', title: 'Beans' })}`;
    const shiftedLeft = unfiRow({ ...rice, sku: '3', title: 'Oats' }).slice(2);
    const file = [unfiHead, unfiRow(quoted), unfiRow({ ...quoted, sku: '9' }), shiftedRight, shiftedLeft].join('\n');
    assert.deepEqual(problemsOf(file, 'unfi'), [
      [4, '', 'column_count', '22 / 21'],
      [5, 'G (Description)', 'missing', undefined],
      [5, 'D (Case Qty)', 'whole_number', '16 OZ'],
      [5, 'I (Case Cost)', 'missing', undefined],
    ]);
  });
});

describe('a Foodsoft 5 file', () => {
  const file = (...rows: string[]) => [foodsoftHead, ...rows].join('\n');

  it('is read as Foodsoft writes it', () => {
    const row = 'Yes;28391;Pijnboompitten;;100g;10 Piece;;;1;;5.56;;6;0;dem;Nuts;TR;Het warme woud';
    const { rows, problems } = read(file(row), 'foodsoft');
    assert.deepEqual(problems, []);
    const { sku, title, unitPriceMicros, unitsPerCase, taxPpm, depositMicros, ...rest } = rows[0]!;
    assert.deepEqual([sku, title, unitPriceMicros, unitsPerCase], ['28391', 'Pijnboompitten', 5_560_000, 1]);
    assert.deepEqual([taxPpm, depositMicros], [60_000, 0]);
    assert.deepEqual(
      [rest.brand, rest.category, rest.origin, rest.unit, rest.unitSize, rest.measure, rest.status],
      ['Het warme woud', 'Nuts', 'TR', '100g', 100, 'GRM', 'on-sale'],
    );
  });

  it('shares the price of a crate among the bottles that members take', () => {
    const crate = 'No;7;Apple juice;Crate;;20 Bottle, 0.5 Litre;2;;1;Bottle;1.5;Bottle;8.875;4;;Drinks;NY;Mill';
    const cheese = 'Yes;8;Cheese;Wheel;;4 Kilogram;;;0.1;Kilogram;40;;0;;;Dairy;VT;Farm';
    const { rows, problems } = read(file(crate, cheese), 'foodsoft');
    assert.deepEqual(problems, []);
    assert.deepEqual(
      rows.map((row) => [row.unitPriceMicros, row.unitsPerCase, row.unit, row.status, row.soldBy]),
      [
        [1_500_000, 20, 'bottle', 'out', undefined],
        [10_000_000, 4, 'Kilogram', 'on-sale', 'weight'],
      ],
    );
    assert.deepEqual([rows[0]!.depositMicros, rows[0]!.taxPpm, rows[0]!.minCases], [200_000, 88_750, 2]);
  });

  it('with another head, a ratio that is none or a unit that no ratio names is refused', () => {
    assert.deepEqual(problemsOf('number;name;price\n1;Rice;2', 'foodsoft'), [[1, '', 'wrong_head', '3 / 18']]);
    const row = (ratio: string, unit: string) => `Yes;1;Rice;Sack;;${ratio};;;1;${unit};5;;0;0;;;;`;
    assert.deepEqual(problemsOf(file(row('ten Bag', 'Bag')), 'foodsoft'), [
      [2, 'F (Ratios to supplier order unit)', 'ratio', 'ten Bag'],
    ]);
    assert.deepEqual(problemsOf(file(row('10 Bag', 'Jar')), 'foodsoft'), [[2, 'J (Group order unit)', 'ratio', 'jar']]);
  });
});

describe('any other price file', () => {
  const head = 'SKU,Description,Case Qty,Case Cost,Unit Size,UPC,SRP';

  it('is understood by its head, in either language, with its own marks', () => {
    const spanish =
      'Lista de noviembre;;;\nReferencia;Nombre;Precio unitario;Unidades por caja\nA-1;Piñones;1.234,50;6';
    const { rows, mapping } = read(spanish);
    assert.deepEqual(
      [rows[0]!.sku, rows[0]!.title, rows[0]!.unitPriceMicros, rows[0]!.unitsPerCase, rows[0]!.row],
      ['A-1', 'Piñones', 1_234_500_000, 6, 3],
    );
    assert.deepEqual([mapping.delimiter, mapping.decimal, mapping.skipRows], [';', ',', 2]);
  });

  it('is read by a saved mapping instead, where there is one', () => {
    const mapping = {
      skipRows: 0,
      delimiter: ',',
      columns: { title: 0, sku: 2, unitPrice: 1, tierFrom: 3, tierPrice: 4 },
    };
    const { rows, problems } = read('Oats,2.10,X1,24,1.90', 'generic', mapping as PriceMapping);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [rows[0]!.title, rows[0]!.unitPriceMicros, rows[0]!.tiers],
      ['Oats', 2_100_000, [{ fromUnits: 24, unitPriceMicros: 1_900_000 }]],
    );
    assert.deepEqual(problemsOf('Oats,2.10,X1,24,2.10', 'generic', mapping as PriceMapping), [
      [1, 'E', 'tier', undefined],
    ]);
  });

  it('may be a spreadsheet: shared strings, numbers as they were typed, rows where they stand', () => {
    const file = xlsxFile([
      ['SKU', 'Description', 'Case Qty', 'Case Cost', 'UPC'],
      [28391, 'Nuts & <seeds>', 10, 25.999999999999996, 36000291452],
    ]);
    const { rows, problems } = read(file);
    assert.deepEqual(problems, []);
    const { sku, title, unitsPerCase, unitPriceMicros, gtin } = rows[0]!;
    assert.deepEqual(
      [sku, title, unitsPerCase, unitPriceMicros, gtin],
      ['28391', 'Nuts & <seeds>', 10, 2_600_000, '00036000291452'],
    );
  });

  it('may be a spreadsheet of another program: its own prefixes, sheet name and rich text, no shared strings', () => {
    const main = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
    const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    const text = (value: string) => `<x:c t="inlineStr"><x:is>${value}</x:is></x:c>`;
    const file = zipOf({
      'xl/workbook.xml': `<x:workbook ${main} xmlns:o="${relations}"><x:sheets><x:sheet name="Prices" sheetId="4" o:id="R7"/></x:sheets></x:workbook>`,
      'xl/_rels/workbook.xml.rels':
        '<Relationships><Relationship Id="R1" Target="styles.xml"/><Relationship Id="R7" Target="/xl/worksheets/prices.xml"/></Relationships>',
      'xl/worksheets/prices.xml': `<?xml version="1.0"?><x:worksheet ${main}><x:sheetData>
        <x:row>${text('<x:t>SKU</x:t>')}${text('<x:t>Name</x:t>')}${text('<x:t>Price</x:t>')}</x:row>
        <x:row>${text('<x:t>A1</x:t>')}${text('<x:r><x:t xml:space="preserve">Salt </x:t></x:r><x:r><x:t><![CDATA[& Co]]></x:t></x:r><x:rPh sb="0" eb="1"><x:t>SORUTO</x:t></x:rPh>')}<x:c><x:v>2.5</x:v></x:c></x:row>
      </x:sheetData></x:worksheet>`,
    });
    const { rows, problems } = read(file);
    assert.deepEqual(problems, []);
    assert.deepEqual([rows[0]!.sku, rows[0]!.title, rows[0]!.unitPriceMicros], ['A1', 'Salt & Co', 2_500_000]);
  });

  it('is read in the letters that it was written in', () => {
    const text = 'SKU,Name,Price\n1,Jalapeño añejo,2.00\n2,Crème brûlée,3.00\n';
    const latin = Buffer.from(text, 'latin1');
    // ñ, è, û and é as IBM code page 850 has them.
    const old = Buffer.from(latin.map((byte) => ({ 241: 0xa4, 232: 0x8a, 251: 0x96, 233: 0x82 })[byte] ?? byte));
    const wide = Buffer.from(`\uFEFF${text}`, 'utf16le');
    for (const file of [
      Buffer.from(text),
      latin,
      old,
      wide,
      Buffer.from(wide).swap16(),
      Buffer.from(`\uFEFF${text}`),
    ]) {
      assert.deepEqual(titlesOf(file), ['Jalapeño añejo', 'Crème brûlée']);
    }
    assert.equal(titlesOf(old, 'generic', { encoding: 'windows-1252' })[0], 'Jalape¤o a¤ejo');
    assert.deepEqual(problemsOf(latin, 'generic', { encoding: 'utf-8' }), [[0, '', 'unreadable', undefined]]);
  });

  it('is told row, column and rule of everything that is wrong', () => {
    const file = [
      head,
      '1,Salt,12,24.00,1 LB,036000291452,',
      '=1+1,Salt,12,24.00,,,',
      '3,"=HYPERLINK(""http://x"")",12,24.00,,,',
      '4,Salt,twelve,24.00,,,',
      '5,Salt,12,-2,,,',
      '6,Salt,12,,,,',
      '7,Salt,12,24.00,,036000291453,',
      '',
      '1,Salt again,12,24.00,,,',
      '9,Salt,12,24.00,,,,,1',
      '10,Sa\u202elt,12,24.00,,,',
      `11,${'S'.repeat(81)},12,24.00,,,`,
      ',Salt,12,24.00,,,',
      '13,@SUM(A1),12,+A1,,,',
    ].join('\n');
    assert.deepEqual(problemsOf(file), [
      [3, 'A (SKU)', 'formula', '=1+1'],
      [4, 'B (Description)', 'formula', '=HYPERLINK("http://x")'],
      [5, 'C (Case Qty)', 'whole_number', 'twelve'],
      [6, 'D (Case Cost)', 'price', '-2'],
      [7, 'D (Case Cost)', 'missing', undefined],
      [8, 'F (UPC)', 'check_digit', '036000291453'],
      [10, 'sku', 'duplicate', '1 (2)'],
      [11, '', 'column_count', '9 / 7'],
      [12, 'B (Description)', 'hidden_character', 'Sa\u202elt'],
      [13, 'B (Description)', 'too_long', 'S'.repeat(60)],
      [14, 'A (SKU)', 'missing', undefined],
      [15, 'B (Description)', 'formula', '@SUM(A1)'],
      [15, 'D (Case Cost)', 'formula', '+A1'],
    ]);
    const sheet = xlsxFile([
      ['SKU', 'Name', 'Price'],
      ['1', 'Salt', { formula: 'B7*1.1' }],
    ]);
    assert.deepEqual(problemsOf(sheet), [[2, 'C (Price)', 'formula', '=B7*1.1']]);
  });

  it('that is empty, cut off, or no table at all is one problem', () => {
    const whole = (rule: string) => [[0, '', rule, undefined]];
    assert.deepEqual(problemsOf(''), whole('no_rows'));
    assert.deepEqual(problemsOf('\r\n\r\n'), whole('no_rows'));
    assert.deepEqual(problemsOf(head), whole('no_rows'));
    assert.deepEqual(problemsOf('SKU,Name,Price\n1,"Salt,2'), whole('unreadable'));
    assert.deepEqual(problemsOf(Buffer.from([0, 1, 2, 3, 0, 5])), whole('unreadable'));
    const sheet = xlsxFile([['SKU', 'Name', 'Price']]);
    assert.deepEqual(problemsOf(sheet.subarray(0, sheet.length - 30)), whole('unreadable'));
    assert.deepEqual(problemsOf(zipOf({ 'readme.txt': 'no sheet' })), whole('unreadable'));
    assert.deepEqual(problemsOf('Nombre,Precio\nSal,2'), [[1, 'sku', 'column_unmapped', undefined]]);
  });

  it('may have a hundred thousand rows, and one more is too many', () => {
    const rows = (count: number) =>
      Buffer.from(
        `${head}\n${Array.from({ length: count }, (_, at) => `S${at},Goods ${at},12,24.00,16 OZ,,`).join('\n')}`,
      );
    const { rows: read_, problemCount } = read(rows(100_000));
    assert.deepEqual([read_.length, problemCount, read_.at(-1)!.row], [100_000, 0, 100_001]);
    assert.deepEqual(problemsOf(`${'x,y\n'.repeat(100_200)}`), [[0, '', 'too_many_rows', undefined]]);
  });
});
