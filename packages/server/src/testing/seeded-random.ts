/** Random numbers that come again with their seed, so that a failed run can be repeated. */

import { randomInt } from 'node:crypto';
import type { Random } from '../core/clock.ts';

/** From `SPACEBOT_TEST_SEED`, or a new one; print it with the test. */
export function chooseSeed(): number {
  const given = Number(process.env.SPACEBOT_TEST_SEED);
  return Number.isInteger(given) && given > 0 ? given : randomInt(1, 2 ** 31);
}

/** Mulberry32 (Tommy Ettinger, public domain): 0..1, the same sequence for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
