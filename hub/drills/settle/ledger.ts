import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Acknowledged } from './lanes/lane.ts';

/** A backup of which the copying began after `from` entries was put back after `to` of them: what lies between may be gone. */
interface Restored {
  readonly restored: { readonly from: number };
}

type Line = Acknowledged | Restored;

/** A file of JSON lines outside the hub's data folder; the process that writes it is never killed. */
export function openSettleLedger(path: string) {
  const file = openSync(path, 'a');
  const write = (line: Line) => void writeSync(file, `${JSON.stringify(line)}\n`);
  let length = 0;
  return {
    add(entry: Acknowledged) {
      length++;
      write(entry);
    },
    length: () => length,
    /** A restored store need not know anything after the first `from` entries. */
    restored: (from: number) => write({ restored: { from } }),
    close: () => closeSync(file),
  };
}

export interface KeptLedger {
  readonly certain: readonly Acknowledged[];
  /** Acknowledged by a life of the hub that a restore took back. */
  readonly perhaps: readonly Acknowledged[];
}

export function readSettleLedger(path: string): KeptLedger {
  const lines = readFileSync(path, 'utf8').split('\n');
  const entries: { entry: Acknowledged; isCertain: boolean }[] = [];
  for (const line of lines.filter((text) => text !== '').map((text) => JSON.parse(text) as Line)) {
    if ('restored' in line) for (const one of entries.slice(line.restored.from)) one.isCertain = false;
    else entries.push({ entry: line, isCertain: true });
  }
  const all = (isCertain: boolean) => entries.filter((one) => one.isCertain === isCertain).map(({ entry }) => entry);
  return { certain: all(true), perhaps: all(false) };
}

/** What people were told of a lane, in words. */
export const told = ({ certain, perhaps }: KeptLedger, lane: string) => {
  const of = (entries: readonly Acknowledged[]) => entries.filter((one) => one.lane === lane).map(({ text }) => text);
  return { certain: of(certain), perhaps: of(perhaps) };
};
