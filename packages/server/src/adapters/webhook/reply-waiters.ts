/** Requests that are held until a reply of their conversation exists. */

import type { Clock } from '../../core/clock.ts';

/** Requests held at once; beyond, a request is answered as if its time were up. */
const MAX_HELD = 2_000;

export class ReplyWaiters {
  readonly #clock: Clock;
  readonly #held = new Map<string, Set<() => void>>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A reply of this conversation was stored. */
  wake(conversationId: string): void {
    for (const release of this.#held.get(conversationId) ?? []) release();
  }

  /** Resolves with the next `wake`, after `delayMs`, or when the signal aborts. */
  wait(conversationId: string, delayMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || delayMs <= 0 || this.#count >= MAX_HELD) return Promise.resolve();
    return new Promise((resolve) => {
      const release = () => {
        cancel();
        signal.removeEventListener('abort', release);
        this.#remove(conversationId, release);
        resolve();
      };
      const cancel = this.#clock.schedule(delayMs, release);
      signal.addEventListener('abort', release, { once: true });
      this.#add(conversationId, release);
    });
  }

  get isFull(): boolean {
    return this.#count >= MAX_HELD;
  }

  #add(conversationId: string, release: () => void): void {
    const held = this.#held.get(conversationId);
    if (held) held.add(release);
    else this.#held.set(conversationId, new Set([release]));
    this.#count += 1;
  }

  #remove(conversationId: string, release: () => void): void {
    const held = this.#held.get(conversationId);
    if (!held?.delete(release)) return;
    this.#count -= 1;
    if (held.size === 0) this.#held.delete(conversationId);
  }
}
