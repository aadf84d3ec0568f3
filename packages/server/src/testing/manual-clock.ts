/** A clock in the test's hands: time stands still until it is moved, and timers fire in order of their time. */

import type { Clock } from '../core/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** Milliseconds since 1970; the default is 2026-01-01T00:00:00Z. */
  constructor(now = 1_767_225_600_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    this.#order += 1;
    const timer: Timer = { at: this.#now + Math.max(delayMs, 0), order: this.#order, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Milliseconds until the next timer, or `null` when none waits. */
  get nextIn(): number | null {
    const next = this.#next();
    return next ? next.at - this.#now : null;
  }

  /** Moves time and runs every timer that falls due, those included that the callbacks set. */
  advance(milliseconds: number): void {
    const target = this.#now + milliseconds;
    for (let next = this.#next(); next && next.at <= target; next = this.#next()) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = target;
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  }
}
