/** The verb `sweep`: what is final and old leaves, a bounded part at a time, so that an agent's file does not grow for ever. */

import type { Unit } from './unit.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const TURN_DAYS = 30;
const DEAD_DAYS = 90;
const USAGE_DAYS = 400;

/** Turns removed by one unit; more would hold the event loop. */
const BATCH = 500;

/** Messages stay until somebody erases them. Returns how many rows went; call again while it is not zero. */
export function sweep(unit: Unit): number {
  const delivered = `SELECT id FROM outbox WHERE id < ? AND state IN ('delivered', 'discarded') LIMIT ${BATCH}`;
  const dead = `SELECT id FROM outbox WHERE id < ? AND state = 'dead' LIMIT ${BATCH}`;
  const usage = `SELECT id FROM model_calls WHERE id < ? AND state NOT IN ('reserved', 'dispatched') LIMIT ${BATCH}`;
  return (
    unit.tx.run(`DELETE FROM outbox WHERE id IN (${delivered})`, firstIdOf(unit.now - TURN_DAYS * DAY_MS)) +
    unit.tx.run(`DELETE FROM outbox WHERE id IN (${dead})`, firstIdOf(unit.now - DEAD_DAYS * DAY_MS)) +
    unit.tx.run(`DELETE FROM model_calls WHERE id IN (${usage})`, firstIdOf(unit.now - USAGE_DAYS * DAY_MS)) +
    sweepTurns(unit)
  );
}

/** A turn goes with its steps, calls and mailbox rows; whoever repeats a message after that long is answered anew. */
function sweepTurns(unit: Unit): number {
  const old = unit.tx.all<{ id: string }>(
    `SELECT id FROM turns WHERE id < ? AND state NOT IN ('gathering', 'ready', 'running') ORDER BY id LIMIT ${BATCH}`,
    firstIdOf(unit.now - TURN_DAYS * DAY_MS),
  );
  for (const { id } of old) {
    unit.tx.run('DELETE FROM steps WHERE owner_id = ?', id);
    unit.tx.run('DELETE FROM tool_calls WHERE owner_id = ?', id);
    unit.tx.run('DELETE FROM mailbox WHERE turn_id = ?', id);
    unit.tx.run('DELETE FROM turns WHERE id = ?', id);
  }
  return old.length;
}

/** The smallest UUIDv7 of a time: ids grow with time, so the primary key finds what is older. */
function firstIdOf(time: number): string {
  const hex = Math.max(0, time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
