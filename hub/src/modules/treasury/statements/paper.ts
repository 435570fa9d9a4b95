import { day, dayAndHour, fill, kindWord, type Language, money, paper } from './words.ts';

export interface StatementPaper {
  readonly what: 'statement';
  readonly building: string;
  readonly member: string;
  readonly seat: number;
  readonly reference: string;
  readonly fromMs: number;
  /** The last moment that it covers. */
  readonly toMs: number;
  readonly madeAtMs: number;
  readonly openingMicros: number;
  readonly rows: readonly {
    readonly atMs: number;
    readonly kind: string;
    readonly title: string;
    readonly amountMicros: number;
  }[];
  readonly language: Language;
}

export interface ReceiptPaper {
  readonly what: 'receipt';
  readonly building: string;
  readonly name: string;
  readonly kind: 'cash' | 'money-order';
  readonly document?: string;
  readonly member: string;
  readonly seat: number;
  readonly by: string;
  readonly atMs: number;
  readonly amountMicros: number;
  readonly language: Language;
}

type Doc = PDFKit.PDFDocument;
const margin = 56;
const columns = { day: margin, what: 150, amount: 390, balance: 470 } as const;
const width = { what: 230, number: 70 } as const;
const bottom = 700;

/** Draws a statement or a receipt as PDF (letter size). Runs in a worker; the library is loaded on first use. */
export async function printPaper(input: StatementPaper | ReceiptPaper): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit');
  const title =
    input.what === 'receipt' ? `${paper[input.language].receipt} ${input.name}` : paper[input.language].statement;
  const doc = new PDFDocument({
    size: 'LETTER',
    margin,
    bufferPages: true,
    lang: input.language,
    info: { Title: title },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => doc.on('end', resolve));
  doc.font('Helvetica-Bold').fontSize(11).text(written(input.building));
  doc.fontSize(20).text(title).moveDown(0.5);
  if (input.what === 'receipt') drawReceipt(doc, input);
  else drawStatement(doc, input);
  numberPages(doc, input.language);
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

/** The built-in letters know Windows-1252; what lies beyond is written without its marks, or as a question mark. */
export const written = (text: string): string =>
  text.replace(/[^\n\u0020-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac]/gu, (letter) => {
    const bare = letter.normalize('NFKD').replace(/\p{M}/gu, '');
    return /^[\u0020-\u00ff]+$/.test(bare) ? bare : '?';
  });

function drawReceipt(doc: Doc, receipt: ReceiptPaper): void {
  const { language } = receipt;
  const words = paper[language];
  const rows: [string, string][] = [
    [words.receivedFrom, `${receipt.member} (${words.seat} ${receipt.seat})`],
    [words.amount, money(receipt.amountMicros, language)],
    [words.what, fill(words[receipt.kind], { document: receipt.document ?? '' })],
    [words.when, dayAndHour(receipt.atMs, language)],
    [words.by, receipt.by],
  ];
  doc.fontSize(12);
  for (const [label, value] of rows) {
    const y = doc.y + 8;
    doc.font('Helvetica').text(label, margin, y, { width: 150 });
    doc.font('Helvetica-Bold').text(written(value), 200, y, { width: 350 });
  }
  doc.font('Helvetica').moveDown(2).text(words.booked, margin, doc.y, { width: 490 });
  doc.moveDown(4).text('_'.repeat(40)).fontSize(10).text(words.signature);
}

function drawStatement(doc: Doc, statement: StatementPaper): void {
  const { language, openingMicros, rows } = statement;
  const words = paper[language];
  const period = { from: day(statement.fromMs, language), to: day(statement.toMs, language) };
  doc.font('Helvetica').fontSize(11);
  doc.text(`${words.member}: ${written(statement.member)}   ${words.seat} ${statement.seat}   ${statement.reference}`);
  doc.text(fill(words.period, period));
  doc.text(fill(words.made, { when: dayAndHour(statement.madeAtMs, language) })).moveDown();
  head(doc, language);
  let balance = openingMicros;
  line(doc, ['', words.opening, '', money(balance, language)], true);
  for (const row of rows) {
    if (doc.y > bottom) {
      doc.addPage();
      head(doc, language);
    }
    balance += row.amountMicros;
    const what = row.title ? `${kindWord(row.kind, language)} · ${row.title}` : kindWord(row.kind, language);
    line(doc, [day(row.atMs, language), what, money(row.amountMicros, language), money(balance, language)]);
  }
  if (rows.length === 0) line(doc, ['', words.none, '', '']);
  line(doc, ['', words.closing, '', money(balance, language)], true);
}

function head(doc: Doc, language: Language): void {
  const words = paper[language];
  line(doc, [words.day, words.what, words.amount, words.balance], true);
  doc.moveTo(margin, doc.y).lineTo(556, doc.y).lineWidth(0.5).stroke().moveDown(0.3);
}

function line(doc: Doc, cells: readonly [string, string, string, string], isBold = false): void {
  const { y } = doc;
  doc.font(isBold ? 'Helvetica-Bold' : 'Helvetica').fontSize(10);
  doc.text(written(cells[0]), columns.day, y, { width: 90, lineBreak: false });
  doc.text(cells[2], columns.amount, y, { width: width.number, align: 'right', lineBreak: false });
  doc.text(cells[3], columns.balance, y, { width: width.number + 16, align: 'right', lineBreak: false });
  doc.text(written(cells[1]), columns.what, y, { width: width.what });
  doc.moveDown(0.25);
}

function numberPages(doc: Doc, language: Language): void {
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page);
    // Below the margin a text would begin a page of its own.
    doc.page.margins.bottom = 0;
    const text = fill(paper[language].page, { page: page + 1, pages: count });
    doc.font('Helvetica').fontSize(9).text(text, margin, 750, { width: 500, align: 'center', lineBreak: false });
  }
}
