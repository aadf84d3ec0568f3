/** Time and randomness as ports, so that a test can own them. */

/** Milliseconds since the epoch, and timers on the same time. */
export interface Clock {
  /** Wall clock, integer milliseconds since 1970 UTC. */
  now(): number;
  /** Runs `callback` once after `delayMs`; the returned function cancels it. Timers never keep the process alive by themselves. */
  schedule(delayMs: number, callback: () => void): () => void;
}

export type Random = () => number;

const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export function toIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Resolves after `delayMs` of `clock` time, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.schedule(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
