/** Rows as CSV (RFC 4180); a text that a spreadsheet would take for a formula is kept a text. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(field).join(',')).join('\r\n')}\r\n`;
}

function field(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Micro-units as a plain figure with two decimals, six where there are fractions of a cent. */
export function plainAmount(micros: number): string {
  const size = Math.abs(micros);
  const whole = Math.floor(size / 1_000_000);
  const rest = String(size % 1_000_000).padStart(6, '0');
  return `${micros < 0 ? '-' : ''}${whole}.${rest.endsWith('0000') ? rest.slice(0, 2) : rest}`;
}
