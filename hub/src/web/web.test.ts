import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Fault } from '../platform/faults.ts';
import {
  anaToken,
  call,
  cookie,
  kioskToken,
  phoneToken,
  startTestWeb,
  testState,
  treasurerToken,
} from './web.test-kit.ts';
import { ana, id, type Seen, testRoutes } from './web.test-routes.ts';

test('a route sees who, what and from where', async (t) => {
  const seen: Seen[] = [];
  const { url } = await startTestWeb(t, { routes: testRoutes(seen) });
  const key = randomUUID().toUpperCase();
  const joined = await call(
    `${url}/api/orders/${id}/line`,
    'POST',
    { units: 2 },
    {
      ...ana,
      'idempotency-key': key,
      'accept-language': 'fr, es-MX;q=0.8, en;q=0.5',
    },
  );
  assert.equal(joined.status, 201);
  assert.deepEqual(
    { ...seen[0], params: { ...(seen[0]?.params as object) } },
    {
      actor: { seat: 7, roles: ['resident'], sessionId: 's-ana', deviceId: 'phone-1', deviceKind: 'phone' },
      params: { id },
      query: {},
      body: { units: 2 },
      idempotencyKey: key.toLowerCase(),
      language: 'es',
      remoteAddress: '127.0.0.1',
      origin: url,
    },
  );
  await call(`${url}/api/orders?limit=5&ids=a`, 'GET', undefined, { cookie: 'stoop-language=es' });
  assert.deepEqual({ ...(seen[1]?.query as object) }, { limit: 5, ids: ['a'] });
  assert.equal(seen[1]?.language, 'es');
  assert.deepEqual(seen[1]?.actor, { roles: [] });
});

test('what is wrong with a request is named, and no handler sees it', async (t) => {
  const seen: Seen[] = [];
  const { url } = await startTestWeb(t, { routes: testRoutes(seen) });
  const line = `/api/orders/${id}/line`;
  const big = JSON.stringify({ units: 1, note: 'x'.repeat(10 << 20) });
  const json = { 'content-type': 'application/json' };
  const rows: [string, string, unknown, Record<string, string>, number, string, string?, string?][] = [
    ['POST', line, { units: '2' }, ana, 400, 'bad_request', 'units', 'must be an integer'],
    ['POST', line, { units: 1.5 }, ana, 400, 'bad_request', 'units', 'must be an integer'],
    ['POST', line, { units: -1 }, ana, 400, 'bad_request', 'units', 'must be at least 1'],
    ['POST', line, { units: 101 }, ana, 400, 'bad_request', 'units', 'must be at most 100'],
    ['POST', line, {}, ana, 400, 'bad_request', 'units', 'is missing'],
    ['POST', line, undefined, ana, 400, 'bad_request', 'body', 'must be an object'],
    ['POST', line, [], ana, 400, 'bad_request', 'body', 'must be an object'],
    ['POST', line, null, ana, 400, 'bad_request', 'body', 'must be an object'],
    ['POST', line, { units: 1, seat: 9 }, ana, 400, 'bad_request', 'seat', 'is not known here'],
    [
      'POST',
      line,
      { units: 1, note: 'x'.repeat(11) },
      ana,
      400,
      'bad_request',
      'note',
      'must have at most 10 characters',
    ],
    [
      'POST',
      line,
      { units: 1, executes: 'soon' },
      ana,
      400,
      'bad_request',
      'executes',
      'must be one of at-target, at-last-call',
    ],
    [
      'POST',
      line,
      { units: 1, lines: [{ grams: 1, x: 1 }] },
      ana,
      400,
      'bad_request',
      'lines.0.x',
      'is not known here',
    ],
    ['POST', line, { units: 1, lines: [{}] }, ana, 400, 'bad_request', 'lines.0.grams', 'is missing'],
    ['POST', line, '{"units":', ana, 400, 'bad_request', 'body', 'must be JSON'],
    ['POST', line, '{"units":1,"__proto__":{"a":1}}', ana, 400, 'bad_request', 'body', 'must be JSON'],
    [
      'POST',
      line,
      'units=1',
      { ...ana, 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    ['POST', line, '{"units":1}', { ...ana, 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['POST', line, big, ana, 413, 'body_too_large'],
    ['POST', line, { units: 1 }, { ...ana, 'idempotency-key': '' }, 400, 'idempotency_key_missing'],
    ['POST', line, { units: 1 }, { ...ana, 'idempotency-key': 'again' }, 400, 'idempotency_key_missing'],
    ['DELETE', line, { why: 'x' }, ana, 400, 'bad_request', 'why', 'is not known here'],
    ['POST', '/api/orders/42/line', { units: 1 }, ana, 400, 'bad_request', 'id', 'must be a uuid'],
    ['GET', '/api/orders?limit=many', undefined, {}, 400, 'bad_request', 'limit', 'must be an integer'],
    ['GET', '/api/orders?limit=0', undefined, {}, 400, 'bad_request', 'limit', 'must be at least 1'],
    ['GET', '/api/orders?lim=1', undefined, {}, 400, 'bad_request', 'lim', 'is not known here'],
    ['GET', `/api/orders/${id}?x=1`, undefined, {}, 400, 'bad_request', 'x', 'is not known here'],
    ['GET', '/api/orders/%ff', undefined, {}, 400, 'bad_request', 'address', 'cannot be read'],
    ['GET', '/api/nothing', undefined, {}, 404, 'not_found'],
    ['GET', '/trust/other.file', undefined, {}, 404, 'not_found'],
    ['POST', '/nothing', {}, {}, 404, 'not_found'],
    ['PUT', '/api/orders', {}, json, 405, 'method_not_allowed'],
    ['PATCH', line, {}, json, 405, 'method_not_allowed'],
    ['OPTIONS', '/api/orders', undefined, {}, 405, 'method_not_allowed'],
  ];
  for (const [method, path, body, headers, status, code, field, rule] of rows) {
    const answer = await call(url + path, method, body, headers);
    const told = `${method} ${path} ${JSON.stringify(body)?.slice(0, 60)}`;
    assert.equal(answer.status, status, told);
    assert.equal(answer.body.code, code, told);
    assert.equal(answer.body.field, field, told);
    if (rule !== undefined) assert.equal(answer.body.message, `${field}: ${rule}`, told);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', told);
  }
  assert.deepEqual(seen, []);
  const wrong = await call(`${url}/api/orders/${id}/line`, 'GET');
  assert.equal(wrong.headers.get('allow'), 'POST, DELETE');
});

test('everything is refused unless the route names the actor', async (t) => {
  const seen: Seen[] = [];
  const { url } = await startTestWeb(t, { routes: testRoutes(seen) });
  const line = `/api/orders/${id}/line`;
  const rows: [string, string, Record<string, string>, number, string][] = [
    ['POST', line, {}, 401, 'not_signed_in'],
    ['POST', line, cookie(undefined, kioskToken), 401, 'not_signed_in'],
    ['POST', line, cookie('a-session-that-has-ended'), 401, 'session_expired'],
    ['POST', line, { cookie: `__Host-stoop-session=${anaToken}` }, 401, 'not_signed_in'],
    ['POST', line, { cookie: 'stoop-session=; stoop-session=%00' }, 401, 'not_signed_in'],
    ['GET', '/api/tiles', {}, 403, 'device_not_approved'],
    ['GET', '/api/tiles', ana, 403, 'device_not_approved'],
    ['GET', '/api/deposits', {}, 401, 'not_signed_in'],
    ['GET', '/api/deposits', ana, 403, 'not_allowed'],
  ];
  for (const [method, path, headers, status, code] of rows) {
    const answer = await call(url + path, method, method === 'GET' ? undefined : { units: 1 }, headers);
    assert.deepEqual([answer.status, answer.body.code], [status, code], `${method} ${path} ${JSON.stringify(headers)}`);
  }
  assert.deepEqual(seen, []);
  assert.equal((await call(`${url}/api/tiles`, 'GET', undefined, cookie(undefined, kioskToken))).status, 200);
  assert.equal((await call(`${url}/api/deposits`, 'GET', undefined, cookie(treasurerToken))).status, 200);
});

test('credentials become cookies that scripts and other sites cannot use', async (t) => {
  const { url } = await startTestWeb(t, { routes: testRoutes([]) });
  const approved = await call(`${url}/api/phones`, 'POST', { code: '123456' });
  assert.deepEqual(approved.headers.getSetCookie(), [
    `stoop-device=${phoneToken}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict`,
    `stoop-session=${anaToken}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict`,
  ]);
  const out = await call(`${url}/api/sessions/current`, 'DELETE');
  assert.equal(out.status, 204);
  assert.deepEqual(out.headers.getSetCookie(), ['stoop-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict']);
});

test('tries are counted by address or by device', async (t) => {
  const { url } = await startTestWeb(t, { routes: testRoutes([]) });
  const tries = [];
  for (let i = 0; i < 4; i++) tries.push(await call(`${url}/api/phones`, 'POST', { code: '1' }));
  assert.deepEqual(
    tries.map(({ status }) => status),
    [200, 200, 200, 429],
  );
  const refused = tries[3]!;
  assert.equal(refused.body.code, 'too_many_requests');
  assert.ok(Number(refused.headers.get('retry-after')) > 50);
  assert.equal(String(refused.body.details?.seconds), refused.headers.get('retry-after'));

  const phone = cookie(undefined, phoneToken);
  const kiosk = cookie(undefined, kioskToken);
  const byDevice = [phone, kiosk, phone, {}].map((headers) => () => call(`${url}/api/recovery`, 'POST', {}, headers));
  const statuses = [];
  for (const one of byDevice) statuses.push((await one()).status);
  assert.deepEqual(statuses, [200, 200, 429, 200]);
});

test('a failure inside says nothing of the inside', async (t) => {
  const errors: object[] = [];
  const log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields: object) => void errors.push(fields),
    child: () => log,
  };
  const { url } = await startTestWeb(t, { routes: testRoutes([]), log });
  const broken = await call(`${url}/api/fails`, 'POST', { how: 'crash' });
  assert.equal(broken.status, 500);
  assert.deepEqual(broken.body, { code: 'internal', message: 'Something went wrong here; nothing was changed.' });
  assert.equal((errors[0] as { err: Error }).err.message, 'the secret of the house');
  const locked = await call(`${url}/api/fails`, 'POST', { how: 'locked' });
  assert.deepEqual(locked.body, {
    code: 'locked_out',
    message: 'Too many wrong PINs. Try again in 60 s.',
    details: { seconds: 60 },
  });
  assert.equal(locked.headers.get('retry-after'), '60');
  assert.equal(errors.length, 1);
});

test('a file is sent as it is', async (t) => {
  const { url } = await startTestWeb(t, { routes: testRoutes([]) });
  const { headers, text } = await call(`${url}/api/statement`, 'GET');
  assert.equal(text, 'a;b\n');
  assert.equal(headers.get('content-type'), 'text/csv');
  assert.equal(headers.get('content-disposition'), "attachment; filename*=UTF-8''a%C3%B1o%201.csv");
});

test('the hub tells about itself', async (t) => {
  const faults: Fault[] = [];
  const { url } = await startTestWeb(t, { routes: testRoutes([]), hubState: () => ({ ...testState, faults }) });
  const health = await call(`${url}/health`, 'GET');
  assert.deepEqual(health.body, { status: 'ok', version: '0.1.0', startedAtMs: 1_790_000_000_000, faults: [] });
  const hub = await call(`${url}/api/hub`, 'GET');
  const { nowMs, ...rest } = hub.body;
  assert.ok(Math.abs(Number(nowMs) - Date.now()) < 60_000);
  assert.deepEqual(rest, {
    name: 'Elm Street 12',
    isDemo: false,
    isClaimed: true,
    isClockTrusted: true,
    isCatchingUp: false,
    isOnline: false,
    waitingCount: 3,
    waitingSinceMs: 1_790_000_100_000,
    faults: [],
    version: '0.1.0',
    lanUrls: [],
  });
  faults.push({ code: 'chain_offline', class: 'chain', sinceMs: 1, message: 'There is no connection to the chain.' });
  const degraded = await call(`${url}/health`, 'GET');
  assert.deepEqual([degraded.status, degraded.body.status, degraded.body.faults], [200, 'degraded', faults]);
  assert.equal((await call(`${url}/metrics`, 'GET')).text.split('\n')[0], 'stoop_up 1');
  const docs = await call(`${url}/api/docs`, 'GET');
  assert.equal(docs.body.openapi, '3.1.0');
  const paths = docs.body.paths as Record<string, Record<string, { requestBody?: object; description: string }>>;
  assert.ok(paths['/api/orders/{id}/line']?.post?.requestBody !== undefined);
  assert.equal(paths['/api/deposits']?.get?.description, 'Who may: one of: treasurer.');
  assert.ok('/health' in paths);
});

test('what is not HTTP is refused in the same words, and others are served on', async (t) => {
  const { url } = await startTestWeb(t, { routes: testRoutes([]) });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.end('\u0016\u0003\u0001 hello\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  assert.match(text, /^HTTP\/1\.1 400 .*"code":"bad_request"/s);
  assert.equal((await call(`${url}/health`, 'GET')).status, 200);
});
