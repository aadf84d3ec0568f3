/** What every verb works with: the open transaction, the time, new ids, this boot's name, and the events to write. */

import type { Clock } from '../../core/clock.ts';
import type { NewId, RunId } from '../../core/ids.ts';
import type { Transaction } from '../sqlite-database.ts';

/** What a commit set in motion; the doorbell says "look", the tables say what. */
export interface Doorbell {
  /** Rows were added to `events`. */
  events(): void;
  /** A turn of this conversation may be due. */
  turnReady(conversationId: string, dueAt: number): void;
  /** Something may be sent to this place. */
  outbox(adapterKey: string, conversationId: string): void;
  turnEnded(turnId: string): void;
}

export interface SpineContext {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly runId: RunId;
  readonly doorbell: Doorbell;
}

export interface Unit extends SpineContext {
  readonly tx: Transaction;
  /** Milliseconds; one time for the whole unit. */
  readonly now: number;
}

export interface EventDraft {
  readonly type: string;
  readonly conversationId?: string;
  readonly turnId?: string;
  /** `table:id` of the row the event is rendered from. */
  readonly ref?: string;
  /** Only what no row holds; at most 2 KB. */
  readonly data?: Record<string, unknown>;
}

/** Writes an event inside the unit that made it true and rings the doorbell after the commit. */
export function emit(unit: Unit, event: EventDraft): void {
  unit.tx.run(
    'INSERT INTO events (at, type, conversation_id, turn_id, ref, data) VALUES (?, ?, ?, ?, ?, ?)',
    unit.now,
    event.type,
    event.conversationId ?? null,
    event.turnId ?? null,
    event.ref ?? null,
    event.data ? JSON.stringify(event.data) : '{}',
  );
  unit.tx.afterCommit(() => unit.doorbell.events());
}
