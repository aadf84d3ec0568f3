/** Waiting between two looks at something outside this process. */

import { type Clock, sleep } from '../core/clock.ts';

const never = new AbortController().signal;

/** Timers of the clock do not keep the process alive; while a command waits, it must live. Milliseconds. */
export async function pause(clock: Clock, delayMs: number, signal: AbortSignal = never): Promise<void> {
  const awake = setInterval(() => {}, 60_000);
  try {
    await sleep(clock, delayMs, signal);
  } finally {
    clearInterval(awake);
  }
}
