/** Models that rest after a rate limit; they are passed over until their time is up. Bounded by the number of models in use. */

import type { Clock } from '../core/clock.ts';
import { formatModelName, type ModelName } from './model-names.ts';

export class Cooldowns {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  rest(name: ModelName, milliseconds: number): void {
    const key = formatModelName(name);
    this.#until.set(key, Math.max(this.#until.get(key) ?? 0, this.#clock.now() + milliseconds));
  }

  isResting(name: ModelName): boolean {
    const key = formatModelName(name);
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#until.delete(key);
    return false;
  }
}
