/** Reads wire bytes through a dialect, whole or cut at every position. */

import { systemClock } from '../../core/clock.ts';
import type { LlmEvent, LlmRequest, LlmResponse } from '../../core/llm.ts';
import { createWireProvider, type WireDialect } from '../../llm/wire-provider.ts';
import { byteLength, type CannedAnswer, createCannedTransport, splitAt } from './canned-transport.ts';

const TIMEOUTS = { connectMs: 1_000, firstByteMs: 1_000, idleMs: 1_000, totalMs: 5_000 };

const REQUEST: LlmRequest = {
  model: 'm1',
  system: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  maxOutputTokens: 100,
};

export async function readEvents(dialect: WireDialect, answer: CannedAnswer, request: LlmRequest = REQUEST): Promise<LlmEvent[]> {
  const endpoint = { id: 'p1', url: new URL('http://model.test/v1'), headers: {}, secrets: ['tiger-key'], timeouts: TIMEOUTS };
  const provider = createWireProvider(endpoint, dialect, createCannedTransport(answer), systemClock);
  const events: LlmEvent[] = [];
  for await (const event of provider.stream(request, new AbortController().signal)) events.push(event);
  return events;
}

export async function readText(dialect: WireDialect, text: string): Promise<LlmResponse> {
  return responseOf(await readEvents(dialect, { chunks: [new TextEncoder().encode(text)] }));
}

/** Calls `check` with the response for every place where the text can be cut in two. */
export async function forEverySplit(dialect: WireDialect, text: string, check: (response: LlmResponse) => void): Promise<void> {
  for (let at = 0; at <= byteLength(text); at += 1) check(responseOf(await readEvents(dialect, { chunks: splitAt(text, at) })));
}

export function responseOf(events: readonly LlmEvent[]): LlmResponse {
  const last = events.at(-1);
  if (last?.type !== 'finish') throw new Error('the stream did not finish');
  return last.response;
}

/** Server-sent events of JSON values; a string is sent as it is. */
export function sse(...values: readonly unknown[]): string {
  return values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('');
}
