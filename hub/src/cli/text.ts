/** Columns as wide as their widest cell, two spaces between. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Local time to the second. */
export function timeOf(atMs: number): string {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

const steps = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
] as const;

/** `3 hours`; less than a second is `a moment`. */
export function spanOf(ms: number): string {
  const step = steps.find(([size]) => ms >= size);
  if (!step) return 'a moment';
  const count = Math.floor(ms / step[0]);
  return `${count} ${step[1]}${count === 1 ? '' : 's'}`;
}

/** `12.5` of 12_500_000 micro-units; cents at least. */
export function moneyOf(micros: number): string {
  const [whole, part = ''] = (micros / 1_000_000).toFixed(6).split('.');
  return `${whole}.${part.replace(/0{1,4}$/, '')}`;
}

/** `1.5 GB`. */
export function sizeOf(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
