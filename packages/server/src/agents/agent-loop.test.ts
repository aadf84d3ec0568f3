import { describe, expect, test } from 'vitest';
import type { AssistantPart, LlmMessage, LlmResponse } from '../core/llm.ts';
import { NO_USAGE } from '../core/llm.ts';
import { type LoopInput, type LoopPorts, runAgentLoop, type StepOutcome } from './agent-loop.ts';
import { toolResult } from './turn-history.ts';

const respond = (...content: AssistantPart[]): LlmResponse => ({ content, finishReason: 'stop', usage: NO_USAGE, model: 'm' });
const say = (text: string) => respond({ type: 'text', text });
const call = (id: string) => respond({ type: 'tool-call', id, name: 'work', arguments: {} });
const user = (text: string): LlmMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const results = (id: string, isError = false) => [toolResult(id, 'work', isError ? 'failed' : 'ok', isError)];

interface Script {
  readonly answers: readonly LlmResponse[];
  readonly act?: (step: number) => StepOutcome;
  readonly judge?: (step: number) => Awaited<ReturnType<LoopPorts['judge']>>;
  readonly input?: Partial<LoopInput>;
}

async function run({ answers, act, judge, input }: Script) {
  const asked: { step: number; messages: readonly LlmMessage[] }[] = [];
  const acted: number[] = [];
  const ending = await runAgentLoop(
    { messages: [user('hi')], firstStep: 0, stored: null, maxTurns: 5, ...input },
    {
      ask: async (step, messages) => {
        asked.push({ step, messages: [...messages] });
        const answer = answers[asked.length - 1];
        if (!answer) throw new Error('no answer left');
        return answer;
      },
      act: async (step) => {
        acted.push(step);
        return act?.(step) ?? { results: results('c'), ends: false };
      },
      judge: async (step) => judge?.(step) ?? { accept: true },
    },
  );
  return { ending, asked, acted, steps: asked.map((one) => one.step) };
}

describe('[CH-7] a run ends in exactly one way', () => {
  test('with a text that stands', async () => {
    expect(await run({ answers: [say('Hello.')] })).toMatchObject({ ending: 'answered', steps: [0], acted: [] });
  });

  test('with a tool that ends it, and no model is asked afterwards', async () => {
    const ended = await run({ answers: [call('c')], act: () => ({ results: results('c'), ends: true }) });
    expect(ended).toMatchObject({ ending: 'ended-by-tool', steps: [0], acted: [0] });
  });

  test('[CH-1] at the limit of model calls', async () => {
    const ended = await run({ answers: Array.from({ length: 9 }, () => call('c')), input: { maxTurns: 3 } });
    expect(ended).toMatchObject({ ending: 'turn-limit', steps: [0, 1, 2] });
  });

  test('with whatever its ports throw', async () => {
    await expect(run({ answers: [] })).rejects.toThrow('no answer left');
  });
});

test('[TL-3] a failed tool is a message to the model, which may try again', async () => {
  const { asked, ending } = await run({
    answers: [call('a'), call('b')],
    act: (step) => ({ results: results(step === 0 ? 'a' : 'b', step === 0), ends: step === 1 }),
  });
  expect(ending).toBe('ended-by-tool');
  expect(asked[1]?.messages).toEqual([
    user('hi'),
    { role: 'assistant', content: call('a').content },
    { role: 'tool', content: results('a', true) },
  ]);
});

test('[CH-12] an answer that cannot be used is asked for again, with the reason', async () => {
  const why = user('[System: again]');
  const { asked, ending } = await run({
    answers: [say('skip()'), say('Hello.')],
    judge: (step) => (step === 0 ? { accept: false, askAgain: why } : { accept: true }),
  });
  expect(ending).toBe('answered');
  expect(asked[1]?.messages).toEqual([user('hi'), { role: 'assistant', content: say('skip()').content }, why]);
});

test('[CH-8] an answer of nothing leaves no empty message', async () => {
  const why = user('[System: again]');
  const { asked } = await run({
    answers: [say(''), say('Hello.')],
    judge: (step) => (step === 0 ? { accept: false, askAgain: why } : { accept: true }),
  });
  expect(asked[1]?.messages).toEqual([user('hi'), why]);
});

test('[ST-3] an answer that was stored before a crash is acted on without asking again', async () => {
  const resumed = await run({ answers: [say('Done.')], input: { firstStep: 2, stored: call('c') } });
  expect(resumed).toMatchObject({ ending: 'answered', acted: [2], steps: [3] });
});

test('model calls of before a restart count toward the limit', async () => {
  expect(await run({ answers: [call('c')], input: { firstStep: 5 } })).toMatchObject({ ending: 'turn-limit', steps: [] });
});
