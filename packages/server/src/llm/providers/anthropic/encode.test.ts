import { expect, test } from 'vitest';
import type { LlmMessage, LlmRequest } from '../../../core/llm.ts';
import { encodeAnthropic } from './encode.ts';

const said = (text: string): LlmMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const answered = (...content: Extract<LlmMessage, { role: 'assistant' }>['content'][number][]): LlmMessage => ({
  role: 'assistant',
  content,
});
const call = (id: string) => ({ type: 'tool-call', id, name: 'look', arguments: { q: id } }) as const;
const result = (callId: string, isError = false) =>
  ({ type: 'tool-result', callId, name: 'look', content: [{ type: 'text', text: `seen ${callId}` }], isError }) as const;
const mark = { cache_control: { type: 'ephemeral' } };

const request: LlmRequest = {
  model: 'claude-x',
  system: [
    { name: 'a', text: 'static', cache: true },
    { name: 'b', text: 'bulletin' },
  ],
  messages: [said('hi')],
  tools: [
    { name: 'one', description: '1', inputSchema: { type: 'object' } },
    { name: 'two', description: '2', inputSchema: { type: 'object' } },
  ],
  maxOutputTokens: 4096,
};

const encode = (changes: Partial<LlmRequest> = {}) => JSON.parse(encodeAnthropic({ ...request, ...changes }, 'anthropic'));
const marksIn = (value: unknown) => JSON.stringify(value).split('"cache_control"').length - 1;

test('[LLM-26] a request reads as Messages, with marks on the last tool and the static prompt', () => {
  expect(encode()).toEqual({
    model: 'claude-x',
    max_tokens: 4096,
    stream: true,
    tools: [
      { name: 'one', description: '1', input_schema: { type: 'object' } },
      { name: 'two', description: '2', input_schema: { type: 'object' }, ...mark },
    ],
    system: [
      { type: 'text', text: 'static', ...mark },
      { type: 'text', text: 'bulletin' },
    ],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  });
});

test('[LLM-26] the conversation is marked before its newest message, and at its end while tools run', () => {
  const first = [said('a'), answered(call('1')), { role: 'tool', content: [result('1')] } as const, said('b')];
  const { messages } = encode({ messages: first });
  expect(messages[2].content).toEqual([
    { type: 'tool_result', tool_use_id: '1', content: [{ type: 'text', text: 'seen 1' }], ...mark },
    { type: 'text', text: 'b' },
  ]);
  const running = encode({ messages: [...first, answered(call('2')), { role: 'tool', content: [result('2')] }] });
  expect(marksIn(running.messages)).toBe(2);
  expect(running.messages.at(-1).content[0]).toMatchObject({ tool_use_id: '2', ...mark });
});

test('[LLM-26] there are never more than four marks', () => {
  const system = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, text: name, cache: true }));
  const messages = [
    said('a'),
    answered({ type: 'text', text: 'x' }),
    said('b'),
    answered(call('2')),
    { role: 'tool', content: [result('2')] } as const,
  ];
  expect(marksIn(encode({ system, messages }))).toBe(4);
  expect(encode({ system, messages }).system[4]).toMatchObject(mark);
});

test('[LLM-19] parallel results go back in one message in call order, with error flag and image', () => {
  const picture = { ...result('2', true), content: [{ type: 'image', mimeType: 'image/png', data: 'AAA' }] } as const;
  const { messages } = encode({ messages: [said('a'), answered(call('1'), call('2')), { role: 'tool', content: [result('1'), picture] }] });
  expect(messages[2]).toMatchObject({
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: '1' },
      {
        type: 'tool_result',
        tool_use_id: '2',
        is_error: true,
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAA' } }],
      },
    ],
  });
});

test('[CH-8] roles alternate and begin with the user, and empty blocks are dropped', () => {
  const messages = [
    answered({ type: 'text', text: 'hello' }),
    said('a'),
    said(' '),
    said('b'),
    answered({ type: 'text', text: '' }),
    said('c'),
  ];
  expect(encode({ messages }).messages.map((message: { role: string }) => message.role)).toEqual(['user', 'assistant', 'user']);
});

test('[LLM-18] signed and redacted thinking of this provider is replayed, that of others and unsigned thinking is not', () => {
  const thought = { type: 'reasoning', text: 't', provider: 'anthropic', signature: 's' } as const;
  const hidden = { type: 'reasoning', text: '', provider: 'anthropic', redacted: 'enc' } as const;
  const foreign = { type: 'reasoning', text: 'f', provider: 'other', signature: 'x' } as const;
  const unsigned = { type: 'reasoning', text: 'u', provider: 'anthropic' } as const;
  const { messages } = encode({ messages: [said('a'), answered(thought, hidden, foreign, unsigned, { type: 'text', text: 'x' })] });
  expect(messages[1].content).toEqual([
    { type: 'thinking', thinking: 't', signature: 's' },
    { type: 'redacted_thinking', data: 'enc' },
    { type: 'text', text: 'x', ...mark },
  ]);
});

test('thinking has a budget below the output limit, and rests while a turn holds steps without it', () => {
  expect(encode({ thinkingEffort: 'low' }).thinking).toEqual({ type: 'enabled', budget_tokens: 2048 });
  expect(encode({ thinkingEffort: 'high' }).thinking).toEqual({ type: 'enabled', budget_tokens: 3072 });
  expect(encode({ thinkingEffort: 'high', maxOutputTokens: 1500 }).thinking).toBeUndefined();
  expect(encode({ thinkingEffort: 'auto' }).thinking).toBeUndefined();
  const foreign = [said('a'), answered(call('1')), { role: 'tool', content: [result('1')] } as const];
  expect(encode({ thinkingEffort: 'low', messages: foreign }).thinking).toBeUndefined();
});

test('call ids of other providers are made legal on both sides', () => {
  const { messages } = encode({ messages: [said('a'), answered(call('a:1.b')), { role: 'tool', content: [result('a:1.b')] }] });
  expect(messages[1].content[0].id).toBe('a_1_b');
  expect(messages[2].content[0].tool_use_id).toBe('a_1_b');
});
