/** Event streams over a real connection. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld, makeMessage, NO_USAGE } from './api-test-world.ts';
import { openSse, type SseReader } from './sse-test-reader.ts';

let world: ApiWorld;
let url: string;
const readers: SseReader[] = [];

beforeEach(async () => {
  world = createApiWorld();
  url = `${(await world.server.listen()).url}/api`;
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await world.close();
});

async function open(query = '', headers: Record<string, string> = {}): Promise<SseReader> {
  const reader = await openSse({ url: `${url}/events${query}`, headers: { authorization: `Bearer ${world.token()}`, ...headers } });
  readers.push(reader);
  return reader;
}

const turn = (turnId: string, place = {}) => world.events.emit('turn_started', { turn_id: turnId, message_ids: [], model: 'm' }, place);
const typing = () => world.events.emit('typing_state', { typing: true }, { ephemeral: true });

async function take(reader: SseReader, count: number): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  while (seen.length < count) {
    const block = await reader.next();
    if (block === undefined) break;
    if (block.event !== undefined) seen.push(block.id ?? block.event);
  }
  return seen;
}

describe('GET /api/events', () => {
  test('starts with retry, then gives live events with ids, ephemeral ones without', async () => {
    turn('before');
    const reader = await open();
    expect(reader.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    expect(await reader.next()).toEqual({ retry: '2000' });
    turn('t2');
    typing();
    const first = await reader.next();
    expect(first).toMatchObject({ id: '2', event: 'turn_started' });
    expect(JSON.parse(first?.data ?? '')).toEqual({
      id: 2,
      type: 'turn_started',
      at: '2026-03-01T09:30:00.000Z',
      agent_id: 'main',
      conversation_id: null,
      turn_id: null,
      data: { turn_id: 't2', message_ids: [], model: 'm' },
    });
    const second = await reader.next();
    expect(second?.event).toBe('typing_state');
    expect(second).not.toHaveProperty('id');
  });

  test('replays what came after the last id and goes on live without gap or repeat [SSE-1]', async () => {
    for (let count = 0; count < 450; count += 1) turn(`t${count}`);
    // Something happens while the past is being read: it is neither lost nor told twice.
    let reads = 0;
    world.events.beforeRead = () => {
      reads += 1;
      if (reads <= 3) turn('meanwhile');
    };
    const reader = await open('', { 'Last-Event-ID': '10' });
    const ids = await take(reader, 443);
    turn('after');
    expect([...ids, ...(await take(reader, 1))]).toEqual(Array.from({ length: 444 }, (_, index) => String(index + 11)));
  });

  test('the parameter "after" replays too; 0 is everything', async () => {
    turn('a');
    turn('b');
    expect(await take(await open('?after=0'), 2)).toEqual(['1', '2']);
  });

  test('an id that is too old or was never given starts with resync, then live', async () => {
    turn('a');
    turn('b');
    turn('c');
    world.events.log.splice(0, 2);
    for (const id of ['1', '99']) {
      const reader = await open('', { 'Last-Event-ID': id });
      await reader.next();
      const block = await reader.next();
      expect(block?.event).toBe('resync');
      expect(JSON.parse(block?.data ?? '')).toMatchObject({ id: null, data: { reason: 'gap', oldest_id: 3, latest_id: 3 } });
      const next = turn('next');
      expect(await take(reader, 1)).toEqual([String(next.id)]);
      world.events.log.splice(1);
    }
  });

  test('filters by agent, conversation and type on the server [SSE-2] [CH-3]', async () => {
    const reader = await open('?agent_id=two&conversation_id=c1&types=turn_started');
    turn('no');
    turn('no', { agentId: 'two' });
    turn('no', { agentId: 'main', conversationId: 'c1' });
    world.events.emit('identity_changed', { file: 'SOUL.md' }, { agentId: 'two', conversationId: 'c1' });
    turn('yes', { agentId: 'two', conversationId: 'c1' });
    expect(await take(reader, 1)).toEqual(['5']);
  });

  test('unknown types, a malformed id and a caller that wants JSON are refused', async () => {
    expect((await open('?types=turn_started,nonsense')).response.statusCode).toBe(400);
    expect((await open('', { 'Last-Event-ID': 'x' })).response.statusCode).toBe(400);
    expect((await open('', { Accept: 'application/json' })).response.statusCode).toBe(406);
  });

  test('says keep-alive every 15 s [SSE-5]', async () => {
    const reader = await open();
    await reader.next();
    world.clock.advance(15_000);
    expect(await reader.next()).toEqual({ comment: 'keep-alive' });
  });

  test('a slow client loses only ephemeral events and is told how many [SSE-4]', async () => {
    const reader = await open();
    await reader.next();
    reader.pause();
    const text = 'x'.repeat(20_000);
    for (let count = 1; count <= 2_000; count += 1) {
      world.events.emit('inbound_message', { message: makeMessage(`m${count}`, text) });
      world.events.emit('outbound_message_delta', { message_id: 'm', index: count, delta: text }, { ephemeral: true });
      if (count % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    reader.resume();
    const ids: string[] = [];
    let deltas = 0;
    let skipped = 0;
    while (ids.length + deltas + skipped < 4_000) {
      const block = await reader.next();
      if (block?.id !== undefined) ids.push(block.id);
      if (block?.event === 'outbound_message_delta') deltas += 1;
      if (block?.event === 'lagged') skipped += JSON.parse(block.data ?? '').data.skipped;
    }
    expect(ids).toEqual(Array.from({ length: 2_000 }, (_, index) => String(index + 1)));
    expect(skipped).toBeGreaterThan(0);
    expect(deltas + skipped).toBe(2_000);
    expect(await (await world.call('/metrics')).text()).toContain(`spacebot_events_dropped_total{reason="slow_client"} ${skipped}\n`);
  });

  test('at most 32 streams per address', async () => {
    for (let count = 0; count < 32; count += 1) expect((await open()).response.statusCode).toBe(200);
    expect((await open()).response.statusCode).toBe(429);
    readers[0]?.close();
    await expect.poll(async () => (await open()).response.statusCode).toBe(200);
  });

  test('rotation, sign-out and a new configured token end the streams that rest on them [SSE-5]', async () => {
    const ended = async (reader: SseReader) => {
      while ((await reader.next()) !== undefined);
    };
    const byToken = await open();
    await world.call('/api/auth/token/rotate', { method: 'POST' });
    await ended(byToken);
    const login = await world.call('/api/auth/session', {
      method: 'POST',
      body: JSON.stringify({ token: world.token() }),
      headers: { 'Content-Type': 'application/json' },
    });
    const cookie = (login.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
    const bySession = await openSse({ url: `${url}/events`, headers: { cookie } });
    const other = await open();
    await world.call('/api/auth/session', { method: 'DELETE', headers: { cookie, Origin: 'http://localhost:19898' }, anonymous: true });
    await ended(bySession);
    world.settings = { ...world.settings, authToken: 'a-new-token-of-the-owner' };
    world.clock.advance(5_000);
    await ended(other);
  });

  test('nobody is subscribed while nobody reads', async () => {
    expect(world.events.listenerCount).toBe(0);
    const reader = await open();
    expect(world.events.listenerCount).toBe(1);
    reader.close();
    await expect.poll(() => world.events.listenerCount).toBe(0);
  });

  test('history lists the same events ascending, page by page', async () => {
    for (const id of ['a', 'b', 'c']) turn(id);
    const first = JSON.parse(await (await world.call('/api/events/history?after=1&limit=1')).text());
    expect(first.items.map(({ id }: { id: number }) => id)).toEqual([2]);
    const second = JSON.parse(await (await world.call(`/api/events/history?limit=1&cursor=${first.next_cursor}`)).text());
    expect(second.items.map(({ id }: { id: number }) => id)).toEqual([3]);
    expect(second.next_cursor).toBeNull();
  });
});

describe('portal send as a stream', () => {
  const place = (turnId: string) => ({ conversationId: 'portal:chat:main:cli', turnId });
  const send = (content: string, headers: Record<string, string> = {}) =>
    openSse({
      url: `${url}/agents/main/portal/cli/messages`,
      method: 'POST',
      body: JSON.stringify({ content }),
      headers: {
        authorization: `Bearer ${world.token()}`,
        'Content-Type': 'application/json',
        Accept: 'text/event-stream',
        ...headers,
      },
    });
  const finish = (turnId: string) => {
    const at = place(turnId);
    world.events.emit('turn_started', { turn_id: turnId, message_ids: [], model: 'm' }, at);
    world.events.emit('outbound_message_delta', { message_id: 'r', index: 0, delta: 'hi' }, { ...at, ephemeral: true });
    world.events.emit('outbound_message', { message: makeMessage('r', 'hi', 'assistant'), replaced: false, partial: false }, at);
    const data = { turn_id: turnId, state: 'completed' as const, messages: ['r'], usage: NO_USAGE, duration_ms: 1 };
    world.events.emit('turn_completed', data, at);
  };

  test('gives the events of this turn alone, from its message to its one end, then closes', async () => {
    world.onSend = ({ content, turnId }) => {
      // The message's event comes before `send` resolves, and another conversation talks at the same time.
      world.events.emit('inbound_message', { message: makeMessage('m', content) }, place(turnId));
      world.events.emit(
        'turn_started',
        { turn_id: 'other', message_ids: [], model: 'm' },
        { conversationId: 'portal:chat:main:else', turnId: 'other' },
      );
    };
    const reader = await send('hello');
    expect(reader.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    world.events.emit('delivery_updated', { delivery: {} as never }, place('t1'));
    finish('t1');
    world.events.emit('turn_started', { turn_id: 't2', message_ids: [], model: 'm' }, place('t2'));
    const types: string[] = [];
    for (let block = await reader.next(); block !== undefined; block = await reader.next()) types.push(block.event ?? 'retry');
    expect(types).toEqual(['retry', 'inbound_message', 'turn_started', 'outbound_message_delta', 'outbound_message', 'turn_completed']);
  });

  test('a repeat with the same key streams the same turn again from the log', async () => {
    world.onSend = ({ content, turnId }) =>
      void world.events.emit('inbound_message', { message: makeMessage('m', content) }, place(turnId));
    const key = { 'Idempotency-Key': 'k' };
    const first = await send('hello', key);
    finish('t1');
    while ((await first.next()) !== undefined);
    const again = await send('hello', key);
    expect(await take(again, 10)).toEqual(['1', '2', '3', '4']);
    expect(world.sent).toHaveLength(1);
  });

  test('a refusal before the stream is an ordinary error, and nothing stays open', async () => {
    const reader = await openSse({
      url: `${url}/agents/none/portal/cli/messages`,
      method: 'POST',
      body: '{"content":"x"}',
      headers: { authorization: `Bearer ${world.token()}`, 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    });
    expect(reader.response.statusCode).toBe(404);
    expect(reader.response.headers['content-type']).toBe('application/json');
    expect(world.events.listenerCount).toBe(0);
  });

  test('closing the connection does not cancel the turn', async () => {
    const reader = await send('hello');
    await reader.next();
    reader.close();
    await expect.poll(() => world.events.listenerCount).toBe(0);
    expect(world.sent).toHaveLength(1);
  });
});
