/** Rows of `conversations` and `messages`: made, numbered and read. */

import type { Attachment, Place } from '../../core/messages.ts';
import type { ConversationRow, MessageRow } from './records.ts';
import { emit, type Unit } from './unit.ts';

export interface ConversationDraft {
  readonly id: string;
  readonly adapterKey: string;
  readonly displayName: string | null;
  readonly place: Place;
  readonly parentId?: string;
}

/** Finds the conversation or makes it; a known one keeps its settings and gets the newest activity. */
export function ensureConversation(unit: Unit, draft: ConversationDraft): ConversationRow {
  const found = unit.tx.get<ConversationRow>('SELECT * FROM conversations WHERE id = ?', draft.id);
  if (found) return found;
  unit.tx.run(
    `INSERT INTO conversations (id, adapter_key, display_name, place, parent_id, last_activity_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    draft.id,
    draft.adapterKey,
    draft.displayName,
    JSON.stringify(draft.place),
    draft.parentId ?? null,
    unit.now,
    unit.now,
  );
  const made = unit.tx.get<ConversationRow>('SELECT * FROM conversations WHERE id = ?', draft.id);
  if (!made) throw new Error('a conversation vanished inside its own transaction');
  return made;
}

export interface MessageDraft {
  readonly id: string;
  readonly role: MessageRow['role'];
  readonly author: { readonly id: string; readonly name: string } | null;
  readonly content: string;
  readonly attachments?: readonly Attachment[];
  readonly platformMessageId?: string | null;
  readonly replyToId?: string | null;
  readonly turnId: string | null;
  readonly delivery: MessageRow['delivery'];
  readonly origin: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Makes a stored file known under its id, so that it can be sent with a message and fetched by whoever may read it. */
export function insertAttachment(unit: Unit, conversationId: string, file: Attachment): void {
  unit.tx.run(
    'INSERT INTO attachments (id, conversation_id, filename, mime_type, size, sha256, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    file.id,
    conversationId,
    file.filename,
    file.mimeType,
    file.size,
    file.sha256,
    unit.now,
  );
}

/** Appends under the next sequence number of the conversation and returns that number. */
export function appendMessage(unit: Unit, conversationId: string, draft: MessageDraft): number {
  const numbered = unit.tx.get<{ seq: number; session_no: number }>(
    `UPDATE conversations SET next_seq = next_seq + 1, last_activity_at = ?, archived_at = NULL WHERE id = ?
     RETURNING next_seq - 1 AS seq, session_no`,
    unit.now,
    conversationId,
  );
  if (!numbered) throw new Error(`no conversation ${conversationId}`);
  unit.tx.run(
    `INSERT INTO messages (id, conversation_id, seq, role, author_id, author_name, content, attachments, platform_message_id, reply_to_id,
       turn_id, session_no, delivery, origin, metadata, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    draft.id,
    conversationId,
    numbered.seq,
    draft.role,
    draft.author?.id ?? null,
    draft.author?.name ?? null,
    draft.content,
    JSON.stringify(draft.attachments ?? []),
    draft.platformMessageId ?? null,
    draft.replyToId ?? null,
    draft.turnId,
    numbered.session_no,
    draft.delivery,
    draft.origin,
    JSON.stringify(draft.metadata ?? {}),
    unit.now,
  );
  for (const file of draft.attachments ?? []) insertAttachment(unit, conversationId, file);
  emit(unit, {
    type: draft.role === 'user' ? 'inbound_message' : 'outbound_message',
    conversationId,
    ...(draft.turnId === null ? {} : { turnId: draft.turnId }),
    ref: `messages:${draft.id}`,
    ...(draft.metadata?.replaced === true ? { data: { replaced: true } } : {}),
  });
  return numbered.seq;
}
