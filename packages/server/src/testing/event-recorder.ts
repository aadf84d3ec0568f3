/** Follows the live event stream, keeps what it saw, and lets a test wait for what comes next. */

import type { EventType, SpacebotEvent } from '@spacebot/protocol/events';
import { openEvents } from '@spacebot/protocol/open-events';

export interface EventRecorder {
  /** Everything seen so far, in order. */
  readonly seen: readonly SpacebotEvent[];
  /** Resolves with the first event, past or future, of that type for which `matches` holds. */
  waitFor<Type extends EventType>(
    type: Type,
    matches?: (event: Extract<SpacebotEvent, { type: Type }>) => boolean,
  ): Promise<Extract<SpacebotEvent, { type: Type }>>;
  stop(): Promise<void>;
}

export interface RecorderOptions {
  readonly baseUrl: string;
  readonly token: string;
  readonly after?: number;
}

/** Resolves once the stream is open, so that nothing that happens afterwards is missed. */
export async function recordEvents(options: RecorderOptions): Promise<EventRecorder> {
  const seen: SpacebotEvent[] = [];
  const looking = new Set<() => void>();
  const stop = new AbortController();
  let opened: (state: 'open' | 'closed') => void = () => {};
  const open = new Promise<void>((resolve) => {
    opened = (state) => {
      if (state === 'open') resolve();
    };
  });
  const reading = read();

  async function read(): Promise<void> {
    for await (const event of openEvents({ ...options, signal: stop.signal, onState: opened })) {
      seen.push(event);
      for (const look of [...looking]) look();
    }
  }

  await Promise.race([open, reading]);
  return {
    seen,
    waitFor(type, matches = () => true) {
      type Wanted = Extract<SpacebotEvent, { type: typeof type }>;
      const isWanted = (event: SpacebotEvent): event is Wanted => event.type === type;
      return new Promise((resolve) => {
        const look = () => {
          const found = seen.filter(isWanted).find(matches);
          if (found === undefined) return;
          looking.delete(look);
          resolve(found);
        };
        looking.add(look);
        look();
      });
    },
    async stop() {
      stop.abort();
      await reading;
    },
  };
}
