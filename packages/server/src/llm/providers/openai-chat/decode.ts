/** An OpenAI chat completion answer, streamed or whole, as our events. */

import type { FinishReason, TokenUsage } from '../../../core/llm.ts';
import { isObject, type JsonObject, parseJson, toArray, toCount, toObject, toText } from '../../json-value.ts';
import { type CallTarget, kindOfStatus, providerError } from '../../provider-error.ts';
import type { CallDraft, ResponseBuilder } from '../../response-builder.ts';
import type { SseEvent } from '../../sse-parser.ts';
import { type DialectError, errorMember, type StreamDecoder } from '../../wire-provider.ts';

export class OpenAiChatDecoder implements StreamDecoder {
  readonly #builder: ResponseBuilder;
  readonly #target: CallTarget;
  readonly #calls: { readonly index: number | null; readonly draft: CallDraft }[] = [];
  #finishReason: string | null = null;
  isTerminated = false;

  constructor(builder: ResponseBuilder, target: CallTarget) {
    this.#builder = builder;
    this.#target = target;
  }

  get isComplete(): boolean {
    return this.#finishReason !== null;
  }

  push(event: SseEvent): void {
    if (event.data.trim() === '[DONE]') {
      this.isTerminated = true;
      return;
    }
    if (event.data === '') return;
    const chunk = parseJson(event.data);
    if (!isObject(chunk)) throw providerError('bad_response', this.#target, { text: 'an event of the stream is not a JSON object' });
    this.#readChunk(chunk);
  }

  whole(body: unknown): void {
    const answer = toObject(body);
    this.#readChunk(answer);
    if (!Array.isArray(answer.choices)) throw providerError('bad_response', this.#target, { text: 'the body has no choices' });
    this.#finishReason ??= 'stop';
  }

  end(): void {
    if (this.#finishReason === null) throw providerError('truncated', this.#target);
    const reason = finishReasonOf(this.#finishReason);
    if (reason === 'content-filter' && this.#builder.isEmpty) throw providerError('content_filtered', this.#target);
    this.#builder.finish(reason);
  }

  #readChunk(chunk: JsonObject): void {
    const error = readOpenAiError(chunk);
    if (error !== null) throw providerError(error.kind ?? 'overloaded', this.#target, error);
    const model = toText(chunk.model);
    if (model !== '') this.#builder.model = model;
    this.#builder.requestId ??= toText(chunk.id) || undefined;
    if (isObject(chunk.usage)) this.#builder.reportUsage(readUsage(chunk.usage));
    const choice = toObject(toArray(chunk.choices)[0]);
    // Some servers repeat the whole message beside the last delta: only what was not streamed counts (LLM-16).
    if (isObject(choice.delta)) this.#readDelta(choice.delta);
    else if (isObject(choice.message) && this.#builder.isEmpty) this.#readDelta(choice.message);
    const reason = toText(choice.finish_reason);
    if (reason === 'error') throw providerError('overloaded', this.#target, { type: reason });
    if (reason !== '') this.#finishReason = reason;
  }

  #readDelta(delta: JsonObject): void {
    this.#builder.reasoning(toText(delta.reasoning_content) || toText(delta.reasoning));
    this.#builder.text(contentText(delta.content) || toText(delta.refusal));
    for (const fragment of toArray(delta.tool_calls)) this.#readCall(toObject(fragment));
  }

  #readCall(fragment: JsonObject): void {
    const index = typeof fragment.index === 'number' ? fragment.index : null;
    const id = toText(fragment.id);
    const { name: sentName, arguments: sentArguments } = toObject(fragment.function);
    const name = toText(sentName);
    const draft = this.#findCall(index, id, name) ?? this.#startCall(index, id, name);
    this.#builder.nameCall(draft, name);
    this.#builder.appendArguments(draft, isObject(sentArguments) ? JSON.stringify(sentArguments) : toText(sentArguments));
  }

  /** By index, by id, or the latest; a new id under an old index is a new call, because some servers number every call 0. */
  #findCall(index: number | null, id: string, name: string): CallDraft | null {
    const found = this.#calls.findLast((call) => (index === null ? id === '' || call.draft.sentId === id : call.index === index));
    if (found === undefined) return null;
    const isOther = id !== '' && found.draft.sentId !== '' && found.draft.sentId !== id;
    if (isOther) return this.#calls.findLast((call) => call.draft.sentId === id)?.draft ?? null;
    const isNextWithoutId = index === null && id === '' && name !== '' && found.draft.name !== '';
    return isNextWithoutId ? null : found.draft;
  }

  #startCall(index: number | null, id: string, name: string): CallDraft {
    const draft = this.#builder.startCall(id, name);
    this.#calls.push({ index, draft });
    return draft;
  }
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return toArray(content)
    .map((part) => (typeof part === 'string' ? part : toText(toObject(part).text)))
    .join('');
}

function readUsage(usage: JsonObject): TokenUsage {
  const prompt = toObject(usage.prompt_tokens_details);
  const cacheReadTokens = toCount(prompt.cached_tokens) || toCount(usage.prompt_cache_hit_tokens);
  const cacheWriteTokens = toCount(prompt.cache_write_tokens);
  return {
    inputTokens: Math.max(0, toCount(usage.prompt_tokens) - cacheReadTokens - cacheWriteTokens),
    outputTokens: toCount(usage.completion_tokens),
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: toCount(toObject(usage.completion_tokens_details).reasoning_tokens),
  };
}

function finishReasonOf(reason: string): FinishReason {
  switch (reason) {
    case 'length':
    case 'max_tokens':
      return 'length';
    case 'content_filter':
      return 'content-filter';
    case 'tool_calls':
    case 'function_call':
      return 'tool-calls';
    default:
      return 'stop';
  }
}

export function readOpenAiError(body: unknown): DialectError | null {
  const error = errorMember(Array.isArray(body) ? body[0] : body);
  if (error === null) return null;
  const code = typeof error.code === 'string' ? error.code : '';
  const kind = kindOfCode(code) ?? kindOfCode(error.type) ?? (typeof error.code === 'number' ? kindOfStatus(error.code) : null);
  return { kind, type: code || error.type, text: error.text };
}

function kindOfCode(code: string): DialectError['kind'] | null {
  switch (code) {
    case 'context_length_exceeded':
      return 'context_overflow';
    case 'model_not_found':
      return 'model_unavailable';
    case 'invalid_api_key':
    case 'authentication_error':
    case 'permission_error':
      return 'unauthorized';
    case 'content_filter':
    case 'content_policy_violation':
      return 'content_filtered';
    case 'rate_limit_exceeded':
    case 'rate_limit_error':
    case 'insufficient_quota':
      return 'rate_limited';
    case 'invalid_request_error':
    case 'invalid_prompt':
      return 'bad_request';
    default:
      return null;
  }
}
