import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readStatement } from './read-statement.ts';
import { depositReferenceOf } from './reference.ts';

const payers = [
  { seat: 7, name: 'Ana Lucía Peña' },
  { seat: 12, name: 'Marcus Hill' },
];
const read = (text: string | Buffer, more: object = {}) =>
  readStatement({ bank: 'Credit Union', content: Buffer.from(text).toString('base64'), payers, ...more });
const shown = (text: string, more?: object) =>
  read(text, more).lines.map(({ bookedOn, amountMicros, payee, memo, seat }) => [
    bookedOn,
    amountMicros,
    payee,
    memo,
    seat,
  ]);

const sgml = `OFXHEADER:100
DATA:OFXSGML
VERSION:102

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>4711</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261101<DTEND>20261121
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261120120000[-5:EST]<TRNAMT>25.00<FITID>A1<NAME>PE&#209;A &amp; CO<MEMO>ST-0007-77</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261121<TRNAMT>-3,50<FITID>A2<NAME>FEE</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>121.50<DTASOF>20261121</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`;
const xml = `<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211"?>
<OFX><STMTRS><CURDEF>USD</CURDEF><BANKACCTFROM><ACCTID>4711</ACCTID></BANKACCTFROM><BANKTRANLIST>
<STMTTRN><DTPOSTED>20261120</DTPOSTED><TRNAMT>25.00</TRNAMT><FITID>A1</FITID><NAME>PE&#xD1;A &amp; CO</NAME><MEMO>ST-0007-77</MEMO></STMTTRN>
<STMTTRN><DTPOSTED>20261121</DTPOSTED><TRNAMT>-3.50</TRNAMT><FITID>A2</FITID><NAME>FEE</NAME></STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>121.50</BALAMT><DTASOF>20261121</DTASOF></LEDGERBAL></STMTRS></OFX>`;

describe('a bank’s file', () => {
  it('is read by its own head, quotes, breaks and debit and credit columns', () => {
    const text =
      'Account 4711\r\n"Posting Date","Description","Debit","Credit","Balance"\r\n11/20/2026,"Zelle from PENA, ANA\nref ST 0007 77","","1,025.00","1,121.50"\r\n11/19/2026,"Fee ""monthly""","3.50","","96.50"\r\n';
    assert.deepEqual(shown(text), [
      ['2026-11-20', 1_025_000_000, '', 'Zelle from PENA, ANA ref ST 0007 77', 7],
      ['2026-11-19', -3_500_000, '', 'Fee "monthly"', undefined],
    ]);
    const { balanceMicros, balanceOn, mapping } = read(text);
    assert.deepEqual({ balanceMicros, balanceOn }, { balanceMicros: 1_121_500_000, balanceOn: '2026-11-20' });
    assert.deepEqual(mapping, {
      delimiter: ',',
      skipRows: 2,
      dateFormat: 'mdy',
      decimal: '.',
      date: 0,
      credit: 3,
      debit: 2,
      memo: 1,
      balance: 4,
    });
  });

  it('may have semicolons, decimal commas and days first', () => {
    const text = 'Fecha;Concepto;Importe\n21.11.2026;Hill, Marcus;1.250,75\n20.11.2026;Comisión;-2,00\n';
    assert.deepEqual(shown(text), [
      ['2026-11-21', 1_250_750_000, '', 'Hill, Marcus', undefined],
      ['2026-11-20', -2_000_000, '', 'Comisión', undefined],
    ]);
    assert.deepEqual(read(text).lines[0]!.candidates, [12]);
  });

  it('is told what is wrong with it, row by row', () => {
    const text =
      'Date,Amount,Memo\n2026-11-21,5.00,ok\n2026-02-30,5.00,no such day\n2026-11-21,five,no figure\n2026-11-22,,none\n';
    assert.deepEqual(read(text).problems, [
      { row: 3, field: 'date', rule: 'must be a day (ymd)' },
      { row: 4, field: 'amount', rule: 'must be an amount' },
      { row: 5, field: 'amount', rule: 'must be an amount' },
    ]);
    assert.equal(read(Buffer.from([0, 1, 2, 3, 4, 5])).lines.length, 0);
  });

  it('says the same in both dialects of OFX', () => {
    const expected = [
      ['2026-11-20', 25_000_000, 'PEÑA & CO', 'ST-0007-77', 7],
      ['2026-11-21', -3_500_000, 'FEE', '', undefined],
    ];
    assert.deepEqual(shown(sgml), expected);
    assert.deepEqual(shown(xml), expected);
    assert.deepEqual(
      read(sgml).lines.map(({ fingerprint }) => fingerprint),
      read(xml).lines.map(({ fingerprint }) => fingerprint),
    );
    assert.equal(read(xml).balanceMicros, 121_500_000);
    assert.equal(read(xml).balanceOn, '2026-11-21');
  });

  it('in another currency, or cut off, is refused', () => {
    assert.deepEqual(read(sgml.replace('USD', 'EUR')).problems, [{ row: 0, field: 'currency', rule: 'must be USD' }]);
    assert.deepEqual(read(sgml.slice(0, sgml.indexOf('</STMTTRN>'))).problems, [
      { row: 1, field: 'file', rule: 'is cut off' },
    ]);
  });

  it('tells equal lines of a day apart, the same way in an overlapping file', () => {
    const row = '2026-11-21,5.00,coffee';
    const prints = (rows: string[]) =>
      read(`Date,Amount,Memo\n${rows.join('\n')}\n`).lines.map((line) => line.fingerprint);
    const [first, second, third] = prints([row, row, row]);
    assert.equal(new Set([first, second, third]).size, 3);
    assert.deepEqual(
      prints([row, '2026-11-22,1.00,x', row]).filter((_, index) => index !== 1),
      [first, second],
    );
    assert.equal(depositReferenceOf(7), 'ST-0007-77');
  });
});
