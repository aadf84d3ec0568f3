/** The verb `accept`: a message is on disk, once, before anyone is told that it arrived. */

import { ConflictError, UnavailableError } from '../../core/errors.ts';
import type { Attachment } from '../../core/messages.ts';
import { appendMessage, type ConversationDraft, ensureConversation } from './messages.ts';
import type { MailboxRow, TurnRow } from './records.ts';
import type { Unit } from './unit.ts';

/** How many messages may wait in one conversation (contract 7.4). */
export const QUEUE_LIMIT = 256;

/** What an open gathering turn looks like to the timing rule. */
export interface OpenGathering {
  /** Milliseconds: when its first message came. */
  readonly firstAt: number;
}

export interface AcceptInput {
  readonly conversation: ConversationDraft;
  readonly text: string;
  readonly author: { readonly id: string; readonly name: string };
  readonly attachments: readonly Attachment[];
  readonly platformMessageId: string | null;
  readonly replyToId: string | null;
  readonly origin: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Unique over the agent; a repeat stores nothing. */
  readonly dedupeKey: string;
  readonly bodyHash: string;
  readonly authority: 'owner' | 'member' | 'stranger';
  /** Why the message was taken, layer by layer; kept for the trace. */
  readonly route: unknown;
  /** Milliseconds; the watchdog's deadline. */
  readonly answerBy: number | null;
  /** `command`: a turn that ends in its own commit, so a full queue does not keep it out. */
  readonly start: 'turn' | 'observe' | 'command';
  /** Milliseconds after which the key may be used again; absent: never. */
  readonly keyLifetimeMs?: number;
  /** Newest reply number before this message, kept for its sender. */
  readonly afterSeq?: number;
  /** Says when a turn that gathers messages is due, or `null` for a turn of its own, due at once. */
  readonly gather: ((open: OpenGathering | null) => number) | null;
}

export interface Accepted {
  readonly messageId: string;
  /** Empty for a message that is only observed. */
  readonly turnId: string;
  readonly duplicate: boolean;
  /** `afterSeq` as it was when the message first came. */
  readonly afterSeq: number | null;
}

/** Throws `ConflictError('idempotency_conflict')` for a known key with another body, `UnavailableError('queue_full')` past 256 waiting messages. */
export function accept(unit: Unit, input: AcceptInput): Accepted {
  const known = findByKey(unit, input);
  if (known) return repeat(known, input.bodyHash);
  const conversation = ensureConversation(unit, input.conversation);
  if (input.start === 'turn') refuseFullQueue(unit, conversation.id);
  const messageId = unit.newId();
  const turnId = input.start === 'observe' ? null : joinTurn(unit, conversation.id, messageId, input);
  appendMessage(unit, conversation.id, {
    id: messageId,
    role: 'user',
    author: input.author,
    content: input.text,
    attachments: input.attachments,
    platformMessageId: input.platformMessageId ?? messageId,
    replyToId: input.replyToId,
    turnId,
    delivery: 'received',
    origin: input.origin,
    metadata: input.metadata,
  });
  insertMailbox(unit, input, messageId, turnId);
  return { messageId, turnId: turnId ?? '', duplicate: false, afterSeq: input.afterSeq ?? null };
}

/** The row that holds the key; one past the key's lifetime gives it up first. */
function findByKey(unit: Unit, input: AcceptInput): MailboxRow | undefined {
  const known = unit.tx.get<MailboxRow>('SELECT * FROM mailbox WHERE dedupe_key = ?', input.dedupeKey);
  if (!known || input.keyLifetimeMs === undefined || known.created_at > unit.now - input.keyLifetimeMs) return known;
  unit.tx.run("UPDATE mailbox SET dedupe_key = dedupe_key || '|' || id WHERE id = ?", known.id);
  return undefined;
}

function repeat(known: MailboxRow, bodyHash: string): Accepted {
  if (known.body_hash !== bodyHash) {
    throw new ConflictError('idempotency_conflict', 'This key was used before with another content.');
  }
  return { messageId: known.message_id ?? '', turnId: known.turn_id ?? '', duplicate: true, afterSeq: known.after_seq };
}

function refuseFullQueue(unit: Unit, conversationId: string): void {
  const waiting = unit.tx.get<{ n: number }>(
    "SELECT count(*) AS n FROM mailbox WHERE conversation_id = ? AND state IN ('queued', 'claimed')",
    conversationId,
  );
  if ((waiting?.n ?? 0) >= QUEUE_LIMIT) {
    throw new UnavailableError(
      'queue_full',
      `${QUEUE_LIMIT} messages are waiting in this conversation; send again when some are answered.`,
      {
        retry: { afterMs: 5_000 },
      },
    );
  }
}

function joinTurn(unit: Unit, conversationId: string, messageId: string, input: AcceptInput): string {
  if (!input.gather) return insertTurn(unit, conversationId, messageId, 'ready', unit.now);
  const open = unit.tx.get<TurnRow>("SELECT * FROM turns WHERE conversation_id = ? AND state = 'gathering'", conversationId);
  const dueAt = input.gather(open ? { firstAt: open.first_at } : null);
  if (!open) return insertTurn(unit, conversationId, messageId, 'gathering', dueAt);
  unit.tx.run('UPDATE turns SET due_at = ? WHERE id = ?', dueAt, open.id);
  unit.tx.afterCommit(() => unit.doorbell.turnReady(conversationId, dueAt));
  return open.id;
}

/** Makes a turn and, after the commit, tells its channel when it is due. */
function insertTurn(unit: Unit, conversationId: string, causeId: string, state: 'ready' | 'gathering', dueAt: number): string {
  const turnId = unit.newId();
  unit.tx.run(
    `INSERT INTO turns (id, conversation_id, cause, state, due_at, first_at, first_cause, created_at) VALUES (?, ?, 'message', ?, ?, ?, ?, ?)`,
    turnId,
    conversationId,
    state,
    dueAt,
    unit.now,
    causeId,
    unit.now,
  );
  unit.tx.afterCommit(() => unit.doorbell.turnReady(conversationId, dueAt));
  return turnId;
}

function insertMailbox(unit: Unit, input: AcceptInput, messageId: string, turnId: string | null): void {
  const observed = turnId === null;
  unit.tx.run(
    `INSERT INTO mailbox (id, conversation_id, kind, dedupe_key, body_hash, message_id, after_seq, turn_id, state, outcome, authority, route,
       answer_by, created_at, ended_at)
     VALUES (?, ?, 'message', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    unit.newId(),
    input.conversation.id,
    input.dedupeKey,
    input.bodyHash,
    messageId,
    input.afterSeq ?? null,
    turnId,
    observed ? 'done' : 'queued',
    observed ? 'observed' : null,
    input.authority,
    JSON.stringify(input.route),
    observed ? null : input.answerBy,
    unit.now,
    observed ? unit.now : null,
  );
}
