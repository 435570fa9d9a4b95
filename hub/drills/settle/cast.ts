import { officerKeysOf } from '../../test/support/officers.ts';
import { type Phone, phonesIn } from '../day/building.ts';

/** Who lives through the drill. */
export interface Cast {
  /** Members without an office. */
  readonly residents: readonly Phone[];
  readonly treasurer: Phone;
  readonly officers: Readonly<Record<'gardener' | 'certifier' | 'coordinator', Phone>>;
  /** Two of the board, who ask and second. */
  readonly board: readonly [Phone, Phone];
  /** Its keys, which its members hold themselves. */
  readonly boardKeys: readonly string[];
  /** Everybody else: their keys are asked for by mistake, and their money goes round in chains. */
  readonly others: readonly Phone[];
  /** Everybody's, acting or not. */
  readonly seats: readonly number[];
}

/** Phones for those who act in the stopped building in `dir`. */
export async function castOfSettling(dir: string, residentCount: number): Promise<Cast> {
  const { people, phoneOf, close } = await phonesIn(dir);
  try {
    const holding = (role: string) => phoneOf(people.find(({ roles }) => roles.includes(role as never))!);
    const residents = people.filter(({ roles }) => roles.length === 0).slice(0, residentCount);
    const board = people.filter(({ roles }) => roles.includes('board'));
    const officers = {
      gardener: await holding('gardener'),
      certifier: await holding('certifier'),
      coordinator: await holding('coordinator'),
    };
    const treasurer = await holding('treasurer');
    const [first, second] = [board[1]!, board[2]!];
    const taken = new Set([...residents, ...Object.values(officers), treasurer, first, second].map(({ seat }) => seat));
    const { board: boardKeys } = await officerKeysOf(dir);
    return {
      residents: await Promise.all(residents.map(phoneOf)),
      treasurer,
      officers,
      board: [await phoneOf(first), await phoneOf(second)],
      boardKeys,
      others: await Promise.all(people.filter(({ seat }) => !taken.has(seat)).map(phoneOf)),
      seats: people.map(({ seat }) => seat),
    };
  } finally {
    await close();
  }
}
