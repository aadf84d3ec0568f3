import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { MessagingWorld, type WorldOptions } from '../../testing/messaging-world.ts';
import { signRequest } from './credentials.ts';

const OPEN = '[messaging.webhook]\nenabled = true\nport = 0\n';
const worlds: MessagingWorld[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

async function start(config = OPEN, options: WorldOptions = {}): Promise<MessagingWorld> {
  const world = new MessagingWorld({ ...options, config });
  worlds.push(world);
  return world.start();
}

interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read the JSON as a caller would
  body: any;
}

async function call(world: MessagingWorld, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${world.url()}${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function post(world: MessagingWorld, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return call(world, '/send', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}

test('[WH-1] a posted message is stored before it is acknowledged, and its answer is fetched by polling from `after`', async () => {
  const world = await start();
  const sent = await post(world, { conversation_id: 'ticket-42', content: 'Hello', sender_id: 'alice', sender_name: 'Alice' });
  expect(sent.status).toBe(202);
  expect(sent.body).toEqual({
    accepted: true,
    message_id: expect.any(String),
    conversation_id: 'ticket-42',
    turn_id: expect.any(String),
    duplicate: false,
    after: 0,
  });
  expect(world.agent().spine.message(sent.body.message_id)).toMatchObject({
    content: 'Hello',
    author_id: 'alice',
    author_name: 'Alice',
    origin: 'member',
  });
  expect((await call(world, '/poll/ticket-42?after=0')).body).toMatchObject({ messages: [], next_after: 0, more: false, state: 'queued' });

  const held = call(world, '/poll/ticket-42?after=0&wait_s=60');
  await world.answer('webhook:ticket-42', 'Hi Alice');
  const polled = await held;
  expect(polled.status).toBe(200);
  expect(polled.body).toEqual({
    conversation_id: 'ticket-42',
    messages: [
      {
        seq: 1,
        id: expect.any(String),
        type: 'message',
        content: 'Hi Alice',
        in_reply_to: sent.body.message_id,
        turn_id: sent.body.turn_id,
        attachments: [],
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ],
    next_after: 1,
    more: false,
    state: 'idle',
  });
  expect((await post(world, { conversation_id: 'ticket-42', content: 'More' })).body.after).toBe(1);
});

test('[WH-1] the same key again gives the first answer with 200 and starts no second turn; with another content it is a conflict', async () => {
  const world = await start();
  const first = await post(world, { conversation_id: 'c', content: 'once', idempotency_key: 'evt-7' });
  await world.answer('webhook:c', 'Done');
  const again = await post(world, { conversation_id: 'c', content: 'once' }, { 'idempotency-key': 'evt-7' });
  expect(again.status).toBe(200);
  expect(again.body).toEqual({ ...first.body, duplicate: true });
  expect(world.agent().spine.countMessages('webhook:c')).toBe(2);
  const other = await post(world, { conversation_id: 'c', content: 'twice', idempotency_key: 'evt-7' });
  expect(other).toMatchObject({ status: 409, body: { error: { code: 'idempotency_conflict' } } });
  expect((await post(world, { conversation_id: 'd', content: 'twice', idempotency_key: 'evt-7' })).status).toBe(202);
});

test('a key in the body that differs from the header is refused', async () => {
  const world = await start();
  const answer = await post(world, { conversation_id: 'c', content: 'x', idempotency_key: 'a' }, { 'idempotency-key': 'b' });
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_request', details: { issues: [{ path: 'idempotency_key' }] } } },
  });
});

test('a conversation is idle only once its answer can be read', async () => {
  const world = await start();
  for (let round = 0; round < 10; round += 1) {
    const sent = await post(world, { conversation_id: 'c', content: 'x' });
    const answered = world.answer('webhook:c', 'There');
    let polled: Answer;
    do polled = await call(world, `/poll/c?after=${sent.body.after}`);
    while (polled.body.state !== 'idle');
    expect(polled.body.messages).toHaveLength(1);
    await answered;
  }
});

test('with wait_s the answer of the turn comes with the response, and an unfinished turn leaves it as it is', async () => {
  const world = await start();
  const waiting = post(world, { conversation_id: 'c', content: 'now', wait_s: 60 });
  await until(() => world.agent().spine.countQueued('webhook:c') === 1);
  await world.answer('webhook:c', 'At once');
  expect(await waiting).toMatchObject({
    status: 200,
    body: { duplicate: false, state: 'completed', messages: [{ seq: 1, content: 'At once' }] },
  });
  const late = await post(world, { conversation_id: 'c', content: 'slow', wait_s: 0.05 });
  expect(late.status).toBe(202);
  expect(late.body).not.toHaveProperty('state');
});

test('a failed turn ends in exactly one reply of type error', async () => {
  const world = await start();
  const waiting = post(world, { conversation_id: 'c', content: 'break', wait_s: 60 });
  await until(() => world.agent().spine.countQueued('webhook:c') === 1);
  await world.answer('webhook:c', 'Something went wrong (ref 12345678).', { error: 'setup_required' });
  expect((await waiting).body).toMatchObject({
    state: 'failed',
    messages: [{ type: 'error', code: 'setup_required', message: 'Something went wrong (ref 12345678).' }],
  });
});

test('[WH-2] polling without `after` hands out each reply once, with `after` it consumes nothing, and a restart keeps both', async () => {
  const world = await start();
  for (const text of ['one', 'two', 'three']) {
    await post(world, { conversation_id: 'c', content: text });
    await world.answer('webhook:c', `answer ${text}`);
  }
  await until(() => world.replies.lastSeq('webhook', 'webhook:c') === 3);
  const first = await call(world, '/poll/c?limit=2');
  expect(first.body).toMatchObject({ messages: [{ seq: 1 }, { seq: 2 }], next_after: 2, more: true });
  worlds.length = 0;
  await world.stop({ keep: true });
  const second = await start(OPEN, { directory: world.directory });
  expect((await call(second, '/poll/c')).body).toMatchObject({ messages: [{ seq: 3 }], next_after: 3, more: false });
  expect((await call(second, '/poll/c')).body).toMatchObject({ messages: [], next_after: 3 });
  expect((await call(second, '/poll/webhook:c?after=1')).body).toMatchObject({ conversation_id: 'c', messages: [{ seq: 2 }, { seq: 3 }] });
  expect((await call(second, '/poll/never-seen')).body).toEqual({
    conversation_id: 'never-seen',
    messages: [],
    next_after: 0,
    more: false,
    state: 'idle',
  });
});

test('replies older than the retention are forgotten, and a poll below them says so', async () => {
  const world = await start();
  for (const text of ['old', 'new']) {
    await post(world, { conversation_id: 'c', content: text });
    await world.answer('webhook:c', text);
  }
  await until(() => world.replies.lastSeq('webhook', 'webhook:c') === 2);
  await world.replies.prune('webhook', Date.now() + 1000);
  expect((await call(world, '/poll/c?after=0')).body).toMatchObject({ messages: [], next_after: 0, truncated: true });
  expect((await call(world, '/poll/c?after=2')).body).not.toHaveProperty('truncated');
});

test('[WH-3] /health is open while everything else needs the token, compared as bearer or as X-Webhook-Token', async () => {
  const world = await start(`${OPEN}auth_token = "a-long-enough-token"\n`);
  expect(await call(world, '/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  const refused = await post(world, { conversation_id: 'c', content: 'x' });
  expect(refused).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
  expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  expect((await call(world, '/nowhere')).status).toBe(401);
  const body = { conversation_id: 'c', content: 'x' };
  expect((await post(world, body, { authorization: 'Bearer a-long-enough-token' })).status).toBe(202);
  expect((await post(world, body, { 'x-webhook-token': 'a-long-enough-token' })).status).toBe(202);
});

test('[WH-5] a signature covers time, method, path and body; a replay within its time is a repeat', async () => {
  const world = await start(`${OPEN}hmac_secret = "a-long-enough-secret"\n`);
  const text = JSON.stringify({ conversation_id: 'c', content: 'signed' });
  const signed = (seconds: number, body = text) => {
    const digest = signRequest('a-long-enough-secret', String(seconds), 'POST', '/send', Buffer.from(text));
    const headers = { 'content-type': 'application/json', 'x-spacebot-signature': `t=${seconds},v1=${digest}` };
    return call(world, '/send', { method: 'POST', headers, body });
  };
  const now = Math.floor(Date.now() / 1000);
  const first = await signed(now);
  expect(first.status).toBe(202);
  const replay = await signed(now);
  expect(replay).toMatchObject({ status: 200, body: { duplicate: true, message_id: first.body.message_id } });
  expect(await signed(now, text.replace('signed', 'forged'))).toMatchObject({ status: 401, body: { error: { code: 'bad_signature' } } });
  expect(await signed(now - 301)).toMatchObject({ status: 401, body: { error: { code: 'signature_expired' } } });
  expect(await post(world, { conversation_id: 'c', content: 'x' })).toMatchObject({
    status: 401,
    body: { error: { code: 'bad_signature' } },
  });
  const poll = signRequest('a-long-enough-secret', String(now), 'GET', '/poll/c?after=0', Buffer.alloc(0));
  expect((await call(world, '/poll/c?after=0', { headers: { 'x-spacebot-signature': `t=${now},v1=${poll}` } })).status).toBe(200);
});

test('[WH-4] a caller names any agent, but only a bound one where webhook bindings exist', async () => {
  const agents = '[[agents]]\nid = "main"\n[[agents]]\nid = "sales"\n';
  const free = await start(`${OPEN}${agents}`);
  await post(free, { conversation_id: 'c', content: 'x', agent_id: 'sales' });
  expect(free.agent('sales').spine.countMessages('webhook:c')).toBe(1);
  expect(await post(free, { conversation_id: 'c', content: 'x', agent_id: 'ghost' })).toMatchObject({
    status: 404,
    body: { error: { code: 'agent_not_found' } },
  });
  const bound = await start(`${OPEN}${agents}[[bindings]]\nagent_id = "sales"\nchannel = "webhook"\n`);
  expect((await post(bound, { conversation_id: 'c', content: 'x' })).status).toBe(202);
  expect(bound.agent('sales').spine.countMessages('webhook:c')).toBe(1);
  expect(await post(bound, { conversation_id: 'c', content: 'x', agent_id: 'main' })).toMatchObject({
    status: 403,
    body: { error: { code: 'agent_not_allowed' } },
  });
});

test('[WH-7] bad bodies get a structured 4xx that names the field', async () => {
  const world = await start();
  const cases: [unknown, string][] = [
    [{ content: 'x' }, 'conversation_id'],
    [{ conversation_id: 'a b', content: 'x' }, 'conversation_id'],
    [{ conversation_id: 'other:a', content: 'x' }, 'conversation_id'],
    [{ conversation_id: 'c' }, 'content'],
    [{ conversation_id: 'c', content: 7 }, 'content'],
    [{ conversation_id: 'c', content: 'x', colour: 'red' }, 'colour'],
    [{ conversation_id: 'c', content: 'x', wait_s: 61 }, 'wait_s'],
    [{ conversation_id: 'c', content: 'x', sender_id: 'a'.repeat(129) }, 'sender_id'],
    [{ conversation_id: 'c', attachments: [{ filename: 'a.txt', data_base64: '***' }] }, 'attachments.0.data_base64'],
    [{ conversation_id: 'c', attachments: [{ filename: '../a', data_base64: '' }] }, 'attachments.0.filename'],
    [{ conversation_id: 'c', content: 'x', attachments: Array(11).fill({ filename: 'a', data_base64: '' }) }, 'attachments'],
  ];
  for (const [body, path] of cases) {
    const answer = await post(world, body);
    expect(answer, JSON.stringify(body).slice(0, 80)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', details: { issues: [{ path }] } } },
    });
  }
  expect(world.agent().spine.countConversations()).toBe(0);
});

test('[WH-7] wrong type, broken JSON, too much content and too large a body each have their own status', async () => {
  const world = await start();
  const raw = (body: string, type = 'application/json') =>
    call(world, '/send', { method: 'POST', headers: { 'content-type': type }, body });
  expect(await raw('{}', 'text/plain')).toMatchObject({ status: 415, body: { error: { code: 'unsupported_media_type' } } });
  expect(await raw('{')).toMatchObject({ status: 400, body: { error: { code: 'invalid_json' } } });
  const long = await post(world, { conversation_id: 'c', content: 'é'.repeat(32_769) });
  expect(long).toMatchObject({ status: 413, body: { error: { code: 'content_too_large' } } });
  expect(await raw(`{"content":"${'a'.repeat(10 * 1024 * 1024)}"}`)).toMatchObject({
    status: 413,
    body: { error: { code: 'payload_too_large' } },
  });
  const file = { filename: 'big.bin', data_base64: Buffer.alloc(7 * 1024 * 1024 + 1).toString('base64') };
  expect(await post(world, { conversation_id: 'c', attachments: [file] })).toMatchObject({
    status: 413,
    body: { error: { code: 'payload_too_large' } },
  });
});

test('unknown addresses, methods and parameters are named as such, with the request id of the caller', async () => {
  const world = await start();
  const lost = await call(world, '/nothing', { headers: { 'x-request-id': 'mine-1' } });
  expect(lost).toMatchObject({ status: 404, body: { error: { code: 'route_not_found', request_id: 'mine-1' } } });
  expect(lost.headers.get('x-request-id')).toBe('mine-1');
  expect(lost.headers.get('cache-control')).toBe('no-store');
  expect(lost.headers.get('x-content-type-options')).toBe('nosniff');
  const wrong = await call(world, '/send');
  expect(wrong).toMatchObject({ status: 405, body: { error: { code: 'method_not_allowed' } } });
  expect(wrong.headers.get('allow')).toBe('POST');
  for (const query of ['after=-1', 'after=x', 'limit=0', 'limit=201', 'wait_s=61', 'since=3', 'after=1&after=2']) {
    expect(await call(world, `/poll/c?${query}`), query).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
  }
  expect((await call(world, '/poll/a%20b')).status).toBe(400);
});

test('foreign host names and origins are refused unless the configuration names them', async () => {
  const world = await start(`${OPEN}[api]\nallowed_hosts = ["bot.example"]\nallowed_origins = ["https://app.example"]\n`);
  expect(await withHost(world, 'evil.example')).toBe(403);
  expect(await withHost(world, 'bot.example:18789')).toBe(200);
  expect(await withHost(world, '[::1]:1')).toBe(200);
  const origin = (value: string) => call(world, '/poll/c', { headers: { origin: value } });
  expect(await origin('https://evil.example')).toMatchObject({ status: 403, body: { error: { code: 'origin_not_allowed' } } });
  expect((await origin('https://app.example')).status).toBe(200);
  expect((await origin(world.url())).status).toBe(200);
});

test('an attachment is on disk under its hash before the message names it', async () => {
  const world = await start();
  const sent = await post(world, {
    conversation_id: 'c',
    attachments: [{ filename: 'a.txt', mime_type: 'text/plain', data_base64: 'aGk=' }],
  });
  expect(sent.status).toBe(202);
  const hash = createHash('sha256').update('hi').digest('hex');
  const [stored] = JSON.parse(world.agent().spine.message(sent.body.message_id)?.attachments ?? '[]');
  expect(stored).toMatchObject({ filename: 'a.txt', mimeType: 'text/plain', size: 2, sha256: hash });
  expect(Buffer.from(await world.agent().blobs.get(hash)).toString()).toBe('hi');
});

test('[WH-7] a full queue answers 429 with Retry-After, a stopping daemon 503, and neither stores anything', async () => {
  const world = await start();
  await Promise.all(Array.from({ length: 256 }, (_, index) => post(world, { conversation_id: 'c', content: `m${index}` })));
  const full = await post(world, { conversation_id: 'c', content: 'one too many' });
  expect(full).toMatchObject({ status: 429, body: { error: { code: 'queue_full' } } });
  expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(world.agent().spine.countMessages('webhook:c')).toBe(256);
  world.gateway.stopIntake();
  const stopping = await post(world, { conversation_id: 'd', content: 'late' });
  expect(stopping).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
  expect(stopping.headers.get('retry-after')).not.toBeNull();
  expect((await call(world, '/health')).status).toBe(503);
});

test('a named instance has its own port, and its conversations carry its name', async () => {
  const world = await start(`${OPEN}[[messaging.webhook.instances]]\nname = "shop"\nport = 0\n`);
  const shop = world.url('webhook:shop');
  expect(shop).not.toBe(world.url());
  const sent = await fetch(`${shop}/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversation_id: 'webhook:shop:c', content: 'x' }),
  });
  expect(await sent.json()).toMatchObject({ conversation_id: 'c' });
  await world.answer('webhook:shop:c', 'Hello from the shop');
  const polled = await fetch(`${shop}/poll/c?after=0&wait_s=10`);
  expect(await polled.json()).toMatchObject({ messages: [{ content: 'Hello from the shop' }] });
});

test('a held poll is answered when the adapter is stopped', async () => {
  const world = await start();
  const held = call(world, '/poll/c?after=0&wait_s=60');
  expect((await call(world, '/health')).status).toBe(200);
  worlds.length = 0;
  await world.stop();
  expect((await held).status).toBe(200);
});

function withHost(world: MessagingWorld, host: string): Promise<number> {
  const { hostname, port } = new URL(world.url());
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path: '/poll/c', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
