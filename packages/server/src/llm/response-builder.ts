/** Collects one streamed answer: a dialect feeds it pieces, it emits the events and in the end holds the whole response. */

import { deriveKey } from '../core/ids.ts';
import {
  type AssistantPart,
  type FinishReason,
  type LlmEvent,
  type LlmRequest,
  NO_USAGE,
  type TokenUsage,
  type ToolCallPart,
} from '../core/llm.ts';
import { parseToolArguments } from './tool-arguments.ts';

export interface CallDraft {
  readonly type: 'tool-call';
  /** Place among the calls of this answer. */
  readonly index: number;
  /** The id as the provider sent it, or empty. */
  readonly sentId: string;
  id: string;
  name: string;
  json: string;
  /** Arguments that came before the name. */
  held: string;
}

type Draft =
  | { readonly type: 'text'; text: string }
  | { readonly type: 'reasoning'; text: string; signature: string; redacted: string }
  | CallDraft;

export class ResponseBuilder {
  readonly #provider: string;
  readonly #request: LlmRequest;
  readonly #out: LlmEvent[];
  readonly #drafts: Draft[] = [];
  #calls = 0;
  model: string;
  requestId: string | undefined;
  usage: TokenUsage = NO_USAGE;

  /** Events are appended to `out`, which the caller drains. */
  constructor(provider: string, request: LlmRequest, out: LlmEvent[]) {
    this.#provider = provider;
    this.#request = request;
    this.#out = out;
    this.model = request.model;
  }

  get isEmpty(): boolean {
    return this.#drafts.length === 0;
  }

  text(text: string): void {
    if (text === '') return;
    const last = this.#drafts.at(-1);
    if (last?.type === 'text') last.text += text;
    else this.#drafts.push({ type: 'text', text });
    this.#out.push({ type: 'text-delta', text });
  }

  /** Begins a block of its own, because each has its own signature. */
  startReasoning(redacted = ''): void {
    this.#drafts.push({ type: 'reasoning', text: '', signature: '', redacted });
  }

  reasoning(text: string): void {
    if (text === '') return;
    if (this.#drafts.at(-1)?.type !== 'reasoning') this.startReasoning();
    const last = this.#drafts.at(-1);
    if (last?.type === 'reasoning') last.text += text;
    this.#out.push({ type: 'reasoning-delta', text });
  }

  signReasoning(signature: string): void {
    const last = this.#drafts.at(-1);
    if (last?.type === 'reasoning') last.signature += signature;
  }

  startCall(sentId: string, name: string): CallDraft {
    const index = this.#calls;
    this.#calls += 1;
    const draft: CallDraft = { type: 'tool-call', index, sentId, id: sentId || this.#makeId(index), name: '', json: '', held: '' };
    this.#drafts.push(draft);
    this.nameCall(draft, name);
    return draft;
  }

  /** A name counts once: providers repeat it. */
  nameCall(draft: CallDraft, name: string): void {
    if (name === '' || draft.name !== '') return;
    draft.name = name;
    this.#out.push({ type: 'tool-call-start', index: draft.index, id: draft.id, name });
    const held = draft.held;
    draft.held = '';
    this.appendArguments(draft, held);
  }

  appendArguments(draft: CallDraft, json: string): void {
    if (json === '') return;
    if (draft.name === '') {
      draft.held += json;
      return;
    }
    draft.json += json;
    this.#out.push({ type: 'tool-call-delta', index: draft.index, text: json });
  }

  /** Usage as known so far; only a change is told. */
  reportUsage(usage: TokenUsage): void {
    this.usage = usage;
    this.#out.push({ type: 'usage', usage });
  }

  finish(reason: FinishReason): void {
    const wasCut = reason === 'length';
    const content = this.#drafts.flatMap((draft) => this.#toPart(draft, wasCut));
    const hasCalls = content.some((part) => part.type === 'tool-call');
    const response = {
      content,
      finishReason: hasCalls && reason === 'stop' ? ('tool-calls' as const) : reason,
      usage: this.usage,
      model: this.model,
      ...(this.requestId === undefined ? {} : { requestId: this.requestId }),
    };
    this.#out.push({ type: 'finish', response });
  }

  #toPart(draft: Draft, wasCut: boolean): AssistantPart[] {
    switch (draft.type) {
      case 'text':
        return [{ type: 'text', text: draft.text }];
      case 'reasoning':
        if (draft.text === '' && draft.redacted === '' && draft.signature === '') return [];
        return [
          {
            type: 'reasoning',
            text: draft.text,
            provider: this.#provider,
            ...(draft.signature === '' ? {} : { signature: draft.signature }),
            ...(draft.redacted === '' ? {} : { redacted: draft.redacted }),
          },
        ];
      case 'tool-call':
        return [toCall(draft, wasCut)];
    }
  }

  /** Stable for one request, and different for the next one of the same conversation (LLM-16). */
  #makeId(index: number): string {
    const { messages, model } = this.#request;
    return `call_${deriveKey(model, messages.length, JSON.stringify(messages.at(-1) ?? null), index)}`;
  }
}

function toCall(draft: CallDraft, wasCut: boolean): ToolCallPart {
  if (draft.name === '') {
    return {
      type: 'tool-call',
      id: draft.id,
      name: 'unknown',
      arguments: {},
      argumentsError: 'The call names no tool. Name one and call again.',
    };
  }
  return { type: 'tool-call', id: draft.id, name: draft.name, ...parseToolArguments(draft.json, wasCut) };
}
