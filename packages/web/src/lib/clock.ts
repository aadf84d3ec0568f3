/** One ticking clock for the whole page, so that a hundred relative times cost one timer and stop when nobody looks. */

import { useSyncExternalStore } from 'react';

type Beat = 1_000 | 15_000;

function createTicker(everyMs: Beat) {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    now = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      if (timer === undefined) {
        now = Date.now();
        timer = setInterval(tick, everyMs);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      };
    },
    read: () => now,
  };
}

const tickers = { 1000: createTicker(1_000), 15000: createTicker(15_000) };

/** The time in milliseconds, renewed every second or every 15 s. */
export function useNow(everyMs: Beat): number {
  const ticker = tickers[everyMs];
  return useSyncExternalStore(ticker.subscribe, ticker.read);
}
