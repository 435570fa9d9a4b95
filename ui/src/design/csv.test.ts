import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Column, toCsv } from './csv.ts';

interface Row {
  name: string;
  amount: number;
}
const columns: Column<Row>[] = [
  { id: 'name', head: 'Name', text: (row) => row.name },
  { id: 'amount', head: 'Amount', text: (row) => `$${row.amount}`, raw: (row) => String(row.amount) },
];
const csv = (...rows: Row[]) => toCsv(columns, rows).replace('\uFEFF', '');

test('a head and a line per row, raw values in the file', () => {
  assert.equal(csv({ name: 'Ana', amount: 12.5 }), 'Name,Amount\r\nAna,12.5\r\n');
});

test('commas, quotes and line breaks are quoted', () => {
  assert.equal(csv({ name: 'Díaz, "Lupe"\nB', amount: 1 }), 'Name,Amount\r\n"Díaz, ""Lupe""\nB",1\r\n');
});

test('a text that looks like a formula stays a text, a negative number a number', () => {
  assert.equal(csv({ name: '=1+1', amount: -3 }), "Name,Amount\r\n'=1+1,-3\r\n");
  assert.equal(csv({ name: '@SUM(A1)', amount: 0 }), "Name,Amount\r\n'@SUM(A1),0\r\n");
});

test('no rows is a head alone', () => {
  assert.equal(csv(), 'Name,Amount\r\n');
});
