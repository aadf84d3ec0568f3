/** All open event streams: one subscription for all of them, their limits, their beats and their end. */

import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { EventFilter, EventsPort } from '../app/api-services.ts';
import { type Clock, toIso } from '../core/clock.ts';
import { InputError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { formatFrame } from './event-frame.ts';
import { EventStream } from './event-stream.ts';
import type { Exchange } from './exchange.ts';
import type { Principal } from './principal.ts';
import type { StreamSink } from './stream-sink.ts';

const MAX_PER_ADDRESS = 32;
const KEEP_ALIVE_MS = 15_000;
/** Rights are looked at this often: a stream outlives a sign-out by less than 5 s. */
const CHECK_MS = 2_000;

export interface EventStreamsParts {
  readonly events: EventsPort;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isAlive: (principal: Principal) => boolean;
  readonly onDropped: (count: number) => void;
}

interface Open {
  readonly stream: EventStream;
  readonly principal: Principal;
  readonly address: string;
}

export interface StreamRequest {
  readonly sink: StreamSink;
  readonly filter: EventFilter;
  readonly maxPendingBytes: number;
  readonly isLast?: (event: SpacebotEvent) => boolean;
}

export class EventStreams {
  readonly #parts: EventStreamsParts;
  readonly #open = new Set<Open>();
  #unsubscribe: (() => void) | undefined;
  #stopTimers: (() => void)[] = [];

  constructor(parts: EventStreamsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Throws `rate_limited` when the caller has 32 streams already; callers on the socket have no limit. */
  checkRoom(exchange: Exchange): void {
    if (exchange.connection.transport === 'socket') return;
    let count = 0;
    for (const { address } of this.#open) if (address === exchange.clientAddress) count += 1;
    if (count < MAX_PER_ADDRESS) return;
    throw new InputError('rate_limited', `At most ${MAX_PER_ADDRESS} event streams per address.`, { retry: { afterMs: 5_000 } });
  }

  /** From here on the stream sees every event that its filter admits. */
  open(exchange: Exchange, request: StreamRequest): EventStream {
    const stream = new EventStream({
      ...request,
      events: this.#parts.events,
      now: () => toIso(this.#parts.clock.now()),
      onEnd: () => this.#remove(entry),
      onDropped: this.#parts.onDropped,
      onError: (error) => this.#parts.log.error('an event stream could not be continued', { error }),
    });
    const entry: Open = { stream, principal: exchange.principal ?? { method: 'socket' }, address: exchange.clientAddress };
    this.#open.add(entry);
    if (this.#unsubscribe === undefined) this.#start();
    return stream;
  }

  /** Ends the streams of whoever is no longer signed in. */
  endUnauthorized(): void {
    for (const { stream, principal } of [...this.#open]) if (!this.#parts.isAlive(principal)) stream.end();
  }

  close(): void {
    for (const { stream } of [...this.#open]) stream.end();
  }

  #start(): void {
    this.#unsubscribe = this.#parts.events.subscribe((event) => this.#distribute(event));
    this.#repeat(KEEP_ALIVE_MS, () => {
      for (const { stream } of this.#open) stream.keepAlive();
    });
    this.#repeat(CHECK_MS, () => this.endUnauthorized());
  }

  #distribute(event: SpacebotEvent): void {
    let text: string | undefined;
    const frame = () => {
      text ??= formatFrame(event);
      return text;
    };
    for (const { stream } of [...this.#open]) stream.offer(event, frame);
  }

  #repeat(everyMs: number, act: () => void): void {
    const slot = this.#stopTimers.length;
    const arm = () => {
      this.#stopTimers[slot] = this.#parts.clock.schedule(everyMs, () => {
        arm();
        act();
      });
    };
    arm();
  }

  #remove(entry: Open): void {
    this.#open.delete(entry);
    if (this.#open.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    for (const stop of this.#stopTimers) stop();
    this.#stopTimers = [];
  }
}
