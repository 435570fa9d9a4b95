import type { Role } from '../../hub/src/platform/ports/index.ts';

export interface Person {
  readonly name: string;
  readonly dwelling: string;
  readonly language: 'en' | 'es';
  readonly roles: readonly Role[];
}

const person = (name: string, dwelling: string, language: 'en' | 'es', ...roles: Role[]): Person => ({
  name,
  dwelling,
  language,
  roles,
});

/** Twenty-four seats of an invented building on the Grand Concourse. */
export const people: readonly Person[] = [
  person('Rosa Delgado', '1A', 'es'),
  person('Marcus Hill', '1A', 'en', 'treasurer'),
  person('Ana Lucía Peña', '1B', 'es', 'gardener'),
  person('Denise Carter', '1C', 'en', 'coordinator', 'board'),
  person('Efraín Ortiz', '2A', 'es'),
  person('Fatou Diallo', '2B', 'en', 'board'),
  person('George Whitfield', '2C', 'en', 'maintainer'),
  person('Hilda Vega', '2D', 'es'),
  person('Isaac Boateng', '3A', 'en'),
  person('Juana Rosario', '3A', 'es', 'board'),
  person('Keisha Brown', '3B', 'en', 'creator'),
  person('Luis Ángel Cruz', '3C', 'es'),
  person('Mei Chen', '3D', 'en', 'gardener'),
  person('Nelson Figueroa', '4A', 'es'),
  person('Olga Petrova', '4B', 'en'),
  person('Pedro Santana', '4B', 'es', 'coordinator'),
  person('Queenie Adams', '4C', 'en'),
  person('Ramón Batista', '4D', 'es', 'certifier'),
  person('Shanice Wright', '5A', 'en', 'creator'),
  person('Tomás Guzmán', '5B', 'es'),
  person('Uchenna Obi', '5C', 'en'),
  person('Virginia Matos', '5D', 'es'),
  person('Winston Clarke', '6A', 'en'),
  person('Ximena Rojas', '6B', 'es'),
];

/** The one whose phone the demonstration hands to its visitor. */
export const residentName = 'Rosa Delgado';
