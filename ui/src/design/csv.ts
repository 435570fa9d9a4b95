export interface Column<T> {
  id: string;
  head: string;
  /** The cell in words; also for the filter, and for the file unless `raw` is given. */
  text: (row: T) => string;
  /** The cell for the file: plain numbers, full times. */
  raw?: (row: T) => string;
  isNumber?: boolean;
  /** Long text that may break into lines. */
  isLong?: boolean;
  /** Drawn by the table's `cell` snippet. */
  isDrawn?: boolean;
}

/** The rows as CSV (RFC 4180, with a mark so that spreadsheets read it as UTF-8). */
export function toCsv<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const lines = [
    columns.map((column) => column.head),
    ...rows.map((row) => columns.map((column) => (column.raw ?? column.text)(row))),
  ];
  return `\uFEFF${lines.map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}

/** A text that a spreadsheet would take for a formula is kept a text. */
function field(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
