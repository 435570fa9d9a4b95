import { type Phone, phonesIn } from '../day/building.ts';

/** Who lives through the drill. */
export interface Cast {
  /** Members without an office. */
  readonly residents: readonly Phone[];
  readonly treasurer: Phone;
  readonly officers: Readonly<Record<'gardener' | 'certifier' | 'coordinator', Phone>>;
  /** Everybody's, acting or not. */
  readonly seats: readonly number[];
}

/** Phones for those who act in the stopped building in `dir`. */
export async function castOfSettling(dir: string, residentCount: number): Promise<Cast> {
  const { people, phoneOf, close } = await phonesIn(dir);
  try {
    const holding = (role: string) => phoneOf(people.find(({ roles }) => roles.includes(role as never))!);
    const residents = people.filter(({ roles }) => roles.length === 1).slice(0, residentCount);
    return {
      residents: await Promise.all(residents.map(phoneOf)),
      treasurer: await holding('treasurer'),
      officers: {
        gardener: await holding('gardener'),
        certifier: await holding('certifier'),
        coordinator: await holding('coordinator'),
      },
      seats: people.map(({ seat }) => seat),
    };
  } finally {
    await close();
  }
}
