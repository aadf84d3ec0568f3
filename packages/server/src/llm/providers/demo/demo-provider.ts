/** The built-in offline demo model: deterministic, clearly labelled, streamed word by word, so that a newcomer sees the whole path without a key. */

import { type Clock, sleep } from '../../../core/clock.ts';
import type { LlmEvent, LlmProvider, LlmRequest, LlmResponse, TokenUsage } from '../../../core/llm.ts';
import { textOf } from '../../history-text.ts';
import { abortError } from '../../provider-error.ts';
import { composeDemoAnswer } from './demo-answers.ts';

export const DEMO_PROVIDER = 'demo';
export const DEMO_MODEL = 'echo';

const WORD_DELAY_MS = 18;
const REPLY_TOOL = 'reply';

export function createDemoProvider(clock: Clock): LlmProvider {
  return {
    id: DEMO_PROVIDER,
    async *stream(request, signal) {
      const answer = composeDemoAnswer(lastUserText(request));
      const usage = usageOf(request, answer);
      const useTool = request.tools.some((tool) => tool.name === REPLY_TOOL);
      yield* useTool ? streamCall(request, answer, usage, clock, signal) : streamText(request, answer, usage, clock, signal);
    },
  };
}

async function* streamText(
  request: LlmRequest,
  answer: string,
  usage: TokenUsage,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<LlmEvent> {
  for (const text of words(answer)) {
    await pause(clock, signal);
    yield { type: 'text-delta', text };
  }
  yield finish(request, { content: [{ type: 'text', text: answer }], finishReason: 'stop', usage });
}

async function* streamCall(
  request: LlmRequest,
  answer: string,
  usage: TokenUsage,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<LlmEvent> {
  const id = `demo_${request.messages.length}`;
  yield { type: 'tool-call-start', index: 0, id, name: REPLY_TOOL };
  for (const text of words(JSON.stringify({ content: answer }))) {
    await pause(clock, signal);
    yield { type: 'tool-call-delta', index: 0, text };
  }
  const call = { type: 'tool-call', id, name: REPLY_TOOL, arguments: { content: answer } } as const;
  yield finish(request, { content: [call], finishReason: 'tool-calls', usage });
}

function finish(request: LlmRequest, response: Omit<LlmResponse, 'model'>): LlmEvent {
  return { type: 'finish', response: { ...response, model: request.model } };
}

async function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    await sleep(clock, WORD_DELAY_MS, signal);
  } catch {
    throw abortError(signal);
  }
}

/** Pieces that join to the text again, each with the space before its word. */
function words(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

function lastUserText(request: LlmRequest): string {
  const message = request.messages.findLast(({ role }) => role === 'user');
  return message?.role === 'user' ? textOf(message.content) : '';
}

/** Four characters a token: near enough for a model that costs nothing. */
function usageOf(request: LlmRequest, answer: string): TokenUsage {
  const prompt = request.system.reduce((sum, section) => sum + section.text.length, 0);
  const history = request.messages.reduce((sum, message) => sum + (message.role === 'user' ? textOf(message.content).length : 0), 0);
  const tokens = (characters: number) => Math.ceil(characters / 4);
  return {
    inputTokens: tokens(prompt + history),
    outputTokens: tokens(answer.length),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  };
}
