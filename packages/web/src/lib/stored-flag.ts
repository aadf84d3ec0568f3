/** A yes-or-no preference of this browser, shared by every component that reads it. */

import { useSyncExternalStore } from 'react';

export interface StoredFlag {
  readonly use: () => boolean;
  readonly set: (value: boolean) => void;
}

export function createStoredFlag(key: string, fallback: boolean): StoredFlag {
  const listeners = new Set<() => void>();
  let value = read(key, fallback);
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    use: () => useSyncExternalStore(subscribe, () => value),
    set(next) {
      value = next;
      try {
        localStorage.setItem(key, next ? '1' : '0');
      } catch {
        // Storage is blocked: the preference lasts as long as the page.
      }
      for (const listener of listeners) listener();
    },
  };
}

function read(key: string, fallback: boolean): boolean {
  try {
    const stored = localStorage.getItem(key);
    return stored === null ? fallback : stored === '1';
  } catch {
    return fallback;
  }
}
