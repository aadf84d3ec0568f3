/** The client against scripted answers: paths, errors and streams. */

import { describe, expect, test } from 'vitest';
import type { Agent } from './agents.ts';
import { ClientError, createClient, type FetchLike } from './client.ts';
import { openEvents } from './open-events.ts';

interface Seen {
  url: string;
  init: RequestInit;
}

function scripted(...answers: (() => Response)[]): { fetch: FetchLike; seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    async fetch(url, init) {
      seen.push({ url, init });
      const answer = answers[seen.length - 1];
      if (answer === undefined) throw new TypeError('connection refused');
      return answer();
    },
  };
}

function sse(text: string): () => Response {
  return () => new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
}

describe('calls', () => {
  test('path parameters are encoded, queries keep lists, bodies are JSON', async () => {
    const { fetch, seen } = scripted(
      () => Response.json({ items: [], next_cursor: null }),
      () => Response.json({ turn: true, workers: 0, branches: 0 }),
    );
    const client = createClient({ baseUrl: 'http://h', token: 't', fetch });
    const key = { agent_id: 'main', conversation_id: 'matrix:!a%3Ab' };
    await client.call('GET /agents/{agent_id}/channels/{conversation_id}/timeline', { params: key, query: { kinds: ['message', 'tool'] } });
    await client.call('POST /agents/{agent_id}/channels/{conversation_id}/cancel', { params: key, body: { scope: 'all' } });
    expect(seen[0]?.url).toBe('http://h/api/agents/main/channels/matrix%3A!a%253Ab/timeline?kinds=message%2Ctool');
    expect(seen[1]?.init).toMatchObject({
      method: 'POST',
      body: '{"scope":"all"}',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer t' },
    });
  });

  test('the answer has the type of its endpoint, and 204 is undefined', async () => {
    const { fetch } = scripted(
      () => Response.json({ id: 'main' }),
      () => new Response(null, { status: 204 }),
    );
    const client = createClient({ baseUrl: '', fetch });
    const agent: Agent = await client.call('GET /agents/{agent_id}', { params: { agent_id: 'main' } });
    expect(agent.id).toBe('main');
    expect(await client.call('DELETE /agents/{agent_id}', { params: { agent_id: 'main' } })).toBeUndefined();
  });

  test('an error answer becomes a ClientError with code, details and request id [API-4]', async () => {
    const error = { code: 'rate_limited', message: 'Slow down.', details: { a: 1 }, request_id: 'r1' };
    const { fetch } = scripted(() => Response.json({ error }, { status: 429, headers: { 'Retry-After': '7' } }));
    const failure = await createClient({ baseUrl: '', fetch })
      .call('GET /status')
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(ClientError);
    expect(failure).toMatchObject({
      status: 429,
      code: 'rate_limited',
      message: 'Slow down.',
      details: { a: 1 },
      requestId: 'r1',
      retryAfterSecs: 7,
    });
  });

  test('a server that cannot be reached is status 0, code unavailable', async () => {
    const failure = await createClient({ baseUrl: '', fetch: scripted().fetch })
      .call('GET /health')
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ status: 0, code: 'unavailable' });
  });
});

describe('event stream', () => {
  const event = (id: number | null, type: string, data: unknown) =>
    `${id === null ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify({ id, type, data })}\n\n`;

  test('reconnects after a cut and resumes after the last durable event, waiting 1 s to 30 s [SSE-6]', async () => {
    const { fetch, seen } = scripted(
      sse(`retry: 2000\n\n${event(7, 'turn_started', {})}${event(null, 'typing_state', { typing: true })}id: 8\nevent: cut`),
      () => Response.json({}, { status: 503 }),
      sse(event(8, 'turn_completed', {})),
    );
    const waits: number[] = [];
    const stop = new AbortController();
    const types: string[] = [];
    const options = { baseUrl: '', fetch, signal: stop.signal, random: () => 1, wait: async (ms: number) => void waits.push(ms) };
    for await (const next of openEvents(options)) {
      types.push(next.type);
      if (next.type === 'turn_completed') stop.abort();
    }
    expect(types).toEqual(['turn_started', 'typing_state', 'turn_completed']);
    expect(seen.map(({ init }) => new Headers(init.headers).get('Last-Event-ID'))).toEqual([null, '7', '7']);
    expect(waits).toEqual([1_000, 2_000]);
  });

  test('after a resync the newest id is where it goes on', async () => {
    const { fetch, seen } = scripted(
      sse(event(null, 'resync', { reason: 'gap', oldest_id: 5, latest_id: 90 })),
      sse(event(91, 'turn_started', {})),
    );
    const stop = new AbortController();
    for await (const next of openEvents({ baseUrl: '', fetch, after: 1, signal: stop.signal, wait: async () => {} })) {
      if (next.id === 91) stop.abort();
    }
    expect(new Headers(seen[1]?.init.headers).get('Last-Event-ID')).toBe('90');
  });

  test('a refusal ends it with the error', async () => {
    const { fetch } = scripted(() => Response.json({ error: { code: 'unauthorized', message: 'No.' } }, { status: 401 }));
    await expect(openEvents({ baseUrl: '', fetch }).next()).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
  });
});
