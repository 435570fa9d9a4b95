import { readFoodsoft } from './foodsoft.ts';
import { readGeneric } from './generic.ts';
import { refused } from './mapped-rows.ts';
import type { PriceFormat, PriceMapping, ReadPriceFile } from './price-files.schema.ts';
import { type PriceTable, readTable } from './price-table.ts';
import { readUnfi } from './unfi.ts';

/** What a further format is: one function over the file's cells. */
export type PriceFileReader = (table: PriceTable, mapping: PriceMapping) => ReadPriceFile;

const readers: Readonly<Record<PriceFormat, PriceFileReader>> = {
  unfi: readUnfi,
  foodsoft: readFoodsoft,
  generic: readGeneric,
};

/** The articles of a supplier's price file and everything that is wrong with it. Pure; never throws for what it is given. */
export function readPriceFile(bytes: Uint8Array, format: PriceFormat, mapping: PriceMapping): ReadPriceFile {
  const table = readTable(bytes, mapping);
  if (typeof table === 'string') return refused({ row: 0, column: '', rule: table }, mapping);
  return readers[format](table, mapping);
}
