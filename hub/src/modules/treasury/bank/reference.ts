import type { SeatNumber } from '../../../platform/ports/index.ts';

/** What a member writes on a transfer: `ST-0007-77`. The last two figures check the others (ISO 7064, mod 97-10). */
export function depositReferenceOf(seat: SeatNumber): string {
  const figures = String(seat).padStart(4, '0');
  return `ST-${figures}-${checkOf(figures)}`;
}

const checkOf = (figures: string): string => String(98 - ((Number(figures) * 100) % 97)).padStart(2, '0');

/** Letters that eyes and scanners take for figures. */
const figureOf: Readonly<Record<string, string>> = { O: '0', Q: '0', D: '0', I: '1', L: '1', Z: '2', S: '5', B: '8' };
const marked = /S[\s\-._/]*T[\s\-._/:#*]*((?:[0-9OQDILZSB][\s\-._/]*){6,10})/g;

/** The seats that a bank's text names, each by a whole reference whose check is right; and whether one was spoilt. */
export function seatsNamedIn(text: string): { readonly seats: readonly SeatNumber[]; readonly isSpoilt: boolean } {
  const seats = new Set<SeatNumber>();
  let isSpoilt = false;
  const upper = text.normalize('NFKD').toUpperCase();
  // Looked for at every place: an S and a T may stand in a name just before.
  for (let from = upper.indexOf('S'); from >= 0; from = upper.indexOf('S', from + 1)) {
    marked.lastIndex = from;
    const match = marked.exec(upper);
    if (!match) break;
    if (match.index !== from) continue;
    const seat = seatOf(match[1]!.split(/[\s\-._/]+/).map(figuresIn));
    if (seat === undefined) isSpoilt = true;
    else seats.add(seat);
  }
  return { seats: [...seats], isSpoilt };
}

const figuresIn = (group: string) => group.replace(/\D/g, (letter) => figureOf[letter]!);

/** The seat of a reference's groups of figures; written without gaps, only when no other seat could be meant. */
function seatOf(groups: readonly string[]): SeatNumber | undefined {
  const [head = '', check] = groups;
  if (head.length >= 4 && check?.length === 2) return isReference(head, check) ? Number(head) : undefined;
  const figures = groups.join('');
  const heads = Array.from({ length: Math.max(0, figures.length - 5) }, (_, index) => figures.slice(0, index + 4));
  const possible = heads.filter((one) => isReference(one, figures.slice(one.length, one.length + 2)));
  return possible.length === 1 ? Number(possible[0]) : undefined;
}

const isReference = (head: string, check: string): boolean =>
  checkOf(head) === check && Number(head) > 0 && (head.length === 4 || !head.startsWith('0'));
