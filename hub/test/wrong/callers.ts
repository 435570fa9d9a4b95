import { newOrder, type Scene, type Who } from './scene.ts';
import type { How, Wrong } from './wrong.ts';

/** Whom the hub does not listen to: foreign pages and names, ended sessions, the wrong kind of browser. */
export function wrongCallers(scene: Scene): Wrong[] {
  const { orders, house, tileId, pins, bensPhoneId, kioskId } = scene;
  const order = newOrder(scene);
  const { host } = new URL(house.http);
  const port = new URL(house.http).port;
  const from = (name: string, answer: Wrong[4], headers: How['headers'], overHttps = false): Wrong => [
    `a page ${name}`,
    'ana',
    'POST /api/orders',
    order,
    answer,
    { headers, overHttps },
  ];
  const named = (name: string, overHttps = false): Wrong => [
    `a request for ${name || 'no name'}${overHttps ? ' over HTTPS' : ''}`,
    'ana',
    'GET /api/money',
    undefined,
    '421 foreign_host',
    { headers: { host: name }, overHttps },
  ];
  const session = (name: string, who: Who, answer: Wrong[4], overHttps = false): Wrong[] => [
    [`reading money with ${name}`, who, 'GET /api/money', undefined, answer, { overHttps }],
    [`joining with ${name}`, who, `POST /api/orders/${orders.open}/line`, { units: 1 }, answer, { overHttps }],
  ];
  const pad = (name: string, who: Who): Wrong[] => [
    [`name tiles for ${name}`, who, 'GET /api/tiles', undefined, '403 device_not_approved'],
    [`the PIN pad for ${name}`, who, 'POST /api/sessions', { tileId, pin: pins.ben }, '403 device_not_approved'],
  ];

  return [
    named('evil.example'),
    named(`evil.example:${port}`),
    named(`127.0.0.1.evil.example:${port}`),
    named(`2130706433:${port}`),
    named('localhost@evil.example'),
    named(''),
    named('evil.example', true),
    [
      'a request without a name',
      'nobody',
      '',
      undefined,
      '421 foreign_host',
      { bytes: 'GET /api/me HTTP/1.1\r\nConnection: close\r\n\r\n' },
    ],
    from('of another site', '403 foreign_origin', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
    from('without an origin of its own', '403 foreign_origin', { origin: 'null' }),
    from('on another port', '403 foreign_origin', { origin: `http://127.0.0.1:${Number(port) + 1}` }),
    from('of the same site', '403 foreign_origin', { 'sec-fetch-site': 'same-site' }),
    from('that hides where it is from', '403 foreign_origin', { origin: undefined, 'sec-fetch-site': 'cross-site' }),
    from('typed into the address bar', '403 foreign_origin', { origin: undefined, 'sec-fetch-site': 'none' }),
    from('over HTTP, posting to HTTPS', '403 foreign_origin', { origin: `http://${host}` }, true),
    [
      'another site reading money',
      'ana',
      'GET /api/money',
      undefined,
      '403 foreign_origin',
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' } },
    ],
    [
      'another site listening',
      'ana',
      'GET /api/events',
      undefined,
      '403 foreign_origin',
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' } },
    ],

    ...session('nothing', 'nobody', '401 not_signed_in'),
    ...session('a session that ran out', 'expired', '401 session_expired'),
    ...session('the session of somebody else’s phone', 'borrowed', '401 session_expired'),
    ...session('a session that never was', 'garbage', '401 session_expired'),
    ...session('cookies that are none', 'shortGarbage', '401 not_signed_in'),
    ...session('cookies with a query in them', 'injected', '401 not_signed_in'),
    ...session('only a kiosk', 'kiosk', '401 not_signed_in'),
    [
      'plain cookies over HTTPS',
      'nobody',
      'GET /api/money',
      undefined,
      '401 not_signed_in',
      { overHttps: true, headers: { cookie: scene.cookies.ana } },
    ],
    ['the orders of nobody', 'nobody', 'GET /api/orders?state=mine', undefined, '401 not_signed_in'],
    ...pad('a phone', 'ben'),
    ...pad('nobody', 'nobody'),
    ...pad('a maintainer’s phone', 'maintainer'),
    ['a phone’s sign-in at a kiosk', 'kiosk', 'POST /api/phones/session', { pin: pins.ben }, '403 device_not_approved'],
    ['a code for a phone, from a phone', 'ben', 'POST /api/phone-codes', undefined, '403 device_not_approved'],
    [
      'clearing a pad from a phone',
      'coordinator',
      `POST /api/neighbours/${scene.seats.ben}/unlock`,
      undefined,
      '403 device_not_approved',
    ],
    ['forgetting somebody else’s phone', 'ana', `DELETE /api/devices/mine/${bensPhoneId}`, undefined, '404 not_found'],
    ['forgetting the kiosk as a phone', 'ana', `DELETE /api/devices/mine/${kioskId}`, undefined, '404 not_found'],
    ['forgetting a phone as a kiosk', 'maintainer', `DELETE /api/kiosks/${bensPhoneId}`, undefined, '404 not_found'],
    ['forgetting a phone without an id', 'ana', 'DELETE /api/devices/mine/all', undefined, '400 bad_request id'],
  ];
}
