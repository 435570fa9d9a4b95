import type { SeatNumber } from '../../../platform/ports/index.ts';
import type { BankEntry } from './bank.schema.ts';
import { seatsNamedIn } from './reference.ts';

export interface Payer {
  readonly seat: SeatNumber;
  readonly name: string;
}

export interface Finding {
  /** The one member whose reference it bears. */
  readonly seat?: SeatNumber;
  /** Whom the treasurer may choose from, likeliest first. */
  readonly candidates: readonly SeatNumber[];
  readonly note?: 'no_reference' | 'several_references' | 'spoilt_reference' | 'unknown_reference' | 'name_only';
}

const most = 5;
const wordsOf = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 1);

/** Whose money it is. Only one whole reference decides; a name, however like, is for the treasurer to judge. */
export function createMatcher(payers: readonly Payer[]): (entry: BankEntry) => Finding {
  const known = new Set(payers.map(({ seat }) => seat));
  const named = payers.map(({ seat, name }) => ({ seat, words: wordsOf(name) }));

  function byName(words: ReadonlySet<string>): SeatNumber[] {
    return named
      .map((payer) => ({ ...payer, hits: payer.words.filter((word) => words.has(word)).length }))
      .filter(({ hits, words: all }) => hits > 0 && hits >= Math.min(2, all.length))
      .sort((a, b) => b.hits - a.hits || a.seat - b.seat)
      .slice(0, most)
      .map(({ seat }) => seat);
  }

  return ({ payee, memo, reference, amountMicros }) => {
    if (amountMicros < 0) return { candidates: [] };
    const { seats, isSpoilt } = seatsNamedIn(`${memo} | ${payee} | ${reference ?? ''}`);
    const ours = seats.filter((seat) => known.has(seat));
    if (ours.length === 1 && seats.length === 1) return { seat: ours[0], candidates: [] };
    if (seats.length > 1) return { candidates: ours.slice(0, most), note: 'several_references' };
    const candidates = byName(new Set(wordsOf(`${payee} ${memo}`)));
    if (seats.length === 1) return { candidates, note: 'unknown_reference' };
    if (isSpoilt) return { candidates, note: 'spoilt_reference' };
    return { candidates, note: candidates.length > 0 ? 'name_only' : 'no_reference' };
  };
}
