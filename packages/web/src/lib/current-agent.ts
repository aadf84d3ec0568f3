/** The agent the reader works with, or all of them; remembered by this browser. */

import { useSyncExternalStore } from 'react';

const KEY = 'spacebot.agent';
const listeners = new Set<() => void>();
let current: string | null = read();

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** `null` = all agents. */
export function setCurrentAgent(agentId: string | null): void {
  current = agentId;
  try {
    if (agentId === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, agentId);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useCurrentAgent(): string | null {
  return useSyncExternalStore(subscribe, () => current);
}
