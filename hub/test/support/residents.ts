import type { DemoPerson } from '../../src/modules/demo/index.ts';
import { createPin } from '../../src/modules/members/index.ts';
import { system } from '../../src/platform/ports/index.ts';
import type { Browser } from './browser.ts';
import type { TestHub } from './create-test-hub.ts';

const founder = system('test');

/** Two keys are stretched at once, no more; whoever asks for a third waits. */
export async function twoAtATime<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const done: Out[] = [];
  for (let index = 0; index < items.length; index += 2) {
    done.push(...(await Promise.all(items.slice(index, index + 2).map(work))));
  }
  return done;
}

/** Enrols people with money until `count` live in the house; the chain does not know the new seats. */
export async function enrolUpTo(house: TestHub, count: number, depositMicros = 100_000_000): Promise<DemoPerson[]> {
  const { members, treasury } = house.hub.building!;
  const missing = Array.from({ length: count - house.people.length }, (_, index) => `Neighbour ${index + 1}`);
  const more = await twoAtATime(missing, async (name): Promise<DemoPerson> => {
    const pin = createPin();
    const person = { name, seatClass: 'resident', roles: ['resident'], pin } as const;
    const { seat, recoveryCode } = await members.enrol(founder, person);
    await treasury.deposit(founder, { seat, amountMicros: depositMicros, reference: `TEST-${seat}` });
    return { seat, name, pin, recoveryCode, roles: [] };
  });
  return [...house.people, ...more];
}

/** A phone for each of them; all may sign for the next five minutes. */
export const phonesOf = (house: TestHub, people: readonly DemoPerson[]): Promise<Browser[]> =>
  twoAtATime(people, (person) => house.phone(person));
