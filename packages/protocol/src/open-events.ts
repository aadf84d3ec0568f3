/** The live event stream as one endless iterable: reconnects, resumes after the last event, and gives up only when the server refuses. */

import { ClientError, type ClientOptions, type FetchLike } from './client.ts';
import type { EventType, SpacebotEvent } from './events.ts';
import { readServerSentEvents } from './server-sent-events.ts';

export interface EventStreamOptions extends ClientOptions {
  readonly agentId?: string;
  readonly conversationId?: string;
  readonly types?: readonly EventType[];
  /** Replays what came after this id first; without it only live events. */
  readonly after?: number;
  readonly signal?: AbortSignal;
  /** `open` after each connect, `closed` when the connection is gone and will be tried again. */
  readonly onState?: (state: 'open' | 'closed') => void;
  /** 0..1, for the jitter; default Math.random. */
  readonly random?: () => number;
  /** Waits; default a timer. Must reject when the signal aborts. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** The server says something every 15 s; three missed beats mean a dead connection. */
const SILENCE_MS = 45_000;

/**
 * Yields events in order, also `resync` and `lagged`, until the signal aborts.
 * Throws ClientError when the server refuses (401, 403, 400 ...); 429, 5xx and lost connections are tried again after 1 s to 30 s with jitter.
 */
export async function* openEvents(options: EventStreamOptions): AsyncGenerator<SpacebotEvent, void> {
  const signal = options.signal ?? new AbortController().signal;
  const random = options.random ?? Math.random;
  const wait = options.wait ?? waitWithTimer;
  let lastId = options.after;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const event of connect(options, lastId, signal)) {
        failures = 0;
        lastId = positionAfter(event, lastId);
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) throw error;
    }
    if (signal.aborted) return;
    options.onState?.('closed');
    const ceiling = Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS);
    failures += 1;
    await wait(Math.max(FIRST_DELAY_MS, ceiling * (0.5 + random() / 2)), signal).catch(() => {});
  }
}

async function* connect(options: EventStreamOptions, after: number | undefined, signal: AbortSignal): AsyncGenerator<SpacebotEvent> {
  const attempt = new AbortController();
  const stop = () => attempt.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => attempt.abort(new Error('the stream fell silent')), SILENCE_MS);
  };
  try {
    alive();
    const response = await request(options, after, attempt.signal);
    options.onState?.('open');
    for await (const entry of readServerSentEvents(response, alive)) yield JSON.parse(entry.data);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    attempt.abort();
  }
}

async function request(options: EventStreamOptions, after: number | undefined, signal: AbortSignal): Promise<Response> {
  const fetchIt: FetchLike = options.fetch ?? fetch;
  const headers: Record<string, string> = { Accept: 'text/event-stream' };
  if (options.token !== undefined) headers.Authorization = `Bearer ${options.token}`;
  if (after !== undefined) headers['Last-Event-ID'] = String(after);
  const query = new URLSearchParams();
  if (options.agentId !== undefined) query.set('agent_id', options.agentId);
  if (options.conversationId !== undefined) query.set('conversation_id', options.conversationId);
  if (options.types !== undefined) query.set('types', options.types.join(','));
  const response = await fetchIt(`${options.baseUrl}/api/events?${query}`, {
    headers,
    signal,
    credentials: 'same-origin',
    cache: 'no-store',
  });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new ClientError(response.status, body?.error ?? {});
}

function positionAfter(event: SpacebotEvent, before: number | undefined): number | undefined {
  if (event.type === 'resync') return event.data.latest_id ?? before;
  return event.id ?? before;
}

function isRefusal(error: unknown): boolean {
  return error instanceof ClientError && error.status >= 400 && error.status < 500 && error.status !== 429;
}

function waitWithTimer(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
