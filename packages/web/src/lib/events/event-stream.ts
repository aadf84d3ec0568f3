/** Follows the server's events for as long as somebody is signed in, and applies them to the query cache in small batches. */

import type { SpacebotEvent } from '@spacebot/protocol/events';
import { openEvents } from '@spacebot/protocol/open-events';
import { notifyManager, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { isUnauthorized } from '../api.ts';
import { queryKeys } from '../query-keys.ts';
import { applyEvent } from './apply-event.ts';
import { setConnection } from './connection.ts';

/** A hidden page gets no animation frames; it still has to keep up. */
const HIDDEN_FLUSH_MS = 250;
/** Queries that events made stale are loaded again at most this often. */
const RELOAD_MS = 800;

export function useEventStream(): void {
  const client = useQueryClient();
  useEffect(() => {
    const controller = new AbortController();
    void follow(client, controller.signal);
    return () => controller.abort();
  }, [client]);
}

async function follow(client: QueryClient, signal: AbortSignal): Promise<void> {
  const batch = createBatch(client, signal);
  let hasPosition = false;
  // Without a position nothing is replayed, so what happened between loading and connecting has to be loaded again.
  const onState = (state: 'open' | 'closed') => {
    setConnection(state === 'open' ? 'open' : 'lost');
    if (state === 'open' && !hasPosition) void client.invalidateQueries();
  };
  try {
    for await (const event of openEvents({ baseUrl: '', signal, onState })) {
      hasPosition ||= event.id !== null;
      batch.add(event);
    }
  } catch (error) {
    if (signal.aborted) return;
    setConnection('lost');
    if (isUnauthorized(error)) client.setQueryData(queryKeys.session, null);
  }
}

function createBatch(client: QueryClient, signal: AbortSignal) {
  let events: SpacebotEvent[] = [];
  const reload = createReloader(client, signal);
  const flush = () => {
    const ready = events;
    events = [];
    if (signal.aborted) return;
    notifyManager.batch(() => {
      for (const event of ready) reload(applyEvent(client, event));
    });
  };
  // Whichever comes first; a page that was hidden meanwhile gets no frame.
  const schedule = () => {
    const timer = setTimeout(() => {
      cancelAnimationFrame(frame);
      flush();
    }, HIDDEN_FLUSH_MS);
    const frame = requestAnimationFrame(() => {
      clearTimeout(timer);
      flush();
    });
  };
  return {
    add(event: SpacebotEvent) {
      events.push(event);
      if (events.length === 1) schedule();
    },
  };
}

function createReloader(client: QueryClient, signal: AbortSignal) {
  const waiting = new Map<string, readonly unknown[]>();
  return (stale: readonly (readonly unknown[])[]) => {
    for (const queryKey of stale) {
      const name = JSON.stringify(queryKey);
      if (waiting.has(name)) continue;
      waiting.set(name, queryKey);
      setTimeout(() => {
        waiting.delete(name);
        if (!signal.aborted) void client.invalidateQueries({ queryKey });
      }, RELOAD_MS);
    }
  };
}
