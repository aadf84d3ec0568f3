/** Writes answers as they stream in, so that in the end each stands there exactly as it was sent. */

import type { Message } from '@spacebot/protocol/messages';
import { stripControls } from './format.ts';

export class AnswerPrinter {
  readonly #write: (text: string) => void;
  readonly #isTerminal: boolean;
  readonly #printed = new Map<string, string>();
  #current: string | undefined;
  #isLineOpen = false;

  /** For a terminal, control characters are left out: a model must not move the cursor. */
  constructor(write: (text: string) => void, isTerminal: boolean) {
    this.#write = write;
    this.#isTerminal = isTerminal;
  }

  get hasWritten(): boolean {
    return this.#printed.size > 0;
  }

  delta(messageId: string, text: string): void {
    if (this.#current !== messageId) this.end();
    this.#current = messageId;
    this.#printed.set(messageId, (this.#printed.get(messageId) ?? '') + text);
    this.#put(text);
  }

  /** The whole message: completes what its deltas left out, or writes it again where it was replaced. */
  message({ id, content, attachments }: Message): void {
    const printed = this.#printed.get(id) ?? '';
    if (content.startsWith(printed)) {
      if (content !== printed) this.delta(id, content.slice(printed.length));
    } else {
      this.end();
      this.#put(content);
      this.#printed.set(id, content);
    }
    for (const { filename } of attachments) {
      this.end();
      this.delta(id, `[${filename}]`);
    }
  }

  /** Closes the line of the message. */
  end(): void {
    if (this.#isLineOpen) this.#write('\n');
    this.#isLineOpen = false;
  }

  #put(text: string): void {
    const shown = this.#isTerminal ? stripControls(text) : text;
    if (shown === '') return;
    this.#write(shown);
    this.#isLineOpen = true;
  }
}
