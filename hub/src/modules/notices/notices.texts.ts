export type Language = 'en' | 'es';

export interface NoticeFacts {
  readonly building: string;
  readonly kind: 'fault.raised' | 'fault.cleared';
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
}

export interface LetterText {
  readonly subject: string;
  readonly text: string;
}

type Words = Record<NoticeFacts['kind'], (facts: NoticeFacts, when: string) => LetterText>;

const words: Record<Language, Words> = {
  en: {
    'fault.raised': ({ building, code, message }, when) => ({
      subject: `${building}: something needs you`,
      text: `Something in the hub of ${building} needs a person.

${message}

Since: ${when}
Its name in the log: ${code}

The hub goes on with everything else. You get one more letter when this is over.
The hub wrote this letter by itself; nobody reads answers to it.
`,
    }),
    'fault.cleared': ({ building, code }, when) => ({
      subject: `${building}: that is over`,
      text: `What the hub of ${building} wrote to you about is over. You need not do anything.

Over since: ${when}
Its name in the log: ${code}
`,
    }),
  },
  es: {
    'fault.raised': ({ building, code, message }, when) => ({
      subject: `${building}: algo necesita de usted`,
      text: `Algo en el hub de ${building} necesita a una persona.

En palabras del hub (en inglés): ${message}

Desde: ${when}
Su nombre en el registro: ${code}

El hub sigue con todo lo demás. Recibirá otra carta cuando esto haya pasado.
El hub escribió esta carta por sí solo; nadie lee las respuestas.
`,
    }),
    'fault.cleared': ({ building, code }, when) => ({
      subject: `${building}: eso ya pasó`,
      text: `Lo que el hub de ${building} le había escrito ya pasó. No tiene que hacer nada.

Desde: ${when}
Su nombre en el registro: ${code}
`,
    }),
  },
};

/** The letter in its reader's language; times are the building's. */
export function letterText(language: Language, facts: NoticeFacts): LetterText {
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(facts.atMs);
  return words[language][facts.kind](facts, when);
}
