/** Whether the event stream is up, for the quiet bar; kept outside the query cache because no server said it. */

import { useSyncExternalStore } from 'react';

export interface Connection {
  readonly state: 'connecting' | 'open' | 'lost';
  /** Milliseconds; when this state began. */
  readonly since: number;
}

let connection: Connection = { state: 'connecting', since: Date.now() };
const listeners = new Set<() => void>();

export function setConnection(state: Connection['state']): void {
  if (connection.state === state) return;
  connection = { state, since: Date.now() };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => connection);
}
