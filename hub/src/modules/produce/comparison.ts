import { createJournal } from '../../journal/index.ts';
import type { Hex, Reader, Reads, SeatNumber, Store } from '../../platform/ports/index.ts';
import { certifiedLots } from './lots.store.ts';
import { expectedGrams } from './moves.store.ts';

const gro = createJournal('GRO', () => []);
const pageSize = 100;

interface Expected {
  readonly seat: SeatNumber;
  readonly address: Hex;
  readonly tokenId: string;
  readonly what: string;
  readonly amount: number;
}

export interface ComparisonDeps {
  readonly store: Store;
  readonly reads: () => Reads | undefined;
  readonly seats: (reader: Reader) => readonly { readonly seat: SeatNumber; readonly addresses: readonly Hex[] }[];
}

/**
 * Where the journal and the finalized chain disagree about grams and GRO, seat by seat and lot by lot; undefined without a
 * line. What waits for the chain is counted as not there yet.
 */
export async function produceDifferences(deps: ComparisonDeps): Promise<string[] | undefined> {
  const reads = deps.reads();
  if (!reads?.isOnline()) return undefined;
  const expected = deps.store.read((reader) => expectedOf(reader, deps.seats(reader)));
  const found = new Map<string, number>();
  const keyOf = ({ seat, tokenId }: Expected) => `${seat}/${tokenId}`;
  for (let from = 0; from < expected.length; from += pageSize) {
    const page = expected.slice(from, from + pageSize);
    const args = [page.map(({ address }) => address), page.map(({ tokenId }) => tokenId)];
    const amounts = await reads.read<bigint[]>({ contract: 'GroToken', fn: 'balanceOfBatch', args }, 'finalized');
    for (const [at, one] of page.entries()) found.set(keyOf(one), (found.get(keyOf(one)) ?? 0) + Number(amounts[at]));
  }
  const bySeat = new Map(expected.map((one) => [keyOf(one), one]));
  return [...bySeat].flatMap(([key, { seat, what, amount }]) =>
    found.get(key) === amount ? [] : [`seat ${seat}, ${what}: journal ${amount}, chain ${found.get(key)}`],
  );
}

/** One line per key of a seat; each carries the whole amount that the seat's keys hold together. */
function expectedOf(
  reader: Reader,
  seats: readonly { readonly seat: SeatNumber; readonly addresses: readonly Hex[] }[],
): Expected[] {
  const lots = certifiedLots(reader);
  const grams = new Map(expectedGrams(reader).map((row) => [`${row.lotId}/${row.seat}`, row.grams]));
  return seats.flatMap(({ seat, addresses }) =>
    addresses.flatMap((address) => [
      { seat, address, tokenId: '0', what: 'GRO', amount: gro.balance(reader, seat).availableMicros },
      ...lots.map(({ rowId, id, tokenId }) => ({
        seat,
        address,
        tokenId: tokenId!,
        what: `lot ${id}`,
        amount: grams.get(`${rowId}/${seat}`) ?? 0,
      })),
    ]),
  );
}
