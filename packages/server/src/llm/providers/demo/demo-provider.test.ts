import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../core/clock.ts';
import { CancelledError } from '../../../core/errors.ts';
import type { LlmEvent, LlmRequest } from '../../../core/llm.ts';
import { createDemoProvider } from './demo-provider.ts';

/** Time that passes at once. */
const eagerClock: Clock = {
  now: () => 0,
  schedule(_delayMs, callback) {
    queueMicrotask(callback);
    return () => {};
  },
};

async function ask(text: string, tools: LlmRequest['tools'] = []): Promise<LlmEvent[]> {
  const request = {
    model: 'echo',
    system: [],
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    tools,
    maxOutputTokens: 100,
  } as const;
  const events: LlmEvent[] = [];
  for await (const event of createDemoProvider(eagerClock).stream(request, new AbortController().signal)) events.push(event);
  return events;
}

const replyTool = { name: 'reply', description: '', inputSchema: {} };
const streamed = (events: readonly LlmEvent[]) =>
  events.map((event) => (event.type === 'text-delta' || event.type === 'tool-call-delta' ? event.text : '')).join('');

test.each(['hello', 'Help!', 'What can you do?', 'the weather', ''])('the demo model says who it is when asked "%s"', async (text) => {
  const events = await ask(text);
  expect(streamed(events)).toMatch(/^\[demo model\]/);
  expect(await ask(text)).toEqual(events);
});

test('the demo model repeats what it does not know, word by word', async () => {
  const events = await ask('the weather in Köln');
  expect(streamed(events)).toContain('You wrote: the weather in Köln');
  expect(events.filter((event) => event.type === 'text-delta').length).toBeGreaterThan(4);
});

test('the demo model answers through the reply tool where it is offered', async () => {
  const events = await ask('say "x"', [replyTool]);
  const last = events.at(-1);
  expect(JSON.parse(streamed(events))).toEqual({ content: '[demo model] You wrote: say "x"' });
  expect(last).toMatchObject({
    type: 'finish',
    response: { finishReason: 'tool-calls', content: [{ name: 'reply', arguments: JSON.parse(streamed(events)) }] },
  });
});

test('the demo model stops when it is told to', async () => {
  const stop = new AbortController();
  const request = { model: 'echo', system: [], messages: [], tools: [], maxOutputTokens: 100 };
  const reading = (async () => {
    for await (const _event of createDemoProvider(systemClock).stream(request, stop.signal)) stop.abort();
  })();
  await expect(reading).rejects.toBeInstanceOf(CancelledError);
});
