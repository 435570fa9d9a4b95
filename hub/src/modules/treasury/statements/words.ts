/** What stands on paper, in the language of the one who reads it. */
export const paper = {
  en: {
    statement: 'Account statement',
    member: 'Member',
    seat: 'Seat',
    period: 'From {from} to {to}',
    opening: 'Free to use before',
    closing: 'Free to use after',
    day: 'Day',
    what: 'What',
    amount: 'Amount',
    balance: 'Free to use',
    made: 'Made on {when}',
    page: 'Page {page} of {pages}',
    receipt: 'Receipt',
    receivedFrom: 'Received from',
    cash: 'Cash',
    'money-order': 'Money order no. {document}',
    by: 'Taken by',
    when: 'When',
    booked: 'Booked as Food-USD, free to use at once. This paper is the proof; keep it.',
    signature: 'Signature',
    none: 'Nothing moved in this time.',
    kinds: {
      deposit: 'Deposit',
      hold: 'Set aside',
      release: 'Free again',
      charge: 'Paid',
      reversal: 'Corrected',
      foreign: 'Moved by your own wallet',
      redemption: 'Paid out',
      transfer: 'From neighbour to neighbour',
      correction: 'Made good by the co-op',
      owe: 'Owed',
    },
  },
  es: {
    statement: 'Estado de cuenta',
    member: 'Miembro',
    seat: 'Puesto',
    period: 'Del {from} al {to}',
    opening: 'Disponible antes',
    closing: 'Disponible después',
    day: 'Día',
    what: 'Qué',
    amount: 'Cantidad',
    balance: 'Disponible',
    made: 'Hecho el {when}',
    page: 'Página {page} de {pages}',
    receipt: 'Recibo',
    receivedFrom: 'Recibido de',
    cash: 'Efectivo',
    'money-order': 'Giro postal n.º {document}',
    by: 'Recibido por',
    when: 'Cuándo',
    booked: 'Anotado como Food-USD, disponible enseguida. Este papel es el comprobante; guárdelo.',
    signature: 'Firma',
    none: 'Nada se movió en este tiempo.',
    kinds: {
      deposit: 'Depósito',
      hold: 'Apartado',
      release: 'Disponible otra vez',
      charge: 'Pagado',
      reversal: 'Corregido',
      foreign: 'Movido por su propia cartera',
      redemption: 'Pagado en su banco',
      transfer: 'De vecino a vecino',
      correction: 'Compensado por la cooperativa',
      owe: 'Debido',
    },
  },
} as const;

export type Language = keyof typeof paper;

const locales: Record<Language, string> = { en: 'en-US', es: 'es-US' };

export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** Dollars and cents with the sign before them; micro-units beyond the cent are shown when there are any. */
export function money(micros: number, language: Language): string {
  const digits = micros % 10_000 === 0 ? 2 : 6;
  const format = new Intl.NumberFormat(locales[language], { minimumFractionDigits: 2, maximumFractionDigits: digits });
  return `${micros < 0 ? '-' : ''}$${format.format(Math.abs(micros) / 1_000_000)}`;
}

export const dayAndHour = (ms: number, language: Language): string =>
  new Intl.DateTimeFormat(locales[language], { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
export const day = (ms: number, language: Language): string =>
  new Intl.DateTimeFormat(locales[language], { dateStyle: 'medium' }).format(ms);

export function kindWord(kind: string, language: Language): string {
  const kinds: Readonly<Record<string, string>> = paper[language].kinds;
  return kinds[kind] ?? kind;
}
