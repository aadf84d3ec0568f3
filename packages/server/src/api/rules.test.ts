/** The rules that every endpoint keeps, without a network. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from './api-test-world.ts';

let world: ApiWorld;
beforeEach(() => {
  world = createApiWorld();
});
afterEach(() => world.close());

const json = (body: unknown) => ({ body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
const post = (body: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...headers },
});
const read = async (response: Response) => JSON.parse(await response.text());
const codeOf = async (response: Response) => (await read(response)).error.code;

describe('order of checks', () => {
  const host = { connection: { host: 'evil.example' } };
  const origin = { headers: { Origin: 'http://evil.example' } };

  test('Host comes before Origin, Origin before authentication, authentication before the route [API-2]', async () => {
    expect(await codeOf(await world.call('/api/nothing', { ...host, ...origin, anonymous: true }))).toBe('host_not_allowed');
    expect(await codeOf(await world.call('/api/nothing', { ...origin, anonymous: true }))).toBe('origin_not_allowed');
    expect(await codeOf(await world.call('/api/nothing', { anonymous: true }))).toBe('unauthorized');
    expect(await codeOf(await world.call('/api/nothing'))).toBe('route_not_found');
  });

  test('the rate limit comes before authentication', async () => {
    world.settings = { ...world.settings, rateLimit: { requestsPerMinute: 60, burst: 1 } };
    expect((await world.call('/api/agents', { anonymous: true })).status).toBe(401);
    expect((await world.call('/api/agents', { anonymous: true })).status).toBe(429);
  });

  test('also a refused host or origin is told how much is left, and nothing is taken for it', async () => {
    const refused = await world.call('/api/health', { connection: { host: 'evil.example' } });
    expect([refused.status, refused.headers.get('RateLimit-Limit')]).toEqual([403, String(world.settings.rateLimit.burst)]);
    expect(refused.headers.get('RateLimit-Remaining')).toBe(refused.headers.get('RateLimit-Limit'));
  });

  test('method comes before size, size before JSON, JSON before the schema', async () => {
    const big = { 'Content-Length': String(11 * 1024 * 1024) };
    expect(await codeOf(await world.call('/api/agents', { method: 'PUT', body: '{', headers: big }))).toBe('method_not_allowed');
    expect(await codeOf(await world.call('/api/agents', { method: 'POST', body: '{', headers: big }))).toBe('payload_too_large');
    expect(await codeOf(await world.call('/api/agents', { method: 'POST', body: '{' }))).toBe('unsupported_media_type');
    expect(await codeOf(await world.call('/api/agents', { ...json({}), method: 'POST', body: '{' }))).toBe('invalid_json');
    expect(await codeOf(await world.call('/api/agents', post({ surprise: 1 })))).toBe('invalid_request');
  });

  test('callers on the socket skip Host, Origin, rate limit and authentication', async () => {
    world.settings = { ...world.settings, rateLimit: { requestsPerMinute: 60, burst: 1 } };
    const connection = { transport: 'socket' as const, host: undefined };
    for (let count = 0; count < 3; count += 1) {
      const response = await world.call('/api/agents', { ...origin, connection, anonymous: true });
      expect(response.status).toBe(200);
      expect(response.headers.get('RateLimit-Limit')).toBe('1');
    }
  });
});

describe('Host and Origin', () => {
  test.each(['127.0.0.1', '192.168.1.4:19898', '[::1]:19898', 'localhost', 'LOCALHOST:1'])('the host %s is accepted', async (host) => {
    expect((await world.call('/api/health', { connection: { host } })).status).toBe(200);
  });

  test.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '[::1',
    'localhost:x',
    '127.0.0.1.nip.io',
  ])('the host %s is refused', async (host) => {
    const response = await world.call('/api/health', { connection: { host } });
    expect([response.status, await codeOf(response)]).toEqual([403, 'host_not_allowed']);
  });

  test('a name is accepted once it is configured, without a restart', async () => {
    world.settings = { ...world.settings, allowedHosts: ['bot.example'] };
    expect((await world.call('/api/health', { connection: { host: 'Bot.Example:8080' } })).status).toBe(200);
  });

  test('the own origin needs no permission and gets no CORS headers', async () => {
    const response = await world.call('/api/agents', { headers: { Origin: 'http://localhost:19898' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  test('another port on the same host, "null" and an unknown site are foreign', async () => {
    for (const Origin of ['http://localhost:1', 'null', 'https://evil.example']) {
      expect((await world.call('/api/health', { headers: { Origin } })).status).toBe(403);
    }
  });

  test('a listed origin gets exactly itself, and its preflight is answered without a token', async () => {
    world.settings = { ...world.settings, allowedOrigins: ['https://app.example'] };
    const Origin = 'https://app.example';
    const response = await world.call('/api/agents', { headers: { Origin } });
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(Origin);
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBe('true');
    const headers = { Origin, 'Access-Control-Request-Method': 'PATCH' };
    const preflight = await world.call('/api/agents', { method: 'OPTIONS', headers, anonymous: true });
    expect([preflight.status, preflight.headers.get('Access-Control-Allow-Methods')]).toEqual([204, 'GET, POST, PUT, PATCH, DELETE']);
  });
});

describe('rate limit', () => {
  test('every response says what is left, and the one too many when to come back [API-7]', async () => {
    world.settings = { ...world.settings, rateLimit: { requestsPerMinute: 60, burst: 2 } };
    const first = await world.call('/api/health');
    expect([first.headers.get('RateLimit-Limit'), first.headers.get('RateLimit-Remaining'), first.headers.get('RateLimit-Reset')]).toEqual([
      '2',
      '1',
      '1',
    ]);
    await world.call('/api/nothing');
    const third = await world.call('/api/health');
    expect([third.status, await codeOf(third), third.headers.get('Retry-After')]).toEqual([429, 'rate_limited', '1']);
    world.clock.advance(1000);
    expect((await world.call('/api/health')).status).toBe(200);
  });

  test('addresses do not share a bucket; behind a trusted proxy the caller counts, else the peer', async () => {
    world.settings = { ...world.settings, rateLimit: { requestsPerMinute: 60, burst: 1 }, trustedProxies: ['10.0.0.0/8'] };
    const via = (peer: string, forwarded: string) =>
      world.call('/api/health', { connection: { address: peer }, headers: { 'X-Forwarded-For': forwarded } });
    expect((await via('10.0.0.1', '1.1.1.1')).status).toBe(200);
    expect((await via('::ffff:10.0.0.2', '9.9.9.9, 1.1.1.1, 10.0.0.9')).status).toBe(429);
    expect((await via('10.0.0.1', '2.2.2.2')).status).toBe(200);
    expect((await via('5.5.5.5', '3.3.3.3')).status).toBe(200);
    expect((await via('5.5.5.5', '4.4.4.4')).status).toBe(429);
  });

  test('a rate of 0 switches it off', async () => {
    world.settings = { ...world.settings, rateLimit: { requestsPerMinute: 0, burst: 1 } };
    const answers = await Promise.all([1, 2, 3].map(() => world.call('/api/health')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('authentication', () => {
  test('only health, log-in, the API description, the page and callbacks answer without a token [SE-1]', async () => {
    const open = async (path: string, init = {}) => (await world.call(path, { ...init, anonymous: true })).status;
    expect(await open('/api/health')).toBe(200);
    expect(await open('/api/health/ready')).toBe(503);
    expect(await open('/api/openapi.json')).toBe(200);
    expect(await open('/api/auth/session', post({ token: 'wrong' }))).toBe(401);
    expect(await open('/')).toBe(200);
    expect(await open('/hooks/slack', { method: 'POST' })).toBe(404);
    for (const path of ['/api/status', '/api/agents', '/api/events', '/api/auth/session', '/metrics']) expect(await open(path)).toBe(401);
  });

  test('a wrong token is 401 with WWW-Authenticate, also beside a good cookie, and a token in the address is no token', async () => {
    const cookie = await signIn();
    for (const authorization of ['Bearer wrong', 'Basic abc', 'Bearer', `bearer x${world.token()}`]) {
      const response = await world.call('/api/agents', { headers: { authorization, cookie } });
      expect([response.status, await codeOf(response), response.headers.get('WWW-Authenticate')]).toEqual([401, 'unauthorized', 'Bearer']);
    }
    expect((await world.call(`/api/agents?token=${world.token()}`, { anonymous: true })).status).toBe(401);
    expect((await world.call(`/api/agents?token=${world.token()}`)).status).toBe(400);
  });

  const signIn = async () => {
    const response = await world.call('/api/auth/session', { ...post({ token: world.token() }), anonymous: true });
    expect(response.status).toBe(200);
    const setCookie = response.headers.get('Set-Cookie') ?? '';
    expect(setCookie).toMatch(/^spacebot_session=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Strict$/);
    return setCookie.slice(0, setCookie.indexOf(';'));
  };

  test('the cookie reads, and changes things only together with the Origin header', async () => {
    const cookie = await signIn();
    const session = await world.call('/api/auth/session', { headers: { cookie }, anonymous: true });
    expect(await read(session)).toEqual({ authenticated: true, method: 'cookie', expires_at: '2026-03-01T10:30:00.000Z' });
    const refused = await world.call('/api/agents', { ...post({ id: 'two' }, { cookie }), anonymous: true });
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'origin_required']);
    const Origin = 'http://localhost:19898';
    expect((await world.call('/api/agents', { ...post({ id: 'two' }, { cookie, Origin }), anonymous: true })).status).toBe(201);
  });

  test('behind a proxy that ends TLS the cookie is Secure', async () => {
    world.settings = { ...world.settings, trustedProxies: ['127.0.0.1'] };
    const response = await world.call('/api/auth/session', post({ token: world.token() }, { 'X-Forwarded-Proto': 'https' }));
    expect(response.headers.get('Set-Cookie')).toMatch(/; Secure$/);
  });

  test('a session ends by sign-out, by time, by another token in the configuration and by rotation', async () => {
    const alive = async (cookie: string) => (await world.call('/api/agents', { headers: { cookie }, anonymous: true })).status;
    const Origin = 'http://localhost:19898';
    const signedOut = await signIn();
    const old = await signIn();
    expect(await alive(signedOut)).toBe(200);
    expect(
      (await world.call('/api/auth/session', { method: 'DELETE', headers: { cookie: signedOut, Origin }, anonymous: true })).status,
    ).toBe(204);
    expect(await alive(signedOut)).toBe(401);
    world.clock.advance(3_600_000);
    expect(await alive(old)).toBe(401);
    const configured = await signIn();
    world.settings = { ...world.settings, authToken: 'another-token-of-the-owner' };
    expect(await alive(configured)).toBe(401);
    world.settings = { ...world.settings, authToken: null };
    const rotated = await signIn();
    expect((await world.call('/api/auth/token/rotate', { method: 'POST' })).status).toBe(200);
    expect(await alive(rotated)).toBe(401);
  });

  test('rotation gives a new token and ends the old one; a token from the configuration is not ours to change', async () => {
    const before = world.token();
    const response = await world.call('/api/auth/token/rotate', { method: 'POST' });
    const { token } = await read(response);
    expect(token).toMatch(/^sbt_[\w-]{43}$/);
    expect((await world.call('/api/agents', { headers: { authorization: `Bearer ${before}` } })).status).toBe(401);
    expect((await world.call('/api/agents', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    world.settings = { ...world.settings, authToken: 'configured-token-0123' };
    const refused = await world.call('/api/auth/token/rotate', {
      method: 'POST',
      headers: { authorization: 'Bearer configured-token-0123' },
    });
    expect([refused.status, await codeOf(refused)]).toEqual([409, 'config_owned']);
  });

  test('after ten failed log-ins within a minute even the right token waits', async () => {
    const login = (token: string) => world.call('/api/auth/session', { ...post({ token }), anonymous: true });
    for (let count = 0; count < 10; count += 1) expect((await login('wrong')).status).toBe(401);
    const refused = await login(world.token());
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '60']);
    world.clock.advance(60_001);
    expect((await login(world.token())).status).toBe(200);
  });

  test('with api.auth = "none" nobody needs a token', async () => {
    world.settings = { ...world.settings, auth: 'none' };
    expect((await world.call('/api/agents', { anonymous: true })).status).toBe(200);
  });
});

describe('routes and bodies', () => {
  test('a wrong method is 405 with Allow, an unknown path 404', async () => {
    const response = await world.call('/api/agents/main', { method: 'POST' });
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'DELETE, GET, PATCH']);
    for (const path of ['/api', '/api/', '/api/agents/', '/api//agents', '/api/agents/main/nothing']) {
      expect(await codeOf(await world.call(path))).toBe('route_not_found');
    }
    expect((await world.call('/', { method: 'POST' })).headers.get('Allow')).toBe('GET, HEAD');
  });

  test('ids are percent-decoded once, and a colon may stand as it is', async () => {
    const channel = await world.call('/api/agents/main/channels/matrix:!a%253Ab');
    expect((await read(channel)).id).toBe('matrix:!a%3Ab');
    expect((await world.call('/api/agents/main/channels/%ff')).status).toBe(400);
  });

  test('an oversized body is 413 also when its length was not declared', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const init = { method: 'POST', body, duplex: 'half', headers: { 'Content-Type': 'application/json' } };
    const response = await world.call('/api/agents', init as RequestInit);
    expect([response.status, await codeOf(response), response.headers.get('Connection')]).toEqual([413, 'payload_too_large', 'close']);
  });

  test('an empty body counts as {}', async () => {
    expect((await world.call('/api/system/stop', { method: 'POST' })).status).toBe(202);
    expect((await world.call('/api/system/restart', post({ timeout_secs: 3 }))).status).toBe(202);
    expect(world.stops).toEqual([
      { restart: false, timeoutMs: undefined },
      { restart: true, timeoutMs: 3000 },
    ]);
  });

  test('invalid_request names each field, unknown ones too', async () => {
    const response = await world.call('/api/agents/main/portal/cli/messages', post({ content: 5, wait_secs: 301, extra: 1 }));
    const { error } = await read(response);
    expect(error.code).toBe('invalid_request');
    expect(error.details.issues.map(({ path }: { path: string }) => path).sort()).toEqual(['content', 'extra', 'wait_secs']);
  });

  test.each(['limit=0', 'limit=201', 'limit=x', 'limit=1&limit=2', 'unknown=1'])('the query %s is 400', async (query) => {
    expect((await world.call(`/api/agents?${query}`)).status).toBe(400);
  });

  test('201 has a Location, 204 no body, an object with a revision an ETag', async () => {
    const created = await world.call('/api/agents', post({ id: 'two' }));
    expect([created.status, created.headers.get('Location'), created.headers.get('ETag')]).toEqual([201, '/api/agents/two', '"two-1"']);
    const deleted = await world.call('/api/agents/two', { method: 'DELETE' });
    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
  });

  test('an unexpected failure says nothing of its inside [API-4]', async () => {
    const response = await world.call('/api/status', { headers: { 'X-Request-Id': 'abc-1' } });
    expect(response.status).toBe(500);
    expect(await read(response)).toEqual({
      error: { code: 'internal', message: 'Something went wrong inside Spacebot.', details: {}, request_id: 'abc-1' },
    });
  });

  test("every response has a request id, the caller's own when it is well-formed, no-store and nosniff", async () => {
    const response = await world.call('/api/nothing', { headers: { 'X-Request-Id': 'with space' } });
    expect(response.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect((await read(response)).error.request_id).toBe(response.headers.get('X-Request-Id'));
  });
});

describe('lists', () => {
  test('a cursor leads on to the next page and belongs to its list alone [API-5]', async () => {
    for (const id of ['a', 'b']) await world.call('/api/agents', post({ id }));
    const first = await read(await world.call('/api/agents?limit=2'));
    expect(first.items.map(({ id }: { id: string }) => id)).toHaveLength(2);
    const second = await read(await world.call(`/api/agents?limit=2&cursor=${first.next_cursor}`));
    expect(second.next_cursor).toBeNull();
    for (const path of [`/api/channels?cursor=${first.next_cursor}`, '/api/agents?cursor=garbage', '/api/agents?cursor=W10']) {
      const refused = await world.call(path);
      expect([refused.status, await codeOf(refused)]).toEqual([400, 'invalid_cursor']);
    }
  });
});

describe('idempotency and concurrency', () => {
  test('a POST repeated with its key gets the first answer, another body 409 [API-6]', async () => {
    const headers = { 'Idempotency-Key': 'k1' };
    const first = await world.call('/api/agents', post({ id: 'two' }, headers));
    const repeat = await world.call('/api/agents', post({ id: 'two' }, headers));
    expect([repeat.status, repeat.headers.get('Idempotency-Replayed'), repeat.headers.get('Location')]).toEqual([
      201,
      'true',
      '/api/agents/two',
    ]);
    expect(await read(repeat)).toEqual(await read(first));
    const other = await world.call('/api/agents', post({ id: 'three' }, headers));
    expect([other.status, await codeOf(other)]).toEqual([409, 'idempotency_conflict']);
  });

  test('two at once with one key do the work once', async () => {
    const send = () => world.call('/api/agents/main/portal/cli/messages', post({ content: 'x' }, { 'Idempotency-Key': 'k' }));
    const answers = await Promise.all([send(), send()]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(world.sent).toHaveLength(1);
  });

  test('a refusal is not kept: the same key works once its cause is gone', async () => {
    await world.call('/api/agents', post({ id: 'two' }));
    const init = post({ id: 'two' }, { 'Idempotency-Key': 'k' });
    expect((await world.call('/api/agents', init)).status).toBe(409);
    await world.call('/api/agents/two', { method: 'DELETE' });
    expect((await world.call('/api/agents', init)).status).toBe(201);
  });

  test('a key that is too long or not ASCII is refused', async () => {
    for (const key of ['x'.repeat(129), '\u00e9']) {
      expect((await world.call('/api/agents', post({ id: 'two' }, { 'Idempotency-Key': key }))).status).toBe(400);
    }
  });

  test('a stale If-Match is 409 with both revisions, a malformed one 400', async () => {
    const patch = (ifMatch: string) =>
      world.call('/api/agents/main', { ...post({ display_name: 'M' }, { 'If-Match': ifMatch }), method: 'PATCH' });
    const stale = await patch('"old"');
    const { error } = await read(stale);
    expect([stale.status, error.code, error.details]).toEqual([409, 'revision_conflict', { expected: 'old', current: 'main-1' }]);
    expect((await patch('old')).status).toBe(400);
    expect((await patch('"main-1"')).status).toBe(200);
    expect((await patch('*')).status).toBe(200);
  });

  test('the raw configuration is replaced only against its ETag', async () => {
    const raw = await world.call('/api/config/raw');
    expect([await raw.text(), raw.headers.get('ETag'), raw.headers.get('Content-Type')]).toEqual(['a = 1\n', '"r1"', 'application/toml']);
    const put = (headers: Record<string, string>) => world.call('/api/config/raw', { method: 'PUT', body: 'a = 2', headers });
    expect((await put({ 'Content-Type': 'application/toml' })).status).toBe(428);
    expect((await put({ 'Content-Type': 'application/json', 'If-Match': '"r1"' })).status).toBe(415);
    expect((await put({ 'Content-Type': 'application/toml', 'If-Match': '"r0"' })).status).toBe(409);
    expect((await put({ 'Content-Type': 'application/toml', 'If-Match': '"r1"' })).status).toBe(200);
  });
});

describe('portal send', () => {
  const send = (body: unknown, headers = {}) => world.call('/api/agents/main/portal/cli/messages', post(body, headers));

  test('answers at once with 202, the message and its turn', async () => {
    const response = await send({ content: 'hello' });
    expect(response.status).toBe(202);
    expect(await read(response)).toMatchObject({
      message: { content: 'hello' },
      turn_id: 't1',
      conversation_id: 'portal:chat:main:cli',
      state: 'queued',
    });
    expect(world.sent[0]?.sender).toEqual({ id: 'operator', name: 'Operator' });
  });

  test('waits for the end of the turn when asked to, and answers 202 running when that takes too long', async () => {
    const finished = send({ content: 'a', wait_secs: 5 });
    await expect.poll(() => world.sent.length).toBe(1);
    world.endTurn('t1');
    expect(await read(await finished)).toMatchObject({ state: 'completed', messages: [{ content: 'hi' }], error: null, turn_id: 't1' });
    const late = send({ content: 'b', wait_secs: 5 });
    await expect.poll(() => world.sent.length).toBe(2);
    world.clock.advance(5_000);
    const response = await late;
    expect([response.status, (await read(response)).state]).toEqual([202, 'running']);
  });

  test('refuses what is empty, too large, for nobody, or in a badly named session', async () => {
    expect(await codeOf(await send({ content: ' ' }))).toBe('invalid_request');
    expect(await codeOf(await send({}))).toBe('invalid_request');
    expect((await send({ attachments: ['a1'] })).status).toBe(202);
    expect(await codeOf(await send({ content: 'ü'.repeat(32_769) }))).toBe('content_too_large');
    expect(await codeOf(await world.call('/api/agents/none/portal/cli/messages', post({ content: 'x' })))).toBe('agent_not_found');
    expect(await codeOf(await world.call('/api/agents/main/portal/a%20b/messages', post({ content: 'x' })))).toBe('invalid_request');
  });
});

describe('files', () => {
  const upload = (content: string, headers: Record<string, string> = {}) => {
    const form = new FormData();
    form.set('note', 'before');
    form.set('file', new File([content], '../a "b".txt', { type: 'text/plain' }));
    return world.call('/api/agents/main/portal/cli/attachments', { method: 'POST', body: form, headers });
  };

  test('an upload is stored under its bare name', async () => {
    const response = await upload('line 1\r\n--not the boundary\r\n');
    expect([response.status, response.headers.get('Location')]).toEqual([201, '/api/agents/main/attachments/a1']);
    expect(world.uploads).toEqual([{ filename: 'a "b".txt', mimeType: 'text/plain', content: 'line 1\r\n--not the boundary\r\n' }]);
  });

  test('a repeated upload gets the first answer, another file under its key 409', async () => {
    const headers = { 'Idempotency-Key': 'u1' };
    const first = await read(await upload('x', headers));
    const repeat = await upload('x', headers);
    expect([repeat.headers.get('Idempotency-Replayed'), await read(repeat)]).toEqual(['true', first]);
    expect((await upload('y', headers)).status).toBe(409);
  });

  test('a form without the field, JSON, and more than 50 MiB are refused', async () => {
    const path = '/api/agents/main/portal/cli/attachments';
    const form = new FormData();
    form.set('other', 'x');
    expect((await world.call(path, { method: 'POST', body: form })).status).toBe(400);
    expect((await world.call(path, post({}))).status).toBe(415);
    const big = { 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': String(50 * 1024 * 1024 + 1) };
    expect((await world.call(path, { method: 'POST', body: 'x', headers: big })).status).toBe(413);
  });

  test('an attachment is always a download that cannot run as a page', async () => {
    const response = await world.call('/api/agents/main/attachments/a1');
    expect(await response.text()).toBe('hello');
    expect(response.headers.get('Content-Disposition')).toBe(
      `attachment; filename="gr__e _1_.txt"; filename*=UTF-8''gr%C3%BC%C3%9Fe%20%221%22.txt`,
    );
    expect(response.headers.get('Content-Security-Policy')).toContain('sandbox');
  });
});

describe('description and metrics', () => {
  test('the OpenAPI document has every endpoint, named schemas and no dangling pointer', async () => {
    const document = await read(await world.call('/api/openapi.json', { anonymous: true }));
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/api/agents/{agent_id}/portal/{session_id}/messages'].post.operationId).toBe('sendPortalMessage');
    expect(document.paths['/api/agents'].get.parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { default: 50, type: 'integer', minimum: 1, maximum: 200 },
    });
    const text = JSON.stringify(document);
    const pointers = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    expect(pointers).toContain('Message');
    for (const name of pointers) expect(Object.keys(document.components.schemas)).toContain(name);
    expect(text).not.toContain('$defs');
  });

  test('metrics need the token, and their paths are templates [OB-2]', async () => {
    await world.call('/api/agents/main');
    await world.call('/api/agents/someone-elses-name');
    const response = await world.call('/metrics');
    const text = await response.text();
    expect(response.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('spacebot_uptime_seconds 5\n');
    expect(text).toContain('spacebot_http_requests_total{method="GET",path="/api/agents/{agent_id}",status="200"} 1\n');
    expect(text).toContain('spacebot_http_requests_total{method="GET",path="/api/agents/{agent_id}",status="404"} 1\n');
    expect(text).toContain('spacebot_http_request_duration_seconds_bucket{method="GET",path="/api/agents/{agent_id}",le="+Inf"} 2\n');
    expect(text).not.toContain('someone');
  });
});
