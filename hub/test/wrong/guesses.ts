import type { Scene } from './scene.ts';
import { unknown, type Wrong } from './wrong.ts';

/** Twenty-eight characters, two of them wrong check signs. */
const code = 'ABCD-EFGH-JKMN-PQRS-TVWX-YZ23-4567';

/** Wrong PINs up to the lock, wrong codes up to the rate limit. They come last: nobody can guess on afterwards. */
export function wrongGuesses({ tileId, pins }: Scene): Wrong[] {
  const wrongPin = pins.ben === '407291' ? '407292' : '407291';
  const pad = (name: string, pin: unknown, answer: Wrong[4], after = 0): Wrong => [
    `${name} at the PIN pad`,
    'padKiosk',
    'POST /api/sessions',
    { tileId, pin },
    answer,
    { after },
  ];
  const claim = { code: 'ABCD-EFGH-2345', buildingName: 'Mine', name: 'Eve', dwelling: '1A', pin: '739154' };
  const newPin = '739154';

  return [
    pad('a short PIN', '12', '400 bad_request pin'),
    pad('a long PIN', '123456789', '400 bad_request pin'),
    pad('a number', 739154, '400 bad_request pin'),
    pad('Arabic digits', '٤٠٧٢٩١', '400 bad_request pin'),
    pad('a PIN with a NUL', '4072\u0000', '400 bad_request pin'),
    pad('a wrong PIN', wrongPin, '403 wrong_pin'),
    pad('the third wrong PIN', wrongPin, '403 wrong_pin', 1),
    pad('the right PIN after three wrong ones', pins.ben, '429 locked_out'),
    ['a tile that is none', 'kiosk', 'POST /api/sessions', { tileId: unknown, pin: wrongPin }, '403 wrong_pin'],
    ['a tile by number', 'kiosk', 'POST /api/sessions', { tileId: 1, pin: wrongPin }, '400 bad_request tileId'],
    ['signing with a wrong PIN', 'benNoGrant', 'POST /api/grants', { pin: wrongPin }, '403 wrong_pin'],
    ['signing with Ana’s PIN', 'benNoGrant', 'POST /api/grants', { pin: pins.ana }, '403 wrong_pin'],
    ['a new PIN by a wrong one', 'ana', 'PUT /api/me/pin', { oldPin: wrongPin, newPin }, '403 wrong_pin'],
    [
      'a new PIN of one digit',
      'ana',
      'PUT /api/me/pin',
      { oldPin: pins.ana, newPin: '777777' },
      '400 bad_request newPin',
    ],
    [
      'a new PIN that counts',
      'ana',
      'PUT /api/me/pin',
      { oldPin: pins.ana, newPin: '234567' },
      '400 bad_request newPin',
    ],
    ['a tile without its alias', 'ana', 'PUT /api/me/tile', { shows: 'alias' }, '400 bad_request alias'],
    ['a tile with a NUL', 'ana', 'PUT /api/me/tile', { shows: 'alias', alias: 'A\u0000' }, '400 bad_request alias'],
    ['a tile that shows the PIN', 'ana', 'PUT /api/me/tile', { shows: 'pin' }, '400 bad_request shows'],
    ['a language of its own', 'ana', 'PUT /api/me/language', { language: 'fr' }, '400 bad_request language'],
    ['claiming a hub that has people', 'nobody', 'POST /api/claim', claim, '410 code_expired'],
    ['claiming with an easy PIN', 'nobody', 'POST /api/claim', { ...claim, pin: '0000' }, '400 bad_request pin'],

    ['a recovery without a code', 'kiosk', 'POST /api/recovery', { tileId, newPin }, '400 bad_request recoveryCode'],
    [
      'a short recovery code',
      'kiosk',
      'POST /api/recovery',
      { tileId, newPin, recoveryCode: 'ABC' },
      '400 bad_request recoveryCode',
    ],
    [
      'a recovery for seat 0',
      'nobody',
      'POST /api/recovery',
      { seat: 0, newPin, recoveryCode: code },
      '400 bad_request seat',
    ],
    [
      'a recovery with an easy PIN',
      'kiosk',
      'POST /api/recovery',
      { tileId, newPin: '1234', recoveryCode: code },
      '400 bad_request newPin',
    ],
    [
      'a wrong recovery code',
      'kiosk',
      'POST /api/recovery',
      { tileId, newPin, recoveryCode: code },
      '403 wrong_recovery_code',
    ],
    [
      'a wrong recovery code by seat',
      'nobody',
      'POST /api/recovery',
      { seat: 1, newPin, recoveryCode: code },
      '403 wrong_recovery_code',
    ],
    [
      'confirming a wrong recovery code',
      'ana',
      'POST /api/recovery/confirm',
      { recoveryCode: code },
      '403 wrong_recovery_code',
    ],
    [
      'guessing recovery codes',
      'nobody',
      'POST /api/recovery',
      { seat: 1, newPin, recoveryCode: code },
      '429 too_many_requests',
      { after: 20 },
    ],
    ['a wrong pairing code', 'nobody', 'POST /api/phones', { code: '000000' }, '410 code_expired'],
    ['a pairing code as a number', 'nobody', 'POST /api/phones', { code: 123456 }, '400 bad_request code'],
    ['a kiosk’s code that is none', 'nobody', 'POST /api/kiosks/claim', { code: 'AAAA-BBBB' }, '410 code_expired'],
    [
      'guessing pairing codes',
      'nobody',
      'POST /api/phones',
      { code: '000001' },
      '429 too_many_requests',
      { after: 20 },
    ],
    [
      'guessing on for kiosks when all guesses are used up',
      'nobody',
      'POST /api/kiosks/claim',
      { code: 'AAAA-CCCC' },
      '429 too_many_requests',
      { after: 15 },
    ],
  ];
}
