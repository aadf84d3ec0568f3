/** The spine of one agent: every verb is one transaction with its events inside, and every reader sees only what is committed. */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StorageError } from '../../core/errors.ts';
import type { AttemptOutcome } from '../../core/llm.ts';
import type { Attachment } from '../../core/messages.ts';
import { packageRoot } from '../../core/package-root.ts';
import { migrate } from '../migrations.ts';
import { SqliteDatabase, type SqlValue } from '../sqlite-database.ts';
import { type Accepted, type AcceptInput, accept } from './accept.ts';
import * as control from './control.ts';
import { HEAD_OF_PLACE, OPEN_PLACES, type SendResult, send, sent } from './deliveries.ts';
import type { ConversationDraft } from './messages.ts';
import { ensureConversation, insertAttachment } from './messages.ts';
import { type ModelCallDraft, USAGE_OF_OWNER } from './model-calls.ts';
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
import { type Recovered, type RecoverInput, recover } from './recover.ts';
import * as turns from './turns.ts';
import type { SpineContext, Unit } from './unit.ts';

export class AgentSpine {
  readonly path: string;
  /** Names this agent's data over renames and moves. */
  readonly uid: string;
  /** Changes when the file is restored or imported, so that old event numbers are not taken for new ones. */
  readonly logEpoch: string;
  readonly #database: SqliteDatabase;
  readonly #context: SpineContext;

  constructor(path: string, context: SpineContext, onFailure: (error: StorageError) => void) {
    this.path = path;
    this.#context = context;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#database = new SqliteDatabase(path, { onFailure });
    migrate(this.#database, join(packageRoot(), 'migrations', 'agent'), context.clock);
    this.uid = this.#ensureMeta('agent_uid');
    this.logEpoch = this.#ensureMeta('log_epoch');
  }

  get failure(): SqliteDatabase['failure'] {
    return this.#database.failure;
  }

  probe(): boolean {
    return this.#database.probe();
  }

  close(): void {
    this.#database.close();
  }

  // Verbs

  recover(input: RecoverInput): Recovered {
    return this.#database.writeNow((tx) => recover(this.#unit(tx), input));
  }

  accept(input: AcceptInput): Promise<Accepted> {
    return this.#write((unit) => accept(unit, input));
  }

  runCommand(input: AcceptInput, effect: control.CommandEffect): Promise<Accepted> {
    return this.#write((unit) => control.runCommand(unit, input, effect));
  }

  claim(input: turns.ClaimInput): Promise<turns.ClaimedTurn | null> {
    return this.#write((unit) => turns.claim(unit, input));
  }

  reserve(turnId: string, step: number, call: ModelCallDraft): Promise<number> {
    return this.#write((unit) => turns.reserve(unit, turnId, step, call));
  }

  retryCall(turnId: string, step: number, outcome: AttemptOutcome, next: ModelCallDraft): Promise<number> {
    return this.#write((unit) => turns.retryCall(unit, turnId, step, outcome, next));
  }

  answer(input: turns.AnswerInput): Promise<string[]> {
    return this.#write((unit) => turns.answer(unit, input));
  }

  answerAndEnd(...[input, call, end]: DropUnit<typeof turns.answerAndEnd>): Promise<boolean> {
    return this.#write((unit) => turns.answerAndEnd(unit, input, call, end));
  }

  startCall(turnId: string, key: string): Promise<void> {
    return this.#write((unit) => turns.startCall(unit, turnId, key));
  }

  endCall(input: turns.EndCallInput): Promise<void> {
    return this.#write((unit) => turns.endCall(unit, input));
  }

  endStep(turnId: string, step: number): Promise<void> {
    return this.#write((unit) => turns.endStep(unit, turnId, step));
  }

  endTurn(input: turns.EndTurnInput): Promise<boolean> {
    return this.#write((unit) => turns.endTurn(unit, input));
  }

  send(id: string): Promise<OutboxRow | undefined> {
    return this.#write((unit) => send(unit, id));
  }

  sent(id: string, result: SendResult): Promise<OutboxRow | undefined> {
    return this.#write((unit) => sent(unit, id, result));
  }

  cancelTurns(conversationId: string, scope: 'turn' | 'all', reason: string): Promise<string[]> {
    return this.#write((unit) => control.cancelTurns(unit, conversationId, scope, reason));
  }

  startSession(conversationId: string): Promise<ConversationRow> {
    return this.#write((unit) => control.startSession(unit, conversationId));
  }

  ensureConversation(draft: ConversationDraft): Promise<ConversationRow> {
    return this.#write((unit) => ensureConversation(unit, draft));
  }

  patchConversation(id: string, patch: control.ConversationPatch, expected?: number): Promise<ConversationRow> {
    return this.#write((unit) => control.patchConversation(unit, id, patch, expected));
  }

  eraseConversation(id: string): Promise<void> {
    return this.#write((unit) => control.eraseConversation(unit, id));
  }

  eraseMessage(conversationId: string, messageId: string): Promise<void> {
    return this.#write((unit) => control.eraseMessage(unit, conversationId, messageId));
  }

  operatorSend(conversation: ConversationDraft, message: control.OperatorMessage): Promise<string> {
    return this.#write((unit) => control.operatorSend(unit, conversation, message));
  }

  addAttachment(conversation: ConversationDraft, file: Attachment): Promise<void> {
    return this.#write((unit) => {
      ensureConversation(unit, conversation);
      insertAttachment(unit, conversation.id, file);
    });
  }

  setMeta(key: string, value: string | null): Promise<void> {
    return this.#write((unit) => {
      if (value === null) unit.tx.run('DELETE FROM meta WHERE key = ?', key);
      else unit.tx.run('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, value);
    });
  }

  // Reads: prepared, by index, bounded

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

  /** Forgets events that every reader has passed. */
  trimEvents(upTo: number): Promise<number> {
    return this.#write((unit) =>
      unit.tx.run('DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE seq <= ? ORDER BY seq LIMIT 500)', upTo),
    );
  }

  #write<Result>(run: (unit: Unit) => Result): Promise<Result> {
    return this.#database.write((tx) => run(this.#unit(tx)));
  }

  #unit(tx: Unit['tx']): Unit {
    const { clock, newId, runId, doorbell } = this.#context;
    return { tx, clock, newId, runId, doorbell, now: clock.now() };
  }

  #get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#database.get<Row>(sql, ...values);
  }

  #all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#database.all<Row>(sql, ...values);
  }

  #ensureMeta(key: string): string {
    return this.#database.writeNow((tx) => {
      const known = tx.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key);
      if (known) return known.value;
      const value = this.#context.newId();
      tx.run('INSERT INTO meta (key, value) VALUES (?, ?)', key, value);
      return value;
    });
  }
}

type DropUnit<Verb> = Verb extends (unit: Unit, ...rest: infer Rest) => unknown ? Rest : never;
