/** An Anthropic Messages answer, streamed or whole, as our events. */

import type { FinishReason, TokenUsage } from '../../../core/llm.ts';
import { isObject, type JsonObject, parseJson, toArray, toCount, toObject, toText } from '../../json-value.ts';
import { type CallTarget, providerError } from '../../provider-error.ts';
import type { CallDraft, ResponseBuilder } from '../../response-builder.ts';
import type { SseEvent } from '../../sse-parser.ts';
import { type DialectError, errorMember, type StreamDecoder } from '../../wire-provider.ts';

interface CallBlock {
  readonly draft: CallDraft;
  /** Arguments that stood in the block itself; some servers send them there instead of in fragments. */
  readonly input: unknown;
}

export class AnthropicDecoder implements StreamDecoder {
  readonly #builder: ResponseBuilder;
  readonly #target: CallTarget;
  readonly #calls = new Map<unknown, CallBlock>();
  #stopReason: string | null = null;
  isTerminated = false;

  constructor(builder: ResponseBuilder, target: CallTarget) {
    this.#builder = builder;
    this.#target = target;
  }

  get isComplete(): boolean {
    return this.#stopReason !== null;
  }

  push(event: SseEvent): void {
    if (event.data === '') return;
    const data = parseJson(event.data);
    if (!isObject(data)) throw providerError('bad_response', this.#target, { text: 'an event of the stream is not a JSON object' });
    this.#readEvent(toText(data.type) || event.event, data);
  }

  #readEvent(type: string, data: JsonObject): void {
    switch (type) {
      case 'message_start':
        this.#startMessage(toObject(data.message));
        break;
      case 'content_block_start':
        this.#startBlock(data.index, toObject(data.content_block));
        break;
      case 'content_block_delta':
        this.#readDelta(data.index, toObject(data.delta));
        break;
      case 'content_block_stop':
        this.#endBlock(data.index);
        break;
      case 'message_delta':
        this.#readMessageDelta(data);
        break;
      case 'message_stop':
        this.#stopReason ??= 'end_turn';
        this.isTerminated = true;
        break;
      case 'error':
        this.#fail(data);
    }
  }

  whole(body: unknown): void {
    const message = toObject(body);
    if (message.type === 'error' || isObject(message.error)) this.#fail(message);
    if (!Array.isArray(message.content)) throw providerError('bad_response', this.#target, { text: 'the body has no content' });
    this.#startMessage(message);
    for (const [index, block] of toArray(message.content).entries()) {
      this.#startBlock(index, toObject(block));
      this.#endBlock(index);
    }
    this.#stopReason = toText(message.stop_reason) || 'end_turn';
  }

  end(): void {
    if (this.#stopReason === null) throw providerError('truncated', this.#target);
    if (this.#stopReason === 'refusal' && this.#builder.isEmpty) throw providerError('content_filtered', this.#target);
    this.#builder.finish(finishReasonOf(this.#stopReason));
  }

  #startMessage(message: JsonObject): void {
    this.#builder.model = toText(message.model) || this.#builder.model;
    this.#builder.requestId ??= toText(message.id) || undefined;
    if (isObject(message.usage)) this.#builder.reportUsage(readUsage(message.usage, this.#builder.usage));
  }

  #startBlock(index: unknown, block: JsonObject): void {
    switch (block.type) {
      case 'text':
        this.#builder.text(toText(block.text));
        break;
      case 'thinking':
        this.#builder.startReasoning();
        this.#builder.reasoning(toText(block.thinking));
        this.#builder.signReasoning(toText(block.signature));
        break;
      case 'redacted_thinking':
        this.#builder.startReasoning(toText(block.data));
        break;
      case 'tool_use':
        this.#calls.set(index, { draft: this.#builder.startCall(toText(block.id), toText(block.name)), input: block.input });
    }
  }

  #readDelta(index: unknown, delta: JsonObject): void {
    switch (delta.type) {
      case 'text_delta':
        this.#builder.text(toText(delta.text));
        break;
      case 'thinking_delta':
        this.#builder.reasoning(toText(delta.thinking));
        break;
      case 'signature_delta':
        this.#builder.signReasoning(toText(delta.signature));
        break;
      case 'input_json_delta': {
        const call = this.#calls.get(index);
        if (call !== undefined) this.#builder.appendArguments(call.draft, toText(delta.partial_json));
      }
    }
  }

  #endBlock(index: unknown): void {
    const call = this.#calls.get(index);
    if (call === undefined || call.draft.json !== '') return;
    if (typeof call.input === 'string') this.#builder.appendArguments(call.draft, call.input);
    else if (isObject(call.input) && Object.keys(call.input).length > 0)
      this.#builder.appendArguments(call.draft, JSON.stringify(call.input));
  }

  #readMessageDelta(data: JsonObject): void {
    if (isObject(data.usage)) this.#builder.reportUsage(readUsage(data.usage, this.#builder.usage));
    const reason = toText(toObject(data.delta).stop_reason);
    if (reason !== '') this.#stopReason = reason;
  }

  #fail(body: JsonObject): never {
    const error = readAnthropicError(body);
    throw providerError(error?.kind ?? 'overloaded', this.#target, error ?? {});
  }
}

/** Each report is cumulative and may leave out what did not change. */
function readUsage(usage: JsonObject, before: TokenUsage): TokenUsage {
  const read = (name: string, known: number) => (typeof usage[name] === 'number' ? toCount(usage[name]) : known);
  return {
    inputTokens: read('input_tokens', before.inputTokens),
    outputTokens: read('output_tokens', before.outputTokens),
    cacheReadTokens: read('cache_read_input_tokens', before.cacheReadTokens),
    cacheWriteTokens: read('cache_creation_input_tokens', before.cacheWriteTokens),
    reasoningTokens: before.reasoningTokens,
  };
}

function finishReasonOf(reason: string): FinishReason {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool-calls';
    case 'refusal':
      return 'content-filter';
    default:
      return 'stop';
  }
}

export function readAnthropicError(body: unknown): DialectError | null {
  const error = errorMember(body);
  return error === null ? null : { kind: kindOfType(error.type), type: error.type, text: error.text };
}

function kindOfType(type: string): DialectError['kind'] {
  switch (type) {
    case 'authentication_error':
    case 'permission_error':
    case 'billing_error':
      return 'unauthorized';
    case 'rate_limit_error':
      return 'rate_limited';
    case 'not_found_error':
      return 'model_unavailable';
    case 'request_too_large':
      return 'context_overflow';
    case 'invalid_request_error':
      return 'bad_request';
    case 'timeout_error':
      return 'timeout';
    case 'overloaded_error':
    case 'api_error':
      return 'overloaded';
    default:
      return null;
  }
}
