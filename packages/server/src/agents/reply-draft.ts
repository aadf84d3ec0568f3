/** The message that is being written: its id exists from the first visible character on, so that live text and stored text are one. */

import type { NewId } from '../core/ids.ts';
import type { EmitSignal, LiveSignal } from '../core/live-signals.ts';
import type { TurnEffect } from '../storage/agent/effects.ts';

export class ReplyDraft {
  readonly #newId: NewId;
  readonly #emit: EmitSignal;
  readonly #source: Omit<LiveSignal, 'type' | 'data'>;
  #messageId: string | null = null;
  #shown = '';
  #index = 0;

  constructor(newId: NewId, emit: EmitSignal, source: Omit<LiveSignal, 'type' | 'data'>) {
    this.#newId = newId;
    this.#emit = emit;
    this.#source = source;
  }

  /** True while text is visible that no stored message covers. */
  get isOpen(): boolean {
    return this.#shown !== '';
  }

  show(text: string): void {
    this.#messageId ??= this.#newId();
    this.#shown += text;
    this.#emit({ ...this.#source, type: 'outbound_message_delta', data: { message_id: this.#messageId, index: this.#index, delta: text } });
    this.#index += 1;
  }

  /** The stored form of what was written; the next text begins a new message. */
  take(text: string): TurnEffect {
    const effect: TurnEffect = {
      type: 'reply',
      messageId: this.#messageId ?? this.#newId(),
      text,
      replaced: this.#shown !== '' && this.#shown !== text,
    };
    this.#messageId = null;
    this.#shown = '';
    this.#index = 0;
    return effect;
  }
}
