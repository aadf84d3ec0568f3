/** Turns the events of a model call into live text: what the model writes, or what it puts into `reply`, is seen while it comes. */

import type { LlmResponse } from '../core/llm.ts';
import type { GatewayEvent } from '../llm/model-gateway.ts';
import { ReplyStream } from '../llm/reply-stream.ts';

export interface StreamedText {
  /** Called with each new piece of visible text. */
  readonly onText: (text: string) => void;
  readonly onReasoning: (text: string) => void;
}

/** Reads a call to its end and remembers what was shown of it. */
export class AnswerStream {
  readonly #out: StreamedText;
  #shown = '';
  #replyIndex: number | null = null;
  #reply: ReplyStream | null = null;

  constructor(out: StreamedText) {
    this.#out = out;
  }

  /** Everything people have seen so far, over attempts that were given up as well. */
  get shown(): string {
    return this.#shown;
  }

  async read(events: AsyncIterable<GatewayEvent>): Promise<LlmResponse> {
    let response: LlmResponse | null = null;
    for await (const event of events) {
      if (event.type === 'finish') response = event.response;
      else this.#take(event);
    }
    if (response === null) throw new TypeError('a stream of the gateway ends with finish or throws');
    return response;
  }

  #take(event: Exclude<GatewayEvent, { type: 'finish' }>): void {
    switch (event.type) {
      case 'text-delta':
        this.#show(event.text);
        return;
      case 'reasoning-delta':
        this.#out.onReasoning(event.text);
        return;
      case 'tool-call-start':
        if (event.name === 'reply' && this.#reply === null) {
          this.#reply = new ReplyStream('content');
          this.#replyIndex = event.index;
        }
        return;
      case 'tool-call-delta':
        if (this.#reply !== null && event.index === this.#replyIndex) this.#show(this.#reply.push(event.text));
        return;
      case 'restart':
        this.#reply = null;
        this.#replyIndex = null;
        return;
      case 'attempt':
      case 'usage':
        return;
    }
  }

  #show(text: string): void {
    if (text === '') return;
    this.#shown += text;
    this.#out.onText(text);
  }
}
