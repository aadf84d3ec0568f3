import { expect, test } from 'vitest';
import type { AssistantPart } from '../../../core/llm.ts';
import { forEverySplit, readEvents, readText, sse } from '../../../testing/scripted-model/dialect-reader.ts';
import { openAiChatDialect } from './dialect.ts';

const dialect = openAiChatDialect({ maxTokensField: 'max_tokens' });
const delta = (part: object, finish: string | null = null) => ({
  id: 'c1',
  model: 'm1-2025',
  choices: [{ index: 0, delta: part, finish_reason: finish }],
});
const call = (fragment: object) => delta({ tool_calls: [fragment] });
const read = (...values: readonly unknown[]) => readText(dialect, sse(...values));
const callsOf = (content: readonly AssistantPart[]) => content.filter((part) => part.type === 'tool-call');

test('[LLM-13] a stream gives the same answer wherever its bytes are split', async () => {
  const text = sse(
    delta({ role: 'assistant', content: '' }),
    delta({ reasoning_content: 'hm' }),
    delta({ content: 'Grüße ' }),
    delta({ content: '😀' }),
    call({ index: 0, id: 'a', function: { name: 'look', arguments: '' } }),
    call({ index: 0, function: { arguments: '{"q":' } }),
    call({ index: 0, function: { arguments: '"ü"}' } }),
    delta({}, 'tool_calls'),
    {
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 4,
        prompt_tokens_details: { cached_tokens: 6 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    },
    '[DONE]',
  ).replaceAll('\n', '\r\n');
  await forEverySplit(dialect, text, (response) => {
    expect(response).toEqual({
      content: [
        { type: 'reasoning', text: 'hm', provider: 'p1' },
        { type: 'text', text: 'Grüße 😀' },
        { type: 'tool-call', id: 'a', name: 'look', arguments: { q: 'ü' } },
      ],
      finishReason: 'tool-calls',
      usage: { inputTokens: 4, outputTokens: 4, cacheReadTokens: 6, cacheWriteTokens: 0, reasoningTokens: 1 },
      model: 'm1-2025',
      requestId: 'c1',
    });
  });
});

test('[LLM-17] whitespace deltas are kept, content may be null or an array', async () => {
  const { content } = await read(
    delta({ content: null }),
    delta({ content: 'a' }),
    delta({ content: '\n' }),
    delta({ content: [{ type: 'text', text: 'b' }] }),
    delta({}, 'stop'),
  );
  expect(content).toEqual([{ type: 'text', text: 'a\nb' }]);
});

test('[LLM-17] an empty legal ending is an answer', async () => {
  expect(await read(delta({}, 'stop'), '[DONE]')).toMatchObject({ content: [], finishReason: 'stop' });
});

test.each([
  [
    'by index',
    [
      { index: 0, id: 'a', function: { name: 'x', arguments: '{' } },
      { index: 1, id: 'b', function: { name: 'y', arguments: '{"n":' } },
      { index: 0, function: { arguments: '}' } },
      { index: 1, function: { arguments: '2}' } },
    ],
  ],
  [
    'by id alone',
    [
      { id: 'a', function: { name: 'x', arguments: '{' } },
      { id: 'b', function: { name: 'y', arguments: '{"n":' } },
      { id: 'a', function: { arguments: '}' } },
      { id: 'b', function: { arguments: '2}' } },
    ],
  ],
  [
    'all under index 0',
    [
      { index: 0, id: 'a', function: { name: 'x', arguments: '{}' } },
      { index: 0, id: 'b', function: { name: 'y', arguments: '{"n":' } },
      { index: 0, function: { arguments: '2}' } },
    ],
  ],
  [
    'with arguments as objects',
    [
      { index: 0, id: 'a', function: { name: 'x', arguments: null } },
      { index: 1, id: 'b', function: { name: 'y', arguments: { n: 2 } } },
    ],
  ],
  [
    'with the name in every fragment',
    [
      { index: 0, id: 'a', function: { name: 'x' } },
      { index: 1, id: 'b', function: { name: 'y', arguments: '{"n"' } },
      { index: 1, id: 'b', function: { name: 'y', arguments: ':2}' } },
    ],
  ],
])('[LLM-15] tool calls are put together %s', async (_name, fragments) => {
  const { content } = await read(...fragments.map(call), delta({}, 'tool_calls'));
  expect(content).toEqual([
    { type: 'tool-call', id: 'a', name: 'x', arguments: {} },
    { type: 'tool-call', id: 'b', name: 'y', arguments: { n: 2 } },
  ]);
});

test('[LLM-16] missing ids are made, differ from each other and stay the same for the same request', async () => {
  const stream = [
    call({ function: { name: 'x', arguments: '{}' } }),
    call({ function: { name: 'x', arguments: '{}' } }),
    delta({}, 'stop'),
  ];
  const [first, again] = [await read(...stream), await read(...stream)];
  const ids = callsOf(first.content).map((part) => part.id);
  expect(new Set(ids).size).toBe(2);
  expect(callsOf(again.content).map((part) => part.id)).toEqual(ids);
  expect(first.finishReason).toBe('tool-calls');
});

test('[LLM-16] a call repeated in the final message is one call', async () => {
  const tool = { index: 0, id: 'a', type: 'function', function: { name: 'x', arguments: '{}' } };
  const { content } = await read(call(tool), {
    choices: [{ message: { content: null, tool_calls: [tool] }, finish_reason: 'tool_calls' }],
  });
  expect(callsOf(content)).toHaveLength(1);
});

test('[LLM-15] arguments that come before the name are not lost', async () => {
  const { content } = await read(
    call({ index: 0, id: 'a', function: { arguments: '{"a"' } }),
    call({ index: 0, function: { name: 'x', arguments: ':1}' } }),
    delta({}, 'stop'),
  );
  expect(callsOf(content)).toMatchObject([{ name: 'x', arguments: { a: 1 } }]);
});

test('[LLM-13] a JSON body instead of a stream is an answer, wherever it is split', async () => {
  const message = {
    role: 'assistant',
    content: 'Grüße',
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'x', arguments: '{"n":1}' } }],
  };
  const body = JSON.stringify({
    id: 'c1',
    model: 'm1',
    choices: [{ message, finish_reason: 'tool_calls' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  });
  await forEverySplit(dialect, ` \n${body}`, (response) => {
    expect(response.content).toEqual([
      { type: 'text', text: 'Grüße' },
      { type: 'tool-call', id: 'a', name: 'x', arguments: { n: 1 } },
    ]);
  });
});

test('[LLM-14] without [DONE] an answer with its finish reason is complete', async () => {
  expect(await read(delta({ content: 'a' }), delta({}, 'stop'))).toMatchObject({ finishReason: 'stop' });
});

test('[LLM-14] a stream without its end is truncated at every cut', async () => {
  const text = sse(delta({ content: 'ab' }), delta({ content: 'c' }));
  for (let at = 'data:'.length + 1; at <= text.length; at += 1) {
    await expect(readText(dialect, text.slice(0, at))).rejects.toMatchObject({ kind: 'truncated' });
  }
});

test.each([
  [{ error: { message: 'busy tiger-key', type: 'server_error' } }, 'overloaded'],
  [{ error: { message: 'no', code: 429 } }, 'rate_limited'],
  [{ error: { message: 'no', code: 'context_length_exceeded' } }, 'context_overflow'],
  [{ error: 'plain text' }, 'overloaded'],
  [{ choices: [{ delta: {}, finish_reason: 'error' }] }, 'overloaded'],
])('[LLM-13] an error inside the stream is a typed error: %j', async (body, kind) => {
  const failure = readText(dialect, sse(delta({ content: 'a' }), body));
  await expect(failure).rejects.toMatchObject({ kind });
  await expect(failure).rejects.not.toMatchObject({ details: { provider_text: expect.stringContaining('tiger') } });
});

test.each([
  ['<html></html>\n'],
  ['hello'],
  [sse('{broken')],
  ['[]'],
  ['{"ok":true}'],
  ['{"choices":null}'],
])('[LLM-14] garbage is a bad response: %j', async (text) => {
  await expect(readText(dialect, text)).rejects.toMatchObject({ kind: 'bad_response' });
});

test('[LLM-14] a refused answer without content is an error, a length cut is told', async () => {
  await expect(read(delta({}, 'content_filter'))).rejects.toMatchObject({ kind: 'content_filtered' });
  expect(await read(delta({ content: 'a' }), delta({}, 'length'))).toMatchObject({ finishReason: 'length' });
});

test.each([
  [401, { error: { message: 'Incorrect API key provided: tiger-key', code: 'invalid_api_key' } }, 'unauthorized'],
  [404, { error: { code: 'model_not_found' } }, 'model_unavailable'],
  [400, { error: { code: 'context_length_exceeded' } }, 'context_overflow'],
  [400, 'nonsense', 'bad_request'],
  [429, {}, 'rate_limited'],
  [500, '<html>', 'overloaded'],
  [503, '', 'overloaded'],
  [302, '', 'bad_response'],
])('[LLM-5, LLM-30] status %i with %j is a typed error without the key', async (status, body, kind) => {
  const chunks = [new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))];
  const failure = await readEvents(dialect, { status, headers: { 'retry-after': '7', 'x-request-id': 'r9' }, chunks }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ kind, status, requestId: 'r9', retryAfterMs: 7000, provider: 'p1', model: 'm1' });
  expect(JSON.stringify(failure)).not.toContain('tiger');
  expect(failure).toHaveProperty('publicMessage', expect.stringContaining('The model provider "p1"'));
});

test('the deltas are told as they come', async () => {
  const events = await readEvents(dialect, {
    chunks: [
      new TextEncoder().encode(
        sse(delta({ content: 'a' }), call({ index: 0, id: 'i', function: { name: 'x', arguments: '{}' } }), delta({}, 'stop')),
      ),
    ],
  });
  expect(events.map((event) => event.type)).toEqual(['text-delta', 'tool-call-start', 'tool-call-delta', 'finish']);
});

test.each([
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
])('[LLM-7] %j reads as a wait of %s ms', async (headers, retryAfterMs) => {
  await expect(readEvents(dialect, { status: 429, headers, chunks: [] })).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs });
});
