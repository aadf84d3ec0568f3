import { expect, test } from 'vitest';
import type { LlmMessage } from '../core/llm.ts';
import { repairHistory } from './history-repair.ts';

const user = (text: string): LlmMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const calls = (...ids: string[]): LlmMessage => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool-call', id, name: 'look', arguments: {} })),
});
const results = (...ids: string[]): LlmMessage => ({
  role: 'tool',
  content: ids.map((id) => ({
    type: 'tool-result',
    callId: id,
    name: 'look',
    content: [{ type: 'text', text: `seen ${id}` }],
    isError: false,
  })),
});

/** The rule of the strictest provider. */
function expectLegal(messages: readonly LlmMessage[]): void {
  messages.forEach((message, index) => {
    const next = messages[index + 1];
    const open = message.role === 'assistant' ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])) : [];
    const given = next?.role === 'tool' ? next.content.map((part) => part.callId) : [];
    expect(given).toEqual(open);
  });
}

test('[LLM-24] a legal history is sent untouched', () => {
  const history = [user('a'), calls('1', '2'), results('1', '2'), user('b')];
  expect(repairHistory(history)).toEqual({ messages: history, repairs: 0 });
  expect(repairHistory(history).messages).toBe(history);
});

test('[LLM-24] results without a call become a quotation, calls without a result get an error', () => {
  const { messages, repairs } = repairHistory([results('0'), user('a'), calls('1', '2'), results('2', '9'), user('b')]);
  expect(repairs).toBeGreaterThan(0);
  expectLegal(messages);
  expect(messages.map((message) => message.role)).toEqual(['user', 'user', 'assistant', 'tool', 'user', 'user']);
  expect(JSON.stringify(messages[4])).toContain('> seen 9');
  expect(messages[3]?.content[0]).toMatchObject({ callId: '1', isError: true });
});

test('[LLM-19] results that came one by one and out of order go back together in call order', () => {
  expect(repairHistory([calls('1', '2'), results('2'), results('1')]).messages[1]).toEqual(results('1', '2'));
});

test('[CH-8, LLM-24] any shuffled history is legal after repair', () => {
  let seed = 7;
  const random = (limit: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % limit;
  };
  for (let round = 0; round < 500; round += 1) {
    const ids = () => Array.from({ length: random(4) }, () => String(random(6)));
    const history = Array.from({ length: random(9) }, () => [user('x'), calls(...ids()), results(...ids())][random(3)] ?? user('y'));
    const { messages } = repairHistory(history);
    expectLegal(messages);
    expect(repairHistory(messages).repairs).toBe(0);
  }
});
