import { unknown, type Wrong } from './wrong.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const statement = { bank: 'Bank', fileName: 'nov.csv', content: base64('Date,Amount\n2026-11-20,1.00\n') };
const mapping = { delimiter: ',', skipRows: 1, dateFormat: 'ymd', decimal: '.', date: 0, amount: 1 };

/** Files of a bank that cannot be read, and words about its lines that cannot be. */
export function wrongBankFiles(): Wrong[] {
  const file = (name: string, more: object, expected: Wrong[4]): Wrong => [
    `a bank’s file ${name}`,
    'treasurer',
    'POST /api/bank/statements',
    { ...statement, ...more },
    expected,
  ];
  return [
    file('without a bank', { bank: ' ' }, '400 bad_request bank'),
    file('that is no base64', { content: 'a,b;c' }, '400 bad_request content'),
    file('without a line', { content: base64('Date,Amount\n') }, '400 bad_request content'),
    file('of noise', { content: base64('\u0000\u0001\u0002\u0003') }, '400 bad_request content'),
    file('with a column that is none', { mapping: { ...mapping, date: -1 } }, '400 bad_request mapping.date'),
    file('with another mark', { mapping: { ...mapping, delimiter: '#' } }, '400 bad_request mapping.delimiter'),
    file(
      'with days that are none',
      { content: base64('Date,Amount\n2026-02-30,1\n'), mapping },
      '400 bad_request date, row 2',
    ),
    file(
      'with words for amounts',
      { content: base64('Date,Amount\n2026-02-03,one\n'), mapping },
      '400 bad_request amount, row 2',
    ),
    file(
      'in euros',
      { content: base64('<OFX><CURDEF>EUR<STMTTRN><DTPOSTED>20261120<TRNAMT>1<FITID>1</STMTTRN></OFX>') },
      '400 bad_request currency, row 0',
    ),
    file('of 5 MB', { content: 'A'.repeat(5_000_000) }, '413 body_too_large'),
    [
      'whose a line is that is none',
      'treasurer',
      `POST /api/bank/lines/${unknown}/match`,
      { seat: 1 },
      '404 not_found',
    ],
    [
      'what a line is that is none',
      'treasurer',
      `POST /api/bank/lines/${unknown}/explain`,
      { cause: 'fee' },
      '404 not_found',
    ],
    ['undoing a line that is none', 'treasurer', `POST /api/bank/lines/${unknown}/undo`, undefined, '404 not_found'],
    [
      'a line explained as a gift',
      'treasurer',
      `POST /api/bank/lines/${unknown}/explain`,
      { cause: 'gift' },
      '400 bad_request cause',
    ],
    [
      'lines in a state that is none',
      'treasurer',
      'GET /api/bank/lines?state=lost',
      undefined,
      '400 bad_request state',
    ],
    ['too many bookings at once', 'treasurer', 'POST /api/bank/bookings', { limit: 1000 }, '400 bad_request limit'],
  ];
}
