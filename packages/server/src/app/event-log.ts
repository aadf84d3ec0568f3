/** The one ordered stream of events: relays what agents wrote, mixes in live signals in their right place, and hands both to whoever listens. */

import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { Clock } from '../core/clock.ts';
import type { LiveSignal } from '../core/live-signals.ts';
import type { Logger } from '../core/logger.ts';
import { supervise } from '../core/supervise.ts';
import type { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { InstanceEvent, Journal, JournalRow } from '../storage/instance/journal.ts';
import type { EventFilter, EventsPort } from './api-services.ts';
import { type FindSpine, renderEvent, renderNotice, renderSignal } from './event-renderer.ts';

/** Signals of one agent that may wait for its relay; more are dropped, as live signals may be. */
const HELD_SIGNALS = 10_000;
/** While nobody watches, events are copied together instead of one by one: it saves a commit each, beside the work. */
const UNWATCHED_WAIT_MS = 50;
/** Own rows of an agent are forgotten in steps once the journal has them. */
const TRIM_EVERY = 2_000;
const TRIM_KEEP = 1_000;

interface HeldSignal {
  readonly signal: LiveSignal;
  /** Number of the agent's newest event when the signal was made; it is told after that one. */
  readonly after: number;
}

interface RelayState {
  /** Ends the wait for more to copy at once; set while nobody watches. */
  stopWaiting: (() => void) | null;
  running: Promise<void> | null;
  isRunning: boolean;
  rungAgain: boolean;
  sinceTrim: number;
  held: HeldSignal[];
}

export class EventLog implements EventsPort {
  readonly #journal: Journal;
  readonly #findSpine: FindSpine;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Set<(event: SpacebotEvent) => void>();
  readonly #relays = new Map<string, RelayState>();
  #closed = false;

  constructor(journal: Journal, findSpine: FindSpine, clock: Clock, log: Logger) {
    this.#journal = journal;
    this.#findSpine = findSpine;
    this.#clock = clock;
    this.#log = log;
    journal.onRows((rows) => this.#publish(rows));
  }

  /** Doorbell: the agent wrote events. Cheap; the copy happens after the current work of the event loop, a little later while nobody watches. */
  ring(agentId: string): void {
    if (this.#closed) return;
    const state = this.#relayOf(agentId);
    if (state.isRunning) {
      state.rungAgain = true;
      return;
    }
    if (this.#listeners.size > 0) this.#startRelay(agentId, state);
    else state.stopWaiting ??= this.#clock.schedule(UNWATCHED_WAIT_MS, () => this.#startRelay(agentId, state));
  }

  #startRelay(agentId: string, state: RelayState): void {
    state.stopWaiting?.();
    state.stopWaiting = null;
    state.isRunning = true;
    state.running = new Promise((resolve) => {
      setImmediate(() =>
        this.#relay(agentId, state).then(resolve, (error: unknown) => {
          resolve();
          this.#log.error('the event relay failed', { error });
        }),
      );
    });
  }

  /** Copies now what waits to be copied; resolves when everything written before is in the journal. */
  async #settle(): Promise<void> {
    for (const [agentId, state] of this.#relays) if (state.stopWaiting) this.#startRelay(agentId, state);
    await Promise.all([...this.#relays.values()].map((state) => state.running));
  }

  /** Copies everything that is there; at start, before anybody listens. */
  async catchUp(agentId: string, spine: AgentSpine): Promise<void> {
    while ((await this.#journal.relay(agentId, spine)) > 0);
  }

  /** A live signal comes after every durable event of its agent that was written before it. */
  signal(signal: LiveSignal): void {
    if (this.#listeners.size === 0) return;
    const state = this.#relayOf(signal.agentId);
    if (!state.isRunning) this.#deliver(renderSignal(signal, this.#clock.now()));
    else if (state.held.length < HELD_SIGNALS) state.held.push({ signal, after: this.#findSpine(signal.agentId)?.lastEventSeq() ?? 0 });
  }

  /** Tells whoever listens now; nothing of it is stored. */
  announceStop(restart: boolean): void {
    if (!this.#closed) this.#deliver(renderNotice('server_stopping', { restart }, this.#clock.now()));
  }

  append(event: InstanceEvent): void {
    if (!this.#closed) supervise(this.#log, 'event', this.#journal.append(event));
  }

  subscribe(listener: (event: SpacebotEvent) => void): () => void {
    this.#listeners.add(listener);
    for (const [agentId, state] of this.#relays) if (state.stopWaiting) this.#startRelay(agentId, state);
    return () => void this.#listeners.delete(listener);
  }

  async bounds(): Promise<{ oldestId: number | null; latestId: number | null }> {
    await this.#settle();
    const { oldest, latest } = this.#journal.bounds();
    return { oldestId: oldest, latestId: latest };
  }

  async read(after: number, filter: EventFilter, limit: number): Promise<readonly SpacebotEvent[]> {
    await this.#settle();
    const { types, ...rest } = filter;
    const wanted = types === undefined ? rest : { ...rest, types: [...types] };
    const events: SpacebotEvent[] = [];
    for (let cursor = after; events.length < limit; ) {
      const rows = this.#journal.read(cursor, wanted, limit);
      for (const row of rows) {
        const event = renderEvent(row, this.#findSpine);
        if (event && events.length < limit) events.push(event);
      }
      const last = rows.at(-1);
      if (!last || rows.length < limit) break;
      cursor = last.id;
    }
    return events;
  }

  close(): void {
    this.#closed = true;
    for (const state of this.#relays.values()) state.stopWaiting?.();
    this.#listeners.clear();
  }

  async #relay(agentId: string, state: RelayState): Promise<void> {
    try {
      do {
        state.rungAgain = false;
        const spine = this.#findSpine(agentId);
        if (!spine || this.#closed) return;
        state.sinceTrim += await this.#journal.relay(agentId, spine);
        this.#releaseSignals(state, this.#journal.cursor(spine));
        if (state.sinceTrim > TRIM_EVERY) await this.#trim(spine, state);
      } while (state.rungAgain);
    } finally {
      state.isRunning = false;
      state.running = null;
      this.#releaseSignals(state, Number.POSITIVE_INFINITY);
    }
  }

  async #trim(spine: AgentSpine, state: RelayState): Promise<void> {
    const upTo = this.#journal.cursor(spine) - TRIM_KEEP;
    while ((await spine.trimEvents(upTo)) > 0);
    state.sinceTrim = 0;
  }

  #relayOf(agentId: string): RelayState {
    let state = this.#relays.get(agentId);
    if (!state) {
      state = { stopWaiting: null, running: null, isRunning: false, rungAgain: false, sinceTrim: 0, held: [] };
      this.#relays.set(agentId, state);
    }
    return state;
  }

  #publish(rows: readonly JournalRow[]): void {
    if (this.#listeners.size === 0) return;
    for (const row of rows) {
      const event = renderEvent(row, this.#findSpine);
      if (event) this.#deliver(event);
    }
  }

  /** Tells what waited for events up to this number of the agent. */
  #releaseSignals(state: RelayState, upTo: number): void {
    for (let next = state.held[0]; next && next.after <= upTo; next = state.held[0]) {
      state.held.shift();
      this.#deliver(renderSignal(next.signal, this.#clock.now()));
    }
  }

  #deliver(event: SpacebotEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
