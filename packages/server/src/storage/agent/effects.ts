/** What a turn does to the world through our own tables: messages, reactions, notices and the status line, each stored before it is sent. */

import { deriveKey, PORTAL, sha256 } from '../../core/ids.ts';
import type { OutboundItem } from '../../core/messages.ts';
import { appendMessage } from './messages.ts';
import type { ConversationRow, DeliveryState, TurnRow } from './records.ts';
import { emit, type Unit } from './unit.ts';

export type TurnEffect =
  /** `replaced`: what was streamed under this id is not a prefix of the final text. */
  | { readonly type: 'reply'; readonly messageId: string; readonly text: string; readonly replaced: boolean }
  | { readonly type: 'notice'; readonly text: string; readonly code: string }
  | { readonly type: 'reaction'; readonly emoji: string; readonly messageId: string }
  | { readonly type: 'status'; readonly text: string };

/** An undelivered item is dead after a day (contract 4.12). */
const EXPIRY_MS = 24 * 60 * 60 * 1000;

export function applyEffects(unit: Unit, turn: TurnRow, effects: readonly TurnEffect[]): void {
  if (effects.length === 0) return;
  const conversation = unit.tx.get<ConversationRow>('SELECT * FROM conversations WHERE id = ?', turn.conversation_id);
  if (!conversation) return;
  for (const effect of effects) applyEffect(unit, turn, conversation, effect);
}

function applyEffect(unit: Unit, turn: TurnRow, conversation: ConversationRow, effect: TurnEffect): void {
  switch (effect.type) {
    case 'reply':
      say(unit, turn, conversation, {
        messageId: effect.messageId,
        role: 'assistant',
        text: effect.text,
        item: { type: 'text', text: effect.text, inReplyTo: causeOf(unit, turn) },
        key: deriveKey(turn.id, 'reply', countReplies(unit, turn.id), 0),
        metadata: effect.replaced ? { replaced: true } : {},
      });
      return;
    case 'notice':
      say(unit, turn, conversation, {
        messageId: unit.newId(),
        role: 'system',
        text: effect.text,
        item: { type: 'notice', text: effect.text, code: effect.code, inReplyTo: causeOf(unit, turn) },
        key: `n|${turn.id}|${effect.code}`,
        metadata: { code: effect.code },
      });
      return;
    case 'reaction':
      react(unit, turn, conversation, effect.emoji, effect.messageId);
      return;
    case 'status':
      unit.tx.run('UPDATE conversations SET status_text = ? WHERE id = ?', effect.text, conversation.id);
      return;
  }
}

interface Saying {
  readonly messageId: string;
  readonly role: 'assistant' | 'system';
  readonly text: string;
  readonly item: OutboundItem;
  readonly key: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

function say(unit: Unit, turn: TurnRow, conversation: ConversationRow, saying: Saying): void {
  const known = unit.tx.get<{ n: number }>('SELECT count(*) AS n FROM outbox WHERE key = ?', saying.key);
  if ((known?.n ?? 0) > 0) return;
  appendMessage(unit, conversation.id, {
    id: saying.messageId,
    role: saying.role,
    author: null,
    content: saying.text,
    turnId: turn.id,
    delivery: conversation.adapter_key === PORTAL ? 'delivered' : 'queued',
    origin: saying.role === 'system' ? 'system' : 'agent',
    metadata: saying.metadata,
  });
  enqueue(unit, conversation, { item: saying.item, key: saying.key, turnId: turn.id, messageId: saying.messageId });
}

function react(unit: Unit, turn: TurnRow, conversation: ConversationRow, emoji: string, messageId: string): void {
  const target = unit.tx.get<{ platform_message_id: string | null }>('SELECT platform_message_id FROM messages WHERE id = ?', messageId);
  enqueue(unit, conversation, {
    item: { type: 'reaction', emoji, messageId, platformMessageId: target?.platform_message_id ?? null },
    key: deriveKey(turn.id, 'reaction', messageId, emoji),
    turnId: turn.id,
    messageId: null,
  });
}

function causeOf(unit: Unit, turn: TurnRow): string | null {
  const row = unit.tx.get<{ id: string }>("SELECT id FROM messages WHERE turn_id = ? AND role = 'user' ORDER BY seq DESC LIMIT 1", turn.id);
  return row?.id ?? turn.first_cause;
}

function countReplies(unit: Unit, turnId: string): number {
  const row = unit.tx.get<{ n: number }>("SELECT count(*) AS n FROM outbox WHERE turn_id = ? AND kind = 'text'", turnId);
  return row?.n ?? 0;
}

export interface OutboxDraft {
  readonly item: OutboundItem;
  readonly key: string;
  readonly turnId: string | null;
  readonly messageId: string | null;
}

/**
 * Stores one thing to send. Where nothing else waits for the same place it is `sending` at once, which saves the commit before the send. The portal
 * needs no send: what is stored is what the page reads.
 */
export function enqueue(unit: Unit, conversation: Pick<ConversationRow, 'id' | 'adapter_key'>, draft: OutboxDraft): string {
  const state = firstState(unit, conversation);
  const sending = state === 'sending';
  const id = unit.newId();
  const body = JSON.stringify(draft.item);
  unit.tx.run(
    `INSERT INTO outbox (id, item_id, part, adapter_key, conversation_id, kind, body, body_hash, key, state, owner, attempts, expires_at, sent_from,
       turn_id, message_id, created_at, updated_at)
     VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    id,
    draft.messageId ?? id,
    conversation.adapter_key,
    conversation.id,
    draft.item.type,
    body,
    sha256(body),
    draft.key,
    state,
    sending ? unit.runId : null,
    sending ? 1 : 0,
    unit.now + EXPIRY_MS,
    sending ? unit.now : null,
    draft.turnId,
    draft.messageId,
    unit.now,
    unit.now,
  );
  if (state !== 'delivered') unit.tx.afterCommit(() => unit.doorbell.outbox(conversation.adapter_key, conversation.id));
  return id;
}

function firstState(unit: Unit, conversation: Pick<ConversationRow, 'id' | 'adapter_key'>): DeliveryState {
  if (conversation.adapter_key === PORTAL) return 'delivered';
  const open = unit.tx.get<{ n: number }>(
    `SELECT count(*) AS n FROM outbox WHERE adapter_key = ? AND conversation_id = ? AND state IN ('queued', 'streaming', 'sending', 'retrying', 'ambiguous')`,
    conversation.adapter_key,
    conversation.id,
  );
  return (open?.n ?? 0) === 0 ? 'sending' : 'queued';
}

/** Tells everybody that a delivery moved. */
export function emitDelivery(unit: Unit, row: { id: string; conversation_id: string; turn_id: string | null }, dead: boolean): void {
  emit(unit, {
    type: dead ? 'delivery_dead' : 'delivery_updated',
    conversationId: row.conversation_id,
    ...(row.turn_id === null ? {} : { turnId: row.turn_id }),
    ref: `outbox:${row.id}`,
  });
}
