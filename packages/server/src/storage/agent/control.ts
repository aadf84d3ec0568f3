/** Verbs that people use on a conversation: commands, cancel, new session, archive, erase, a message by hand. Each writes its own fields only. */

import { ConflictError, NotFoundError } from '../../core/errors.ts';
import { deriveKey, PORTAL } from '../../core/ids.ts';
import { type Accepted, type AcceptInput, accept } from './accept.ts';
import { takeOrdinal } from './claim.ts';
import { applyEffects, enqueue } from './effects.ts';
import { appendMessage, type ConversationDraft, ensureConversation } from './messages.ts';
import type { ConversationRow, TurnRow } from './records.ts';
import { closeTurn } from './turn-end.ts';
import { emit, type Unit } from './unit.ts';

/** What a command does inside its own transaction; returns the line that answers it. */
export type CommandEffect = (unit: Unit, conversation: ConversationRow) => string;

/** A control command: stored like any message, answered at once by a fixed line, without a model and beside a running turn. */
export function runCommand(unit: Unit, input: AcceptInput, effect: CommandEffect): Accepted {
  const accepted = accept(unit, { ...input, gather: null, start: 'command' });
  if (accepted.duplicate) return accepted;
  const conversation = ensureConversation(unit, input.conversation);
  const text = effect(unit, conversation);
  const turn = unit.tx.get<TurnRow>(
    "UPDATE turns SET cause = 'command', ordinal = ?, started_at = ? WHERE id = ? RETURNING *",
    takeOrdinal(unit, conversation.id),
    unit.now,
    accepted.turnId,
  );
  if (!turn) throw new ConflictError('internal', 'A command lost its turn.');
  unit.tx.run("UPDATE mailbox SET kind = 'control' WHERE turn_id = ?", turn.id);
  applyEffects(unit, turn, [{ type: 'reply', messageId: unit.newId(), text, replaced: false }]);
  closeTurn(unit, turn, 'replied', null);
  return accepted;
}

/** Ends the running turn, and with `all` those that wait; returns the ids of the ended ones. What was answered stays answered. */
export function cancelTurns(unit: Unit, conversationId: string, scope: 'turn' | 'all', reason: string): string[] {
  const states = scope === 'all' ? "('gathering', 'ready', 'running')" : "('running')";
  const turns = unit.tx.all<TurnRow>(`SELECT * FROM turns WHERE conversation_id = ? AND state IN ${states} ORDER BY id`, conversationId);
  for (const turn of turns) closeTurn(unit, turn, 'cancelled', { code: 'turn_cancelled', message: reason });
  return turns.map((turn) => turn.id);
}

/** A new session: the history stays readable and leaves the prompt, and so do the next few messages that still belong to the old one. */
export function startSession(unit: Unit, conversationId: string, answersStillOld = 0): ConversationRow {
  const row = unit.tx.get<ConversationRow>(
    `UPDATE conversations SET session_no = session_no + 1, session_from_seq = next_seq + ?, status_text = NULL, revision = revision + 1
     WHERE id = ? RETURNING *`,
    answersStillOld,
    conversationId,
  );
  return found(row);
}

export interface ConversationPatch {
  readonly displayName?: string | null;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly archived?: boolean;
}

/** Changes only what is named. Throws `revision_conflict` when `expected` is given and stale. */
export function patchConversation(unit: Unit, id: string, patch: ConversationPatch, expected?: number): ConversationRow {
  const row = found(unit.tx.get<ConversationRow>('SELECT * FROM conversations WHERE id = ?', id));
  if (expected !== undefined && row.revision !== expected) {
    throw new ConflictError('revision_conflict', 'The conversation was changed meanwhile.', {
      details: { expected, current: row.revision },
    });
  }
  const archivedAt = patch.archived === undefined ? row.archived_at : patch.archived ? (row.archived_at ?? unit.now) : null;
  const settings = patch.settings === undefined ? row.settings : mergeSettings(row.settings, patch.settings);
  const updated = unit.tx.get<ConversationRow>(
    'UPDATE conversations SET display_name = ?, settings = ?, archived_at = ?, revision = revision + 1 WHERE id = ? RETURNING *',
    patch.displayName === undefined ? row.display_name : patch.displayName,
    settings,
    archivedAt,
    id,
  );
  return found(updated);
}

function mergeSettings(current: string, changes: Readonly<Record<string, unknown>>): string {
  const merged: Record<string, unknown> = { ...(JSON.parse(current) as Record<string, unknown>), ...changes };
  return JSON.stringify(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)));
}

/** Erases the conversation with its messages, turns, steps, calls and deliveries; usage rows stay, without the conversation. */
export function eraseConversation(unit: Unit, id: string): void {
  found(unit.tx.get<ConversationRow>('SELECT * FROM conversations WHERE id = ?', id));
  const ofTurns = 'owner_id IN (SELECT id FROM turns WHERE conversation_id = ?)';
  unit.tx.run(`DELETE FROM steps WHERE ${ofTurns}`, id);
  unit.tx.run(`DELETE FROM tool_calls WHERE ${ofTurns}`, id);
  unit.tx.run('DELETE FROM outbox WHERE conversation_id = ?', id);
  unit.tx.run('DELETE FROM attachments WHERE conversation_id = ?', id);
  unit.tx.run('UPDATE model_calls SET conversation_id = NULL, sender = NULL WHERE conversation_id = ?', id);
  unit.tx.run('DELETE FROM events WHERE conversation_id = ?', id);
  unit.tx.run('DELETE FROM conversations WHERE id = ?', id);
}

/** Blanks one message and leaves its place in the order. */
export function eraseMessage(unit: Unit, conversationId: string, messageId: string): void {
  const changed = unit.tx.run(
    "UPDATE messages SET content = '', attachments = '[]', metadata = '{}', deleted_at = ? WHERE id = ? AND conversation_id = ? AND deleted_at IS NULL",
    unit.now,
    messageId,
    conversationId,
  );
  if (changed === 0) throw new NotFoundError('message_not_found', 'There is no such message in this conversation.');
  unit.tx.run('UPDATE conversations SET history_rev = history_rev + 1 WHERE id = ?', conversationId);
  cancelEmptyTurn(unit, messageId);
  unit.tx.run("UPDATE outbox SET body = '{}' WHERE message_id = ? AND state IN ('delivered', 'dead', 'discarded')", messageId);
  emit(unit, { type: 'message_deleted', conversationId, ref: `messages:${messageId}`, data: { message_id: messageId } });
}

/** A turn that waits and has nothing left to answer is not begun (CH-27). */
function cancelEmptyTurn(unit: Unit, messageId: string): void {
  const turn = unit.tx.get<TurnRow>(
    `SELECT t.* FROM turns t JOIN messages m ON m.turn_id = t.id WHERE m.id = ? AND t.state IN ('gathering', 'ready')
       AND NOT EXISTS (SELECT 1 FROM messages o WHERE o.turn_id = t.id AND o.role = 'user' AND o.deleted_at IS NULL)`,
    messageId,
  );
  if (turn) closeTurn(unit, turn, 'cancelled', { code: 'turn_cancelled', message: 'The message was deleted before it was answered.' });
}

export interface OperatorMessage {
  readonly text: string;
  readonly replyToId: string | null;
  /** A repeat under the same key is the same delivery; `null` = none. */
  readonly key: string | null;
}

/** A person speaks as the bot: the text enters the history and goes out like any answer. Returns the delivery's id. */
export function operatorSend(unit: Unit, conversation: ConversationDraft, message: OperatorMessage): string {
  const row = ensureConversation(unit, conversation);
  const messageId = unit.newId();
  const key = deriveKey('operator', row.id, message.key ?? messageId);
  const known = unit.tx.get<{ id: string }>('SELECT id FROM outbox WHERE key = ?', key);
  if (known) return known.id;
  appendMessage(unit, row.id, {
    id: messageId,
    role: 'assistant',
    author: { id: 'operator', name: 'Operator' },
    content: message.text,
    replyToId: message.replyToId,
    turnId: null,
    delivery: row.adapter_key === PORTAL ? 'delivered' : 'queued',
    origin: 'owner',
  });
  return enqueue(unit, row, {
    item: { type: 'text', text: message.text, inReplyTo: message.replyToId },
    key,
    turnId: null,
    messageId,
  });
}

function found(row: ConversationRow | undefined): ConversationRow {
  if (!row) throw new NotFoundError('conversation_not_found', 'There is no such conversation.');
  return row;
}
