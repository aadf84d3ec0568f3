/** What can be read from an agent's file: only what is committed, prepared, by index, at most some hundred rows. */

import type { SqliteDatabase, SqlValue } from '../sqlite-database.ts';
import { HEAD_OF_PLACE, OPEN_PLACES } from './deliveries.ts';
import { USAGE_OF_OWNER } from './model-calls.ts';
import type {
  AttachmentRow,
  ConversationRow,
  EventRow,
  MailboxRow,
  MessageRow,
  OutboxRow,
  ToolCallRow,
  TurnRow,
  UsageRow,
} from './records.ts';

/** The reading half of `AgentSpine`; the verbs are added there. */
export class SpineReads {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  meta(key: string): string | null {
    return this.#get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value ?? null;
  }

  conversation(id: string): ConversationRow | undefined {
    return this.#get<ConversationRow>('SELECT * FROM conversations WHERE id = ?', id);
  }

  /** Newest activity first; `before` is the last row of the page before. */
  conversations(page: { before?: { at: number; id: string }; limit: number }): ConversationRow[] {
    return this.#all<ConversationRow>(
      'SELECT * FROM conversations WHERE (last_activity_at, id) < (?, ?) ORDER BY last_activity_at DESC, id DESC LIMIT ?',
      page.before?.at ?? Number.MAX_SAFE_INTEGER,
      page.before?.id ?? '',
      page.limit,
    );
  }

  countConversations(): number {
    return this.#get<{ n: number }>('SELECT count(*) AS n FROM conversations')?.n ?? 0;
  }

  countMessages(conversationId: string): number {
    return this.#get<{ n: number }>('SELECT next_seq - 1 AS n FROM conversations WHERE id = ?', conversationId)?.n ?? 0;
  }

  message(id: string): MessageRow | undefined {
    return this.#get<MessageRow>('SELECT * FROM messages WHERE id = ?', id);
  }

  lastMessage(conversationId: string): MessageRow | undefined {
    return this.#get<MessageRow>(
      'SELECT * FROM messages WHERE conversation_id = ? AND deleted_at IS NULL ORDER BY seq DESC LIMIT 1',
      conversationId,
    );
  }

  /** Ascending by `seq`. With `after`, the oldest above it; otherwise the newest below `before`. */
  messages(conversationId: string, page: { before?: number; after?: number; limit: number; text?: string }): MessageRow[] {
    const like = page.text === undefined ? '%' : `%${page.text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    const where = "conversation_id = ? AND deleted_at IS NULL AND content LIKE ? ESCAPE '\\'";
    if (page.after !== undefined) {
      return this.#all<MessageRow>(
        `SELECT * FROM messages WHERE ${where} AND seq > ? ORDER BY seq LIMIT ?`,
        conversationId,
        like,
        page.after,
        page.limit,
      );
    }
    const before = page.before ?? Number.MAX_SAFE_INTEGER;
    return this.#all<MessageRow>(
      `SELECT * FROM messages WHERE ${where} AND seq < ? ORDER BY seq DESC LIMIT ?`,
      conversationId,
      like,
      before,
      page.limit,
    ).reverse();
  }

  /** Newest first, those made at or before a time. */
  messagesUntil(conversationId: string, at: number, limit: number): MessageRow[] {
    return this.#all<MessageRow>(
      'SELECT * FROM messages WHERE conversation_id = ? AND deleted_at IS NULL AND created_at <= ? ORDER BY seq DESC LIMIT ?',
      conversationId,
      at,
      limit,
    );
  }

  messagesOfTurn(turnId: string): MessageRow[] {
    return this.#all<MessageRow>('SELECT * FROM messages WHERE turn_id = ? ORDER BY seq', turnId);
  }

  messageByPlatformId(conversationId: string, platformMessageId: string): MessageRow | undefined {
    return this.#get<MessageRow>(
      'SELECT * FROM messages WHERE conversation_id = ? AND platform_message_id = ?',
      conversationId,
      platformMessageId,
    );
  }

  attachment(id: string): AttachmentRow | undefined {
    return this.#get<AttachmentRow>('SELECT * FROM attachments WHERE id = ?', id);
  }

  turn(id: string): TurnRow | undefined {
    return this.#get<TurnRow>('SELECT * FROM turns WHERE id = ?', id);
  }

  /** The open turns of a conversation, oldest first. */
  openTurns(conversationId: string): TurnRow[] {
    return this.#all<TurnRow>(
      "SELECT * FROM turns WHERE conversation_id = ? AND state IN ('gathering', 'ready', 'running') ORDER BY id LIMIT 300",
      conversationId,
    );
  }

  /** Conversations that have something to run, each with the time its next turn is due. */
  dueConversations(): { conversation_id: string; due_at: number }[] {
    return this.#all(
      "SELECT conversation_id, min(due_at) AS due_at FROM turns WHERE state IN ('gathering', 'ready') GROUP BY conversation_id",
    );
  }

  countOpenTurns(): { running: number; waiting: number } {
    const row = this.#get<{ running: number; waiting: number }>(
      "SELECT coalesce(sum(state = 'running'), 0) AS running, coalesce(sum(state <> 'running'), 0) AS waiting FROM turns WHERE state IN ('gathering', 'ready', 'running')",
    );
    return row ?? { running: 0, waiting: 0 };
  }

  turns(conversationId: string, limit: number): TurnRow[] {
    return this.#all<TurnRow>(
      'SELECT * FROM turns WHERE conversation_id = ? AND ordinal IS NOT NULL ORDER BY ordinal DESC LIMIT ?',
      conversationId,
      limit,
    );
  }

  toolCall(key: string): ToolCallRow | undefined {
    return this.#get<ToolCallRow>('SELECT * FROM tool_calls WHERE key = ?', key);
  }

  /** Newest first, those planned at or before a time. */
  toolCallsUntil(conversationId: string, at: number, limit: number): ToolCallRow[] {
    return this.#all<ToolCallRow>(
      `SELECT c.* FROM turns t JOIN tool_calls c ON c.owner_id = t.id WHERE t.conversation_id = ? AND c.created_at <= ?
       ORDER BY t.ordinal DESC, c.step_n DESC, c.idx DESC LIMIT ?`,
      conversationId,
      at,
      limit,
    );
  }

  usageOf(ownerId: string): UsageRow {
    const row = this.#get<UsageRow>(USAGE_OF_OWNER, ownerId);
    if (!row) throw new Error('an aggregate returned no row');
    return row;
  }

  mailboxOfTurn(turnId: string): MailboxRow[] {
    return this.#all<MailboxRow>('SELECT * FROM mailbox WHERE turn_id = ? ORDER BY id', turnId);
  }

  mailboxItem(id: string): MailboxRow | undefined {
    return this.#get<MailboxRow>('SELECT * FROM mailbox WHERE id = ?', id);
  }

  /** Newest first; `before` is an id. */
  mailbox(page: { before?: string; limit: number }): MailboxRow[] {
    return this.#all<MailboxRow>(
      "SELECT * FROM mailbox WHERE id < coalesce(?, 'g') ORDER BY id DESC LIMIT ?",
      page.before ?? null,
      page.limit,
    );
  }

  mailboxByKey(dedupeKey: string): MailboxRow | undefined {
    return this.#get<MailboxRow>('SELECT * FROM mailbox WHERE dedupe_key = ?', dedupeKey);
  }

  mailboxOfMessage(messageId: string): MailboxRow | undefined {
    return this.#get<MailboxRow>('SELECT * FROM mailbox WHERE message_id = ?', messageId);
  }

  countQueued(conversationId: string): number {
    return (
      this.#get<{ n: number }>(
        "SELECT count(*) AS n FROM mailbox WHERE conversation_id = ? AND state IN ('queued', 'claimed')",
        conversationId,
      )?.n ?? 0
    );
  }

  headOfPlace(adapterKey: string, conversationId: string): OutboxRow | undefined {
    return this.#get<OutboxRow>(HEAD_OF_PLACE, adapterKey, conversationId);
  }

  openPlaces(): { adapter_key: string; conversation_id: string }[] {
    return this.#all(OPEN_PLACES);
  }

  delivery(id: string): OutboxRow | undefined {
    return this.#get<OutboxRow>('SELECT * FROM outbox WHERE id = ?', id);
  }

  deliveriesOfTurn(turnId: string): OutboxRow[] {
    return this.#all<OutboxRow>('SELECT * FROM outbox WHERE turn_id = ? ORDER BY position', turnId);
  }

  /** Newest first; `before` is an id. */
  deliveries(page: { before?: string; limit: number }): OutboxRow[] {
    return this.#all<OutboxRow>(
      "SELECT * FROM outbox WHERE id < coalesce(?, 'g') ORDER BY id DESC LIMIT ?",
      page.before ?? null,
      page.limit,
    );
  }

  countDeliveries(): { open: number; dead: number } {
    const row = this.#get<{ open: number; dead: number }>(
      "SELECT coalesce(sum(state IN ('queued', 'streaming', 'sending', 'retrying', 'ambiguous')), 0) AS open, coalesce(sum(state = 'dead'), 0) AS dead FROM outbox WHERE state IN ('queued', 'streaming', 'sending', 'retrying', 'ambiguous', 'dead')",
    );
    return row ?? { open: 0, dead: 0 };
  }

  /** Ascending, for the relay and other cursored readers. */
  events(after: number, limit: number): EventRow[] {
    return this.#all<EventRow>('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?', after, limit);
  }

  lastEventSeq(): number {
    return this.#get<{ seq: number | null }>('SELECT max(seq) AS seq FROM events')?.seq ?? 0;
  }

  #get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#database.get<Row>(sql, ...values);
  }

  #all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#database.all<Row>(sql, ...values);
  }
}
