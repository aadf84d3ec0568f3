/** The verbs `recover`, at start, and `release`, after the store refused writes: each settles in one transaction what work left behind that is gone. */

import { applyEffects, emitDelivery } from './effects.ts';
import { assumeOpenCalls } from './model-calls.ts';
import type { OutboxRow, TurnRow } from './records.ts';
import { closeTurn } from './turn-end.ts';
import type { Unit } from './unit.ts';

/** A turn that crashed the process this often at the same place is parked (contract 4.12). */
const POISON_LIMIT = 3;

export interface Recovered {
  readonly turns: number;
  readonly parked: number;
  readonly ambiguous: number;
  readonly expired: number;
}

export interface RecoverInput {
  /** The last boot ended without a clean shutdown: what was running counts as crashed. */
  readonly crashed: boolean;
  /** What a parked turn tells its chat. */
  readonly interruptedNotice: (turnId: string) => string;
}

export function recover(unit: Unit, input: RecoverInput): Recovered {
  assumeOpenCalls(unit);
  const running = unit.tx.all<TurnRow>("SELECT * FROM turns WHERE state = 'running' ORDER BY id");
  const crashPoints = new Map(running.map((turn) => [turn.id, crashPoint(unit, turn.id)]));
  settleStartedCalls(unit);
  const parked = running.filter((turn) => resumeOrPark(unit, turn, crashPoints.get(turn.id) ?? '0', input));
  const gathering = unit.tx.run("UPDATE turns SET state = 'ready' WHERE state = 'gathering'");
  unit.tx.run("UPDATE mailbox SET state = 'queued' WHERE state = 'claimed'");
  const expired = expireOutbox(unit);
  const ambiguous = unit.tx.run("UPDATE outbox SET state = 'ambiguous', owner = NULL, updated_at = ? WHERE state = 'sending'", unit.now);
  return { turns: running.length - parked.length + gathering, parked: parked.length, ambiguous, expired };
}

/** Turns of this run that nobody works on any more are ready again, to be resumed; `alive` are the ids of those that go on. Returns how many. */
export function release(unit: Unit, alive: readonly string[]): number {
  const running = unit.tx.all<TurnRow>("SELECT * FROM turns WHERE state = 'running' ORDER BY id");
  const lost = running.filter((turn) => !alive.includes(turn.id));
  for (const { id } of lost) {
    assumeOpenCalls(unit, id);
    settleStartedCalls(unit, id);
    unit.tx.run("UPDATE turns SET state = 'ready', owner = NULL WHERE id = ?", id);
    unit.tx.run("UPDATE mailbox SET state = 'queued' WHERE state = 'claimed' AND turn_id = ?", id);
  }
  return lost.length;
}

/** Step and call that were under way: the same place three times in a row is poison. */
function crashPoint(unit: Unit, turnId: string): string {
  const step = unit.tx.get<{ n: number | null }>('SELECT max(n) AS n FROM steps WHERE owner_id = ?', turnId);
  const call = unit.tx.get<{ idx: number }>(
    "SELECT idx FROM tool_calls WHERE owner_id = ? AND state = 'started' ORDER BY step_n DESC, idx LIMIT 1",
    turnId,
  );
  return call === undefined ? `${step?.n ?? 0}` : `${step?.n ?? 0}:${call.idx}`;
}

/** Without an owner's id: every started call. */
function settleStartedCalls(unit: Unit, ownerId?: string): void {
  const owner = ownerId ?? null;
  unit.tx.run(
    "UPDATE tool_calls SET state = 'planned', owner = NULL WHERE state = 'started' AND repeat IN ('safe', 'keyed') AND owner_id = coalesce(?, owner_id)",
    owner,
  );
  unit.tx.run(
    "UPDATE tool_calls SET state = 'unknown', owner = NULL, result = ?, ended_at = ? WHERE state = 'started' AND owner_id = coalesce(?, owner_id)",
    JSON.stringify({ text: 'Interrupted; the outcome is unknown. Look before you repeat it.', code: 'interrupted' }),
    unit.now,
    owner,
  );
}

/** True when the turn was parked. A clean shutdown counts nothing. */
function resumeOrPark(unit: Unit, turn: TurnRow, point: string, input: RecoverInput): boolean {
  const count = input.crashed ? (turn.crash_at === point ? turn.crash_count + 1 : 1) : turn.crash_count;
  unit.tx.run(
    "UPDATE turns SET state = 'ready', owner = NULL, crash_at = ?, crash_count = ? WHERE id = ?",
    input.crashed ? point : turn.crash_at,
    count,
    turn.id,
  );
  if (count < POISON_LIMIT) return false;
  const message = input.interruptedNotice(turn.id);
  applyEffects(unit, turn, [{ type: 'notice', text: message, code: 'interrupted' }]);
  closeTurn(unit, turn, 'interrupted', {
    code: 'interrupted',
    message: 'The process stopped three times while this message was answered.',
  });
  return true;
}

function expireOutbox(unit: Unit): number {
  const expired = unit.tx.all<OutboxRow>(
    `UPDATE outbox SET state = 'dead', owner = NULL, error_code = 'delivery_expired', error_message = 'Not delivered within 24 hours.', error_permanent = 1,
       updated_at = ? WHERE state IN ('queued', 'streaming', 'sending', 'retrying', 'ambiguous') AND expires_at <= ? RETURNING *`,
    unit.now,
    unit.now,
  );
  for (const row of expired) {
    unit.tx.run("UPDATE messages SET delivery = 'failed' WHERE id = ? AND delivery IN ('queued', 'sent')", row.message_id);
    emitDelivery(unit, row, true);
  }
  return expired.length;
}
