import type { Reader } from '../../../src/platform/ports/index.ts';
import type { ChainEvents } from './chain-events.ts';

const keys = 'SELECT seat, address FROM members UNION SELECT seat, address FROM seat_keys';

/** Whose an address is or was. */
export function seatAddresses(reader: Reader): (address: string) => number | undefined {
  const rows = reader.prepare(keys).all<{ seat: number; address: string }>();
  const seats = new Map(rows.map(({ seat, address }) => [address.toLowerCase(), seat]));
  return (address) => seats.get(address.toLowerCase());
}

/** A seat's own money in the journal: free and set aside. Nothing is on its way any more. */
const journalOf = `SELECT a.owner, SUM(a.balance_micros) AS micros FROM accounts a JOIN currencies c ON c.id = a.currency_id
  WHERE c.code = 'FUSD' AND a.owner LIKE 'seat:%' AND a.kind IN ('available', 'held') GROUP BY a.owner`;

/** Seat by seat, what the journal and the chain say; how far they are apart in all. */
export function seatMoney(reader: Reader, events: ChainEvents): { driftMicros: number; differences: string[] } {
  const journal = new Map(
    reader
      .prepare(journalOf)
      .all<{ owner: string; micros: number }>()
      .map(({ owner, micros }) => [Number(owner.slice('seat:'.length)), micros]),
  );
  const chain = new Map<number, number>();
  for (const { seat, address } of reader.prepare(keys).all<{ seat: number; address: string }>())
    chain.set(seat, (chain.get(seat) ?? 0) + events.balanceOf(address));
  let driftMicros = 0;
  const differences: string[] = [];
  for (const seat of new Set([...journal.keys(), ...chain.keys()])) {
    const [here, there] = [journal.get(seat) ?? 0, chain.get(seat) ?? 0];
    if (here === there) continue;
    driftMicros += Math.abs(here - there);
    differences.push(`seat ${seat}: the journal says ${here}, the chain ${there}`);
  }
  return { driftMicros, differences };
}
