import type { Tile } from '../../api/types.ts';

/** Stands for everything that does not begin with a letter: apartments and numbers. */
export const NO_LETTER = '#';

/** The letter under which a tile is found: without accent, upper case. */
export function letterOf(tile: Pick<Tile, 'label'>): string {
  const first = tile.label.trim().normalize('NFD').charAt(0).toLocaleUpperCase('en');
  return /\p{L}/u.test(first) ? first : NO_LETTER;
}

/** Letters that tiles begin with, in order, numbers last. */
export function lettersOf(tiles: readonly Pick<Tile, 'label'>[]): string[] {
  const letters = new Set(tiles.map(letterOf));
  const sorted = [...letters].filter((letter) => letter !== NO_LETTER).sort((a, b) => a.localeCompare(b));
  return letters.has(NO_LETTER) ? [...sorted, NO_LETTER] : sorted;
}

/** Tiles by their label as people sort names. */
export function sortTiles<T extends Pick<Tile, 'label'>>(tiles: readonly T[], locale: string): T[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return tiles.toSorted((a, b) => compare(a.label, b.label));
}
