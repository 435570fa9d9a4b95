import { newOrder, type Scene } from './scene.ts';
import { unknown, type Wrong } from './wrong.ts';

const tenMegabytes = 10 * 1024 * 1024;

/** Bodies, keys, methods and addresses that are wrong whoever sends them. */
export function wrongForms(scene: Scene): Wrong[] {
  const { orders, usedKey, house } = scene;
  const order = newOrder(scene);
  const open = 'POST /api/orders';
  const line = `POST /api/orders/${orders.open}/line`;
  const raw = (name: string, text: string | Uint8Array): Wrong => [
    `a body that is ${name}`,
    'ana',
    open,
    undefined,
    '400 bad_request body',
    { raw: text },
  ];
  const query = (address: string, name: string): Wrong => [
    `the address ${address.slice(0, 60)}`,
    'ana',
    `GET ${address}`,
    undefined,
    `400 bad_request ${name}`,
  ];
  const type = (name: string): Wrong => [
    `a body that calls itself ${name}`,
    'ana',
    open,
    order,
    '415 unsupported_media_type',
    { headers: { 'content-type': name } },
  ];

  const wallet = `/api/wallet-requests/${unknown}`;
  const signature = `0x${'1b'.repeat(65)}`;

  return [
    ['a signature that nobody waits for', 'ana', `POST ${wallet}/signature`, { signature }, '404 not_found'],
    ['a signature that is none', 'ana', `POST ${wallet}/signature`, { signature: '0x12' }, '400 bad_request signature'],
    ['a signature without one', 'ana', `POST ${wallet}/signature`, {}, '400 bad_request signature'],
    ['a signature by nobody', 'nobody', `POST ${wallet}/signature`, { signature }, '401 not_signed_in'],
    ['saying no to what nobody asked', 'ana', `DELETE ${wallet}`, undefined, '404 not_found'],
    ['no body', 'ana', open, undefined, '400 bad_request body'],
    raw('cut off', '{"title":"Ri'),
    raw('followed by another', '{}{}'),
    raw('with a trailing comma', '{"title":"Rice",}'),
    raw('garbage', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x7b])),
    raw('a list', '[]'),
    raw('a text', '"order"'),
    raw('a number', '17'),
    raw('null', 'null'),
    raw('not a number', '{"unitPriceMicros":NaN}'),
    raw('a prototype', '{"__proto__":{"roles":["treasurer"]}}'),
    raw('a constructor’s prototype', '{"constructor":{"prototype":{"roles":["treasurer"]}}}'),
    raw('a very deep list', '['.repeat(200_000) + ']'.repeat(200_000)),
    raw('a deep list without an end', '['.repeat(900_000)),
    [
      'a very deep object in a field',
      'ana',
      open,
      undefined,
      '400 bad_request title',
      {
        raw: JSON.stringify(order).replace(
          '"title":"Rice"',
          `"title":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
        ),
      },
    ],
    type('text/plain'),
    type('application/x-www-form-urlencoded'),
    type('multipart/form-data; boundary=x'),
    type('application/jsonp'),
    [
      'a body without a type',
      'ana',
      open,
      order,
      '415 unsupported_media_type',
      { headers: { 'content-type': undefined } },
    ],
    ['10 MB of JSON', 'ana', open, { ...order, title: 'R'.repeat(tenMegabytes) }, '413 body_too_large'],
    [
      '10 MB without saying so',
      'ana',
      open,
      undefined,
      '413 body_too_large',
      {
        raw: `${tenMegabytes.toString(16)}\r\n${'R'.repeat(tenMegabytes)}\r\n0\r\n\r\n`,
        headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
      },
    ],
    ['10 MB for an address that is none', 'ana', 'POST /api/nothing', 'R'.repeat(tenMegabytes), '413 body_too_large'],
    ['10 MB from nobody', 'nobody', open, 'R'.repeat(tenMegabytes), '401 not_signed_in'],

    query('/api/orders?state=nonsense', 'state'),
    query('/api/orders?limit=0', 'limit'),
    query('/api/orders?limit=-5', 'limit'),
    query('/api/orders?limit=1.5', 'limit'),
    query('/api/orders?limit=many', 'limit'),
    query('/api/orders?limit=5&limit=6', 'limit'),
    query('/api/orders?limit=1000000', 'limit'),
    query(`/api/orders?after=${encodeURIComponent("' OR 1=1 --")}`, 'after'),
    query('/api/orders?seat=1', 'seat'),
    query('/api/orders?__proto__=1', '__proto__'),
    query('/api/money?after=-1', 'after'),
    query('/api/goods?supplier=everybody', 'supplier'),
    query('/api/me?seat=1', 'seat'),
    query('/api/readings/tower-1/ph?points=0', 'points'),
    query(`/api/readings?ids=${'a'.repeat(5000)}`, 'ids'),
    query('/api/orders/%zz', 'address'),
    query('/api/orders/..%2fmembers', 'id'),
    query('/api/orders/1', 'id'),
    query(`/api/orders/${'1'.repeat(3000)}`, 'address'),

    ['no key', 'ana', open, order, '400 idempotency_key_missing', { headers: { 'idempotency-key': undefined } }],
    ['an empty key', 'ana', open, order, '400 idempotency_key_missing', { headers: { 'idempotency-key': '' } }],
    [
      'a key that is a word',
      'ana',
      open,
      order,
      '400 idempotency_key_missing',
      { headers: { 'idempotency-key': 'again' } },
    ],
    [
      'a key that is two',
      'ana',
      open,
      order,
      '400 idempotency_key_missing',
      { headers: { 'idempotency-key': `${usedKey}, ${usedKey}` } },
    ],
    [
      'a key that was used with another body',
      'ben',
      line,
      { units: 2 },
      '409 idempotency_key_reused',
      { headers: { 'idempotency-key': usedKey } },
    ],
    [
      'a key that was used for another order',
      'ben',
      `POST /api/orders/${orders.lastCall}/line`,
      { units: 1 },
      '409 idempotency_key_reused',
      { headers: { 'idempotency-key': usedKey } },
    ],
    [
      'a key that was used for something else',
      'ben',
      `DELETE /api/orders/${orders.open}/line`,
      undefined,
      '409 idempotency_key_reused',
      { headers: { 'idempotency-key': usedKey } },
    ],

    ['PATCH', 'ana', open.replace('POST', 'PATCH'), order, '405 method_not_allowed'],
    ['PUT where only POST is', 'ana', 'PUT /api/orders', order, '405 method_not_allowed'],
    ['DELETE of an order', 'coordinator', `DELETE /api/orders/${orders.open}`, undefined, '405 method_not_allowed'],
    ['POST to what is only read', 'ana', 'POST /api/hub', {}, '405 method_not_allowed'],
    ['OPTIONS', 'nobody', 'OPTIONS /api/orders', undefined, '405 method_not_allowed'],
    ['a method of its own', 'nobody', 'BREW /api/orders', undefined, '400 bad_request request'],
    ['no HTTP at all', 'nobody', '', undefined, '400 bad_request request', { bytes: 'hello\r\n\r\n' }],
    [
      'TLS on the plain port',
      'nobody',
      '',
      undefined,
      '400 bad_request request',
      { bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
    ],
    [
      'two lengths of one body',
      'nobody',
      '',
      undefined,
      '400 bad_request request',
      {
        bytes: `POST /api/orders HTTP/1.1\r\nHost: ${new URL(house.http).host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/money HTTP/1.1\r\n\r\n`,
      },
    ],
    [
      '20 kB of cookies',
      'nobody',
      'GET /api/me',
      undefined,
      '431 bad_request request',
      { headers: { cookie: 'x='.padEnd(20_000, 'x') } },
    ],
    ['an address that is none', 'ana', 'GET /api/nothing', undefined, '404 not_found'],
    ['a write to an address that is none', 'ana', 'POST /api/nothing', {}, '404 not_found'],
    ['a write to a page', 'ana', 'POST /orders', {}, '404 not_found'],
    ['a line by number', 'ana', `DELETE /api/orders/${orders.open}/line/1`, undefined, '404 not_found'],
    ['a way out of the page’s folder', 'nobody', 'GET /../../../../etc/passwd.txt', undefined, '404 not_found'],
    ['an encoded way out', 'nobody', 'GET /assets/..%2f..%2f..%2fdata%2fstoop.db', undefined, '404 not_found'],
    ['a Windows way out', 'nobody', 'GET /assets/..%5c..%5cstoop.db', undefined, '404 not_found'],
    ['a way into the API’s neighbours', 'ana', 'GET /api/orders/../members', undefined, '404 not_found'],
    ['a NUL in an address', 'nobody', 'GET /api/%00', undefined, '404 not_found'],
  ];
}
