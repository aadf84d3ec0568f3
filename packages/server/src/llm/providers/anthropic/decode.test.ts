import { expect, test } from 'vitest';
import { forEverySplit, readEvents, readText, responseOf, sse } from '../../../testing/scripted-model/dialect-reader.ts';
import { anthropicDialect } from './dialect.ts';

const dialect = anthropicDialect('p1');
const start = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    model: 'claude-x',
    usage: { input_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 3, output_tokens: 1 },
  },
};
const block = (index: number, content: object) => ({ type: 'content_block_start', index, content_block: content });
const delta = (index: number, part: object) => ({ type: 'content_block_delta', index, delta: part });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const end = (reason: string) => [
  { type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
];
const read = (...values: readonly unknown[]) => readText(dialect, sse(...values));

test('[LLM-13, LLM-18] thinking, text and tools come out whole wherever the bytes are split', async () => {
  const text = sse(
    start,
    { type: 'ping' },
    block(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'hm' }),
    delta(0, { type: 'signature_delta', signature: 'sig' }),
    stop(0),
    block(1, { type: 'redacted_thinking', data: 'enc' }),
    stop(1),
    block(2, { type: 'text', text: '' }),
    delta(2, { type: 'text_delta', text: 'Grüße 😀' }),
    stop(2),
    block(3, { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }),
    delta(3, { type: 'input_json_delta', partial_json: '' }),
    delta(3, { type: 'input_json_delta', partial_json: '{"q": "ü' }),
    delta(3, { type: 'input_json_delta', partial_json: '"}' }),
    stop(3),
    ...end('tool_use'),
  );
  await forEverySplit(dialect, text, (response) => {
    expect(response).toEqual({
      content: [
        { type: 'reasoning', text: 'hm', provider: 'p1', signature: 'sig' },
        { type: 'reasoning', text: '', provider: 'p1', redacted: 'enc' },
        { type: 'text', text: 'Grüße 😀' },
        { type: 'tool-call', id: 'toolu_1', name: 'look', arguments: { q: 'ü' } },
      ],
      finishReason: 'tool-calls',
      usage: { inputTokens: 5, outputTokens: 9, cacheReadTokens: 7, cacheWriteTokens: 3, reasoningTokens: 0 },
      model: 'claude-x',
      requestId: 'msg_1',
    });
  });
});

test('[LLM-15] arguments inside the block itself and empty arguments are read', async () => {
  const { content } = await read(
    start,
    block(0, { type: 'tool_use', id: 'a', name: 'x', input: { n: 1 } }),
    stop(0),
    block(1, { type: 'tool_use', id: 'b', name: 'y', input: {} }),
    stop(1),
    ...end('tool_use'),
  );
  expect(content).toEqual([
    { type: 'tool-call', id: 'a', name: 'x', arguments: { n: 1 } },
    { type: 'tool-call', id: 'b', name: 'y', arguments: {} },
  ]);
});

test('[LLM-13] a JSON body instead of a stream is an answer', async () => {
  const content = [
    { type: 'text', text: 'hi' },
    { type: 'tool_use', id: 'a', name: 'x', input: { n: 1 } },
  ];
  const response = await readText(
    dialect,
    JSON.stringify({
      id: 'm',
      type: 'message',
      model: 'c',
      content,
      stop_reason: 'tool_use',
      usage: { input_tokens: 1, output_tokens: 2 },
    }),
  );
  expect(response).toMatchObject({ finishReason: 'tool-calls', usage: { inputTokens: 1, outputTokens: 2 } });
  expect(response.content).toEqual([
    { type: 'text', text: 'hi' },
    { type: 'tool-call', id: 'a', name: 'x', arguments: { n: 1 } },
  ]);
});

test('[LLM-14] a stream without its end is truncated, an empty ending is an answer', async () => {
  await expect(read(start, block(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'half' }))).rejects.toMatchObject({
    kind: 'truncated',
    requestId: 'msg_1',
  });
  expect(await read(start, ...end('end_turn'))).toMatchObject({ content: [], finishReason: 'stop' });
});

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
])('stop reason %s reads as %s', async (reason, expected) => {
  expect(await read(start, block(0, { type: 'text', text: 'a' }), ...end(reason))).toMatchObject({ finishReason: expected });
});

test('[LLM-14] a refusal without content is an error', async () => {
  await expect(read(start, ...end('refusal'))).rejects.toMatchObject({ kind: 'content_filtered' });
});

test.each([
  ['overloaded_error', 'overloaded'],
  ['api_error', 'overloaded'],
  ['rate_limit_error', 'rate_limited'],
  ['authentication_error', 'unauthorized'],
  ['invalid_request_error', 'bad_request'],
  ['not_found_error', 'model_unavailable'],
  ['request_too_large', 'context_overflow'],
])('[LLM-5] %s is %s, in a stream and with a status', async (type, kind) => {
  const body = { type: 'error', error: { type, message: 'key tiger-key' } };
  await expect(read(start, body)).rejects.toMatchObject({ kind });
  const failure = await readEvents(dialect, { status: 529, chunks: [new TextEncoder().encode(JSON.stringify(body))] }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ kind, status: 529 });
  expect(JSON.stringify(failure)).not.toContain('tiger');
});

test('usage is told at the start, so that a call that breaks off still has a price', async () => {
  const events = await readEvents(dialect, { chunks: [new TextEncoder().encode(sse(start, ...end('end_turn')))] });
  expect(events[0]).toMatchObject({ type: 'usage', usage: { inputTokens: 5, cacheReadTokens: 7 } });
  expect(responseOf(events).usage.outputTokens).toBe(9);
});
