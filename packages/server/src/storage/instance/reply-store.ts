/** Answers kept for callers who fetch them: numbered per conversation, stored once per key, read without being used up. */

import type { Clock } from '../../core/clock.ts';
import type { SqliteDatabase, Transaction } from '../sqlite-database.ts';

export interface ReplyDraft {
  readonly adapterKey: string;
  readonly conversationId: string;
  readonly key: string;
  readonly agentId: string;
  /** JSON object without `seq`, which is given here. */
  readonly body: string;
}

export interface StoredReply {
  readonly seq: number;
  readonly body: string;
}

export interface ReplyPage {
  readonly replies: readonly StoredReply[];
  /** True when there is more beyond the limit. */
  readonly more: boolean;
  /** Where to go on reading. */
  readonly nextAfter: number;
  /** True when replies above the asked place were kept once and are gone. */
  readonly truncated: boolean;
}

interface CursorRow {
  readonly last_seq: number;
  readonly handed_out: number;
  readonly oldest_lost: number;
}

const NOTHING: CursorRow = { last_seq: 0, handed_out: 0, oldest_lost: 0 };
const PRUNE_BATCH = 500;
const REPLIES_ABOVE =
  'SELECT seq, body FROM adapter_replies WHERE adapter_key = ? AND conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?';
const CURSOR = 'SELECT last_seq, handed_out, oldest_lost FROM reply_cursors WHERE adapter_key = ? AND conversation_id = ?';

export class ReplyStore {
  readonly #database: SqliteDatabase;
  readonly #clock: Clock;

  /** `database` is the instance's file. */
  constructor(database: SqliteDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Resolves with the reply's number once it is durable; a repeat of the key gives the first number and stores nothing. */
  store(draft: ReplyDraft): Promise<number> {
    const now = this.#clock.now();
    return this.#database.write((tx) => {
      const known = tx.get<{ seq: number }>('SELECT seq FROM adapter_replies WHERE key = ?', draft.key);
      if (known) return known.seq;
      const seq = takeSeq(tx, draft.adapterKey, draft.conversationId);
      tx.run(
        'INSERT INTO adapter_replies (adapter_key, conversation_id, seq, key, agent_id, body, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        draft.adapterKey,
        draft.conversationId,
        seq,
        draft.key,
        draft.agentId,
        draft.body,
        now,
      );
      return seq;
    });
  }

  /** True once the reply of this key is stored. */
  has(key: string): boolean {
    return this.#database.get('SELECT seq FROM adapter_replies WHERE key = ?', key) !== undefined;
  }

  /** Number of the newest reply ever stored for the conversation; 0 before the first. */
  lastSeq(adapterKey: string, conversationId: string): number {
    return this.#cursor(adapterKey, conversationId).last_seq;
  }

  /** Replies with `seq > after`, ascending. */
  readAfter(adapterKey: string, conversationId: string, after: number, limit: number): ReplyPage {
    const found = this.#database.all<StoredReply>(REPLIES_ABOVE, adapterKey, conversationId, after, limit + 1);
    return toPage(found, limit, after, this.#cursor(adapterKey, conversationId));
  }

  /** True when `readNext` would give something. */
  hasNext(adapterKey: string, conversationId: string): boolean {
    const cursor = this.#cursor(adapterKey, conversationId);
    return cursor.last_seq > cursor.handed_out;
  }

  /** Everything not yet handed out by this very method, ascending; the kept cursor moves behind what is returned. */
  readNext(adapterKey: string, conversationId: string, limit: number): Promise<ReplyPage> {
    const cursor = this.#cursor(adapterKey, conversationId);
    if (cursor.last_seq === cursor.handed_out) return Promise.resolve(toPage([], limit, cursor.handed_out, cursor));
    return this.#database.write((tx) => {
      const current = tx.get<CursorRow>(CURSOR, adapterKey, conversationId) ?? NOTHING;
      const found = tx.all<StoredReply>(REPLIES_ABOVE, adapterKey, conversationId, current.handed_out, limit + 1);
      const page = toPage(found, limit, current.handed_out, current);
      const reached = page.more ? page.nextAfter : current.last_seq;
      tx.run('UPDATE reply_cursors SET handed_out = ? WHERE adapter_key = ? AND conversation_id = ?', reached, adapterKey, conversationId);
      return page;
    });
  }

  /** Forgets at most 500 replies of an adapter stored before `before` (milliseconds); returns how many. */
  prune(adapterKey: string, before: number): Promise<number> {
    return this.#database.write((tx) => {
      const old = tx.all<{ conversation_id: string; seq: number }>(
        `SELECT conversation_id, seq FROM adapter_replies WHERE created_at < ? AND adapter_key = ? ORDER BY created_at LIMIT ${PRUNE_BATCH}`,
        before,
        adapterKey,
      );
      for (const row of old) forget(tx, adapterKey, row.conversation_id, row.seq);
      return old.length;
    });
  }

  #cursor(adapterKey: string, conversationId: string): CursorRow {
    return this.#database.get<CursorRow>(CURSOR, adapterKey, conversationId) ?? NOTHING;
  }
}

function takeSeq(tx: Transaction, adapterKey: string, conversationId: string): number {
  const row = tx.get<{ last_seq: number }>(
    `INSERT INTO reply_cursors (adapter_key, conversation_id, last_seq) VALUES (?, ?, 1)
     ON CONFLICT (adapter_key, conversation_id) DO UPDATE SET last_seq = last_seq + 1 RETURNING last_seq`,
    adapterKey,
    conversationId,
  );
  if (!row) throw new Error('an upsert returned no row');
  return row.last_seq;
}

function forget(tx: Transaction, adapterKey: string, conversationId: string, seq: number): void {
  tx.run('DELETE FROM adapter_replies WHERE adapter_key = ? AND conversation_id = ? AND seq = ?', adapterKey, conversationId, seq);
  tx.run(
    'UPDATE reply_cursors SET oldest_lost = max(oldest_lost, ?) WHERE adapter_key = ? AND conversation_id = ?',
    seq,
    adapterKey,
    conversationId,
  );
}

function toPage(found: readonly StoredReply[], limit: number, after: number, cursor: CursorRow): ReplyPage {
  const replies = found.slice(0, limit);
  return { replies, more: found.length > limit, nextAfter: replies.at(-1)?.seq ?? after, truncated: after < cursor.oldest_lost };
}
