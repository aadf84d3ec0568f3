/** Writes a scripted answer in both dialects, as the chunks of a stream or as one JSON body. */

import type { AnswerStep, ScriptedCall, SeenRequest } from './script.ts';

export interface WireAnswer {
  /** Server-sent events, one string per chunk. */
  readonly chunks: readonly string[];
  readonly whole: object;
}

const DEFAULT_USAGE = { inputTokens: 100, outputTokens: 10, cacheReadTokens: 0 };

export function writeAnswer(step: AnswerStep, request: SeenRequest, number: number): WireAnswer {
  return request.dialect === 'anthropic' ? writeAnthropic(step, request, number) : writeOpenAi(step, request, number);
}

/** Word by word, so that a stream has several chunks. */
function pieces(content: string): string[] {
  return content.match(/\s*\S+|\s+$/g) ?? [];
}

function idOf(call: ScriptedCall, prefix: string, number: number, index: number): string {
  return call.id ?? `${prefix}_${number}_${index}`;
}

function writeOpenAi(step: AnswerStep, request: SeenRequest, number: number): WireAnswer {
  const base = { id: `chatcmpl-${number}`, model: request.model };
  const calls = (step.calls ?? []).map((call, index) => ({
    id: idOf(call, 'call', number, index),
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const usage = openAiUsage(step);
  const finishReason = step.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop');
  const delta = (part: object) => ({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta: part, finish_reason: null }] });
  const events = [
    delta({ role: 'assistant', content: '' }),
    ...pieces(step.reasoning ?? '').map((content) => delta({ reasoning_content: content })),
    ...pieces(step.text ?? '').map((content) => delta({ content })),
    ...calls.flatMap((call, index) => [
      delta({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.function.name, arguments: '' } }] }),
      ...pieces(call.function.arguments).map((json) => delta({ tool_calls: [{ index, function: { arguments: json } }] })),
    ]),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: finishReason }] },
    { ...base, choices: [], usage },
  ];
  const message = { role: 'assistant', content: step.text ?? null, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  return {
    chunks: [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'],
    whole: { ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finishReason }], usage },
  };
}

function openAiUsage(step: AnswerStep): object {
  const { inputTokens, outputTokens, cacheReadTokens = 0 } = step.usage ?? DEFAULT_USAGE;
  return {
    prompt_tokens: inputTokens + cacheReadTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + cacheReadTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cacheReadTokens },
  };
}

function writeAnthropic(step: AnswerStep, request: SeenRequest, number: number): WireAnswer {
  const { inputTokens, outputTokens, cacheReadTokens = 0 } = step.usage ?? DEFAULT_USAGE;
  const calls = step.calls ?? [];
  const stopReason = step.finish === 'length' ? 'max_tokens' : calls.length > 0 ? 'tool_use' : 'end_turn';
  const base = { id: `msg_${number}`, type: 'message', role: 'assistant', model: request.model };
  const input = { input_tokens: inputTokens, cache_read_input_tokens: cacheReadTokens, cache_creation_input_tokens: 0 };
  const content = [
    ...(step.reasoning === undefined ? [] : [{ type: 'thinking', thinking: step.reasoning, signature: `sig_${number}` }]),
    ...(step.text === undefined ? [] : [{ type: 'text', text: step.text }]),
    ...calls.map((call, index) => ({ type: 'tool_use', id: idOf(call, 'toolu', number, index), name: call.name, input: call.arguments })),
  ];
  const events = [
    { ...event('message_start'), message: { ...base, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } } },
    event('ping'),
    ...content.flatMap((block, index) => blockEvents(block, index)),
    { ...event('message_delta'), delta: { stop_reason: stopReason }, usage: { output_tokens: outputTokens } },
    event('message_stop'),
  ];
  return {
    chunks: events.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`),
    whole: { ...base, content, stop_reason: stopReason, usage: { ...input, output_tokens: outputTokens } },
  };
}

type AnthropicBlock = {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly input?: object;
};

function blockEvents(block: AnthropicBlock, index: number): { type: string }[] {
  const delta = (part: object) => ({ ...event('content_block_delta'), index, delta: part });
  const stop = { ...event('content_block_stop'), index };
  const start = (initial: object) => ({ ...event('content_block_start'), index, content_block: { ...block, ...initial } });
  if (block.text !== undefined) {
    return [start({ text: '' }), ...pieces(block.text).map((content) => delta({ type: 'text_delta', text: content })), stop];
  }
  if (block.thinking !== undefined) {
    const thoughts = pieces(block.thinking).map((content) => delta({ type: 'thinking_delta', thinking: content }));
    return [
      start({ thinking: '', signature: '' }),
      ...thoughts,
      delta({ type: 'signature_delta', signature: block.signature ?? '' }),
      stop,
    ];
  }
  const json = pieces(JSON.stringify(block.input)).map((fragment) => delta({ type: 'input_json_delta', partial_json: fragment }));
  return [start({ input: {} }), ...json, stop];
}

function event(type: string): { type: string } {
  return { type };
}
