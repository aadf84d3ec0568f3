/**
 * One reader of events. While it keeps up it gets each event as it happens; when it falls behind, its durable events are read from the log by
 * its own position, ephemeral ones are dropped, and it is told how many. Memory per reader is what `maxPendingBytes` allows.
 */

import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { EventFilter, EventsPort } from '../app/api-services.ts';
import { formatFrame, makeNotice } from './event-frame.ts';
import type { StreamSink } from './stream-sink.ts';

export interface EventStreamOptions {
  readonly events: EventsPort;
  readonly sink: StreamSink;
  readonly filter: EventFilter;
  /** RFC 3339, for the notices that the stream itself makes. */
  readonly now: () => string;
  readonly maxPendingBytes: number;
  /** The stream ends after the first event for which this holds. */
  readonly isLast?: (event: SpacebotEvent) => boolean;
  readonly onEnd: () => void;
  readonly onDropped: (count: number) => void;
  readonly onError: (error: unknown) => void;
}

const BATCH = 200;

export class EventStream {
  readonly #options: EventStreamOptions;
  #filter: EventFilter;
  /** `held`: events are kept until the reader knows what it wants; `reading`: from the log; `live`: as they come. */
  #state: 'held' | 'reading' | 'live' = 'live';
  #held: SpacebotEvent[] = [];
  /** Everything up to this id has been written or is not wanted; `undefined` = the log was never needed. */
  #position: number | undefined;
  /** The newest matching id that came by while reading. */
  #newest = 0;
  #skipped = 0;
  #ended = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#filter = options.filter;
    options.sink.onClose(() => this.#finish());
  }

  /** Takes the next event of the instance; `frame` makes its text, shared by all readers. Never blocks. */
  offer(event: SpacebotEvent, frame: () => string): void {
    if (this.#ended || !isWanted(event, this.#filter)) return;
    if (this.#state === 'held') this.#held.push(event);
    else if (this.#state === 'live' && this.#hasRoom()) this.#write(event, frame());
    else this.#miss(event);
  }

  /** Replays everything retained after `id`, then goes on live; says `resync` first when that is no longer possible. Does not throw: a log that cannot be read ends the stream. */
  async replayFrom(id: number): Promise<void> {
    this.#state = 'reading';
    try {
      await this.#replay(id);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #replay(id: number): Promise<void> {
    const { oldestId, latestId } = await this.#options.events.bounds();
    const isGap = oldestId === null ? id > 0 : id < oldestId - 1 || id > (latestId ?? 0);
    if (isGap) this.#notify('resync', { reason: 'gap', oldest_id: oldestId, latest_id: latestId });
    this.#position = isGap ? (latestId ?? 0) : id;
    await this.#readToEnd();
    // What was only of the moment while the past was read is not missed by somebody who was not there.
    this.#skipped = 0;
  }

  /** Keeps matching events back until `release`. */
  hold(): void {
    this.#state = 'held';
  }

  /** Goes on with another filter: with what was held, or (`fromLog`) with everything the log has of it. */
  async release(filter: EventFilter, fromLog: boolean): Promise<void> {
    this.#filter = filter;
    const held = this.#held;
    this.#held = [];
    if (fromLog) {
      this.#position = 0;
      this.#state = 'reading';
      return this.#readToEnd().catch((error: unknown) => this.#fail(error));
    }
    this.#state = 'live';
    for (const event of held) this.offer(event, () => formatFrame(event));
  }

  keepAlive(): void {
    if (!this.#ended && this.#hasRoom()) this.#options.sink.write(': keep-alive\n\n');
  }

  end(): void {
    if (!this.#ended) this.#options.sink.end();
    this.#finish();
  }

  #hasRoom(): boolean {
    return this.#options.sink.pending() <= this.#options.maxPendingBytes;
  }

  #miss(event: SpacebotEvent): void {
    if (event.id === null) this.#skipped += 1;
    else {
      this.#position ??= event.id - 1;
      this.#newest = event.id;
    }
    if (this.#state !== 'live') return;
    this.#state = 'reading';
    this.#options.sink
      .drained()
      .then(() => this.#readToEnd())
      .then(() => this.#tellSkipped())
      .catch((error: unknown) => this.#fail(error));
  }

  async #readToEnd(): Promise<void> {
    for (;;) {
      const position = this.#position ?? this.#newest;
      const batch = await this.#options.events.read(position, this.#filter, BATCH);
      for (const event of batch) {
        if (this.#ended) return;
        if (!this.#hasRoom()) await this.#options.sink.drained();
        this.#write(event, formatFrame(event));
      }
      // Nothing awaits between here and `live`, so no event can pass unseen in between.
      if (this.#ended || batch.length === 0 || (batch.length < BATCH && (this.#position ?? 0) >= this.#newest)) break;
    }
    this.#state = 'live';
  }

  #write(event: SpacebotEvent, frame: string): void {
    if (this.#ended || (event.id !== null && event.id <= (this.#position ?? -1))) return;
    this.#options.sink.write(frame);
    if (event.id !== null) this.#position = event.id;
    if (this.#options.isLast?.(event) === true) this.end();
  }

  #tellSkipped(): void {
    if (this.#skipped === 0 || this.#ended) return;
    this.#options.onDropped(this.#skipped);
    this.#notify('lagged', { skipped: this.#skipped });
    this.#skipped = 0;
  }

  #notify(type: 'resync' | 'lagged', data: Record<string, unknown>): void {
    if (!this.#ended) this.#options.sink.write(makeNotice(type, this.#options.now(), data));
  }

  /** A reader whose log cannot be read is sent away; it comes back with its last id. */
  #fail(error: unknown): void {
    this.#options.onError(error);
    this.end();
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#held = [];
    this.#options.onEnd();
  }
}

function isWanted(event: SpacebotEvent, filter: EventFilter): boolean {
  // The end of the server concerns every reader but the one of a single turn, whatever place it looks at.
  if (event.type === 'server_stopping' && filter.turnId === undefined) return filter.types?.has(event.type) ?? true;
  return (
    (filter.agentId === undefined || event.agent_id === filter.agentId) &&
    (filter.conversationId === undefined || event.conversation_id === filter.conversationId) &&
    (filter.turnId === undefined || event.turn_id === filter.turnId) &&
    (filter.types === undefined || filter.types.has(event.type))
  );
}
