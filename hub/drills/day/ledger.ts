import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Something that the hub acknowledged to the client: an HTTP 2xx on an action, or a PUBACK. */
export type Acknowledged =
  | { readonly what: 'opened'; readonly title: string; readonly orderId: string }
  | ({ readonly what: 'joined' | 'changed'; readonly orderId: string; readonly seat: number } & {
      readonly units: number;
      readonly amountMicros: number;
    })
  | { readonly what: 'left'; readonly orderId: string; readonly seat: number }
  | { readonly what: 'deposited'; readonly reference: string; readonly seat: number; readonly amountMicros: number }
  | { readonly what: 'measured'; readonly device: string; readonly metric: string; readonly sequence: number };

export interface Ledger {
  add(entry: Acknowledged): void;
  close(): void;
}

/** A file of JSON lines outside the hub's data folder; the process that writes it is never killed. */
export function openLedger(path: string): Ledger {
  const file = openSync(path, 'a');
  return {
    add: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`),
    close: () => closeSync(file),
  };
}

export function readLedger(path: string): Acknowledged[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Acknowledged);
}
