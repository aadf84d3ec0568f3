/** The verbs of the outbox: take the next item of a place, and write down what became of it. */

import { emitDelivery } from './effects.ts';
import type { OutboxRow } from './records.ts';
import type { Unit } from './unit.ts';

const OPEN = "state IN ('queued', 'streaming', 'sending', 'retrying', 'ambiguous')";

/** SQL of the oldest open item of a place; later ones wait behind it, so order is kept. */
export const HEAD_OF_PLACE = `SELECT * FROM outbox WHERE adapter_key = ? AND conversation_id = ? AND ${OPEN} ORDER BY position LIMIT 1`;

/** SQL of every place that has something open. */
export const OPEN_PLACES = `SELECT DISTINCT adapter_key, conversation_id FROM outbox WHERE ${OPEN}`;

/** `queued` or `retrying` becomes `sending` before the request leaves; undefined when someone else moved it. */
export function send(unit: Unit, id: string): OutboxRow | undefined {
  return unit.tx.get<OutboxRow>(
    `UPDATE outbox SET state = 'sending', owner = ?, attempts = attempts + 1, sent_from = ?, updated_at = ?
     WHERE id = ? AND state IN ('queued', 'retrying') RETURNING *`,
    unit.runId,
    unit.now,
    unit.now,
    id,
  );
}

export type SendResult =
  | { readonly state: 'delivered'; readonly platformMessageId: string | null }
  | {
      readonly state: 'retrying';
      readonly notBefore: number;
      readonly code: string;
      readonly message: string;
      readonly countsAsTry: boolean;
    }
  | { readonly state: 'ambiguous'; readonly code: string; readonly message: string }
  | { readonly state: 'dead'; readonly code: string; readonly message: string; readonly permanent: boolean };

/** Settles one attempt. Final states never change: a row that is final already is left alone. */
export function sent(unit: Unit, id: string, result: SendResult): OutboxRow | undefined {
  const row = unit.tx.get<OutboxRow>(
    `UPDATE outbox SET state = ?, owner = NULL, not_before = ?, platform_message_id = coalesce(?, platform_message_id), error_code = ?,
       error_message = ?, error_permanent = ?, attempts = attempts - ?, updated_at = ?
     WHERE id = ? AND state IN ('sending', 'ambiguous', 'streaming', 'queued', 'retrying') RETURNING *`,
    result.state,
    result.state === 'retrying' ? result.notBefore : null,
    result.state === 'delivered' ? result.platformMessageId : null,
    result.state === 'delivered' ? null : result.code,
    result.state === 'delivered' ? null : result.message,
    result.state === 'dead' ? Number(result.permanent) : null,
    result.state === 'retrying' && !result.countsAsTry ? 1 : 0,
    unit.now,
    id,
  );
  if (!row) return undefined;
  markMessage(unit, row, result);
  emitDelivery(unit, row, result.state === 'dead');
  unit.tx.afterCommit(() => unit.doorbell.outbox(row.adapter_key, row.conversation_id));
  return row;
}

function markMessage(unit: Unit, row: OutboxRow, result: SendResult): void {
  if (row.message_id === null) return;
  if (result.state === 'delivered') {
    unit.tx.run(
      "UPDATE messages SET delivery = 'delivered', platform_message_id = ? WHERE id = ?",
      result.platformMessageId,
      row.message_id,
    );
  } else if (result.state === 'dead') {
    unit.tx.run("UPDATE messages SET delivery = 'failed' WHERE id = ?", row.message_id);
  }
}
