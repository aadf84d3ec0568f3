import { expect, test } from 'vitest';
import type { LlmRequest } from '../../../core/llm.ts';
import { encodeOpenAiChat } from './encode.ts';

const image = { type: 'image', mimeType: 'image/png', data: 'AAA' } as const;
const request: LlmRequest = {
  model: 'm',
  system: [
    { name: 'a', text: 'You are "x".\n' },
    { name: 'empty', text: ' ' },
    { name: 'b', text: 'Grüße' },
  ],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'one' },
        { type: 'text', text: '' },
        { type: 'text', text: 'two' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'secret thought', provider: 'p', signature: 's' },
        { type: 'tool-call', id: 'c1', name: 'look', arguments: { q: 1 } },
        { type: 'tool-call', id: 'c2', name: 'look', arguments: {} },
      ],
    },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', callId: 'c1', name: 'look', content: [{ type: 'text', text: 'seen' }, image], isError: false },
        { type: 'tool-result', callId: 'c2', name: 'look', content: [{ type: 'text', text: 'gone' }], isError: true },
      ],
    },
    { role: 'assistant', content: [{ type: 'text', text: ' ' }] },
    { role: 'user', content: [{ type: 'text', text: 'what is this?' }, image] },
  ],
  tools: [{ name: 'look', description: 'Looks.', inputSchema: { type: 'object' } }],
  maxOutputTokens: 50,
  thinkingEffort: 'low',
};

const encode = (changes: Partial<LlmRequest> = {}) =>
  JSON.parse(encodeOpenAiChat({ ...request, ...changes }, { maxTokensField: 'max_tokens' }));

test('a request reads as chat completions', () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAA' } };
  const tool = (id: string, json: string) => ({ id, type: 'function', function: { name: 'look', arguments: json } });
  expect(encode()).toEqual({
    model: 'm',
    messages: [
      { role: 'system', content: 'You are "x".\n\n\nGrüße' },
      { role: 'user', content: 'one\ntwo' },
      { role: 'assistant', content: null, tool_calls: [tool('c1', '{"q":1}'), tool('c2', '{}')] },
      { role: 'tool', tool_call_id: 'c1', content: 'seen' },
      { role: 'tool', tool_call_id: 'c2', content: 'Error: gone' },
      { role: 'user', content: [picture] },
      { role: 'user', content: [{ type: 'text', text: 'what is this?' }, picture] },
    ],
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: { type: 'object' } } }],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 50,
    reasoning_effort: 'low',
  });
});

test('[LLM-18] reasoning never goes back through this dialect', () => {
  expect(encodeOpenAiChat(request, { maxTokensField: 'max_tokens' })).not.toContain('secret thought');
});

test('without tools, system or wished effort their keys are absent', () => {
  expect(Object.keys(encode({ tools: [], system: [], thinkingEffort: 'auto' }))).toEqual([
    'model',
    'messages',
    'stream',
    'stream_options',
    'max_tokens',
  ]);
});

test('[LLM-26] requests with the same prompt and tools begin with the same bytes', () => {
  const text = (said: string) =>
    encodeOpenAiChat(
      { ...request, messages: [{ role: 'user', content: [{ type: 'text', text: said }] }] },
      { maxTokensField: 'max_tokens' },
    );
  const end = text('one').indexOf('one');
  expect(text('two').slice(0, end)).toBe(text('one').slice(0, end));
});
