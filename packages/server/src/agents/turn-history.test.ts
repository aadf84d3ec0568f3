import { describe, expect, test } from 'vitest';
import type { AssistantPart, LlmResponse } from '../core/llm.ts';
import { NO_USAGE } from '../core/llm.ts';
import type { StepRow, ToolCallRow } from '../storage/agent/records.ts';
import { readResumePoint, resultOfRow } from './turn-history.ts';

const respond = (...content: AssistantPart[]): LlmResponse => ({ content, finishReason: 'stop', usage: NO_USAGE, model: 'm' });
const CALL = respond({ type: 'tool-call', id: 'p', name: 'react', arguments: {} });
const TEXT = respond({ type: 'text', text: 'skip()' });

const step = (n: number, state: StepRow['state'], response: LlmResponse | null): StepRow => ({
  owner_id: 't',
  n,
  state,
  response: response && JSON.stringify(response),
});

const row = (step_n: number, over: Partial<ToolCallRow> = {}): ToolCallRow => ({
  key: `k${step_n}`,
  owner_id: 't',
  step_n,
  idx: 0,
  provider_call_id: 'p',
  tool: 'react',
  args: '{}',
  state: 'done',
  attempt: 1,
  result: '{"text":"ok","code":null}',
  created_at: 0,
  started_at: 0,
  ended_at: 0,
  ...over,
});

describe('[G-3] an interrupted turn goes on where it was', () => {
  test('a turn that had not begun begins', () => {
    expect(readResumePoint([], [])).toEqual({ messages: [], firstStep: 0, stored: null });
  });

  test('a call without an answer is asked again', () => {
    expect(readResumePoint([step(0, 'calling', null)], [])).toEqual({ messages: [], firstStep: 0, stored: null });
  });

  test('a stored answer is acted on, not asked for again', () => {
    expect(readResumePoint([step(0, 'answered', CALL)], [row(0, { state: 'planned' })])).toEqual({
      messages: [],
      firstStep: 0,
      stored: CALL,
    });
  });

  test('done steps are part of the talk, and the next one follows', () => {
    const point = readResumePoint([step(0, 'done', CALL), step(1, 'calling', null)], [row(0)]);
    expect(point).toMatchObject({ firstStep: 1, stored: null });
    expect(point.messages.map((message) => message.role)).toEqual(['assistant', 'tool']);
    expect(readResumePoint([step(0, 'done', CALL)], [row(0)]).firstStep).toBe(1);
  });

  test('[CH-8] an answer that was refused keeps the reason behind it, so that roles stay legal', () => {
    const { messages } = readResumePoint([step(0, 'done', TEXT), step(1, 'calling', null)], []);
    expect(messages.map((message) => message.role)).toEqual(['assistant', 'user']);
    expect(readResumePoint([step(0, 'done', respond())], []).messages.map((message) => message.role)).toEqual(['user']);
  });
});

test.each([
  ['done', '{"text":"ok","code":null}', 'ok', false],
  ['failed', '{"text":"no","code":"x"}', 'no', true],
  ['unknown', '{"text":"Interrupted.","code":"interrupted"}', 'Interrupted.', true],
  ['cancelled', null, 'Interrupted; the outcome is unknown.', true],
] as const)('a call that is %s reads as what is known of it', (state, result, text, isError) => {
  expect(resultOfRow(row(0, { state, result }))).toEqual({
    type: 'tool-result',
    callId: 'p',
    name: 'react',
    content: [{ type: 'text', text }],
    isError,
  });
});
