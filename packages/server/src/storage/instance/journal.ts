/** The ordered copy of every agent's events, with ids that grow over all agents and restarts; what streams and readers follow. */

import type { Clock } from '../../core/clock.ts';
import type { StorageError } from '../../core/errors.ts';
import type { AgentSpine } from '../agent/agent-spine.ts';
import type { EventRow } from '../agent/records.ts';
import { SqliteDatabase, type Transaction } from '../sqlite-database.ts';

export interface JournalRow {
  id: number;
  agent_uid: string;
  agent_id: string | null;
  at: number;
  type: string;
  conversation_id: string | null;
  turn_id: string | null;
  ref: string | null;
  data: string;
}

/** An event of the instance itself: adapters, configuration, agents. */
export interface InstanceEvent {
  readonly type: string;
  readonly agentId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Ids are taken from blocks whose end is durable first, so that power loss never gives one twice. */
const BLOCK = 10_000;
const BATCH = 500;
const KEPT_ROWS = 100_000;
const KEPT_MS = 24 * 60 * 60 * 1000;
const INSTANCE_UID = 'instance';

const COLUMNS = 'id, agent_uid, agent_id, at, type, conversation_id, turn_id, ref, data';

export class Journal {
  /** Its own connection at NORMAL: what it holds is a copy, and a kill does not harm it. */
  readonly #database: SqliteDatabase;
  /** The instance's connection at FULL, for the ends of blocks. */
  readonly #durable: SqliteDatabase;
  readonly #clock: Clock;
  #nextId: number;
  #blockEnd: number;
  /** Ids that running copies may still take. */
  #promised = 0;
  #onRows: (rows: readonly JournalRow[]) => void = () => {};

  constructor(
    path: string,
    durable: SqliteDatabase,
    options: { clock: Clock; crashed: boolean; onFailure: (error: StorageError) => void },
  ) {
    this.#durable = durable;
    this.#clock = options.clock;
    this.#database = new SqliteDatabase(path, { durability: 'normal', onFailure: options.onFailure });
    const blockEnd = Number(durable.get<{ value: string }>("SELECT value FROM meta WHERE key = 'journal_block_end'")?.value ?? 0);
    const newest = this.#database.get<{ id: number | null }>('SELECT max(id) AS id FROM journal')?.id ?? 0;
    this.#nextId = options.crashed ? Math.max(blockEnd, newest) + 1 : newest + 1;
    this.#blockEnd = options.crashed ? this.#nextId - 1 : blockEnd;
  }

  /** Null while the journal takes writes; else why it does not. */
  get failure(): StorageError | null {
    return this.#database.failure;
  }

  /** As of a store: true once the journal takes writes again. */
  probe(): boolean {
    return this.#database.probe();
  }

  /** Called after each commit with the new rows, in order; must not throw. */
  onRows(listener: (rows: readonly JournalRow[]) => void): void {
    this.#onRows = listener;
  }

  /** Copies what an agent has written since the last time; the cursor moves in the same transaction. Returns how many rows. */
  async relay(agentId: string, spine: AgentSpine): Promise<number> {
    const rows = await this.#writeWithIds(BATCH, (tx) => this.#copy(tx, agentId, spine));
    if (rows.length > 0) this.#onRows(rows);
    return rows.length;
  }

  #copy(tx: Transaction, agentId: string, spine: AgentSpine): JournalRow[] {
    const cursor =
      tx.get<{ seq: number }>('SELECT seq FROM relay_cursors WHERE agent_uid = ? AND log_epoch = ?', spine.uid, spine.logEpoch)?.seq ?? 0;
    const events = spine.events(cursor, BATCH);
    const last = events.at(-1);
    if (!last) return [];
    const rows = events.map((event) => this.#insert(tx, fromAgent(event, agentId, spine.uid), spine.logEpoch, event.seq));
    tx.run(
      `INSERT INTO relay_cursors (agent_uid, log_epoch, seq) VALUES (?, ?, ?)
       ON CONFLICT (agent_uid, log_epoch) DO UPDATE SET seq = excluded.seq`,
      spine.uid,
      spine.logEpoch,
      last.seq,
    );
    return rows;
  }

  /** Where the relay stands for an agent. */
  cursor(spine: AgentSpine): number {
    const row = this.#database.get<{ seq: number }>(
      'SELECT seq FROM relay_cursors WHERE agent_uid = ? AND log_epoch = ?',
      spine.uid,
      spine.logEpoch,
    );
    return row?.seq ?? 0;
  }

  async append(event: InstanceEvent): Promise<void> {
    const row = await this.#writeWithIds(1, (tx) => {
      const draft = {
        agent_uid: INSTANCE_UID,
        agent_id: event.agentId,
        at: this.#clock.now(),
        type: event.type,
        conversation_id: null,
        turn_id: null,
        ref: null,
      };
      return this.#insert(tx, { ...draft, data: JSON.stringify(event.data) }, INSTANCE_UID, this.#nextId);
    });
    this.#onRows([row]);
  }

  bounds(): { oldest: number | null; latest: number | null } {
    const row = this.#database.get<{ oldest: number | null; latest: number | null }>(
      'SELECT min(id) AS oldest, max(id) AS latest FROM journal',
    );
    return row ?? { oldest: null, latest: null };
  }

  /** Ascending; filters by exact match, all optional. */
  read(
    after: number,
    filter: { agentId?: string; conversationId?: string; turnId?: string; types?: readonly string[] },
    limit: number,
  ): JournalRow[] {
    const where = ['id > ?'];
    const values: (string | number)[] = [after];
    const equal = (column: string, value: string | undefined) => {
      if (value === undefined) return;
      where.push(`${column} = ?`);
      values.push(value);
    };
    equal('agent_id', filter.agentId);
    equal('conversation_id', filter.conversationId);
    equal('turn_id', filter.turnId);
    if (filter.types) {
      where.push(`type IN (${filter.types.map(() => '?').join(', ')})`);
      values.push(...filter.types);
    }
    return this.#database.all<JournalRow>(
      `SELECT ${COLUMNS} FROM journal WHERE ${where.join(' AND ')} ORDER BY id LIMIT ?`,
      ...values,
      limit,
    );
  }

  /** Forgets what is older than a day or beyond the kept number, a bounded part at a time. The newest row stays: ids go on from it. */
  async sweep(): Promise<number> {
    const newest = this.bounds().latest ?? 0;
    return this.#database.write((tx) =>
      tx.run(
        'DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE (at < ? OR id <= ?) AND id < ? ORDER BY id LIMIT 500)',
        this.#clock.now() - KEPT_MS,
        newest - KEPT_ROWS,
        newest,
      ),
    );
  }

  close(): void {
    this.#database.close();
  }

  #insert(tx: Transaction, draft: Omit<JournalRow, 'id'>, epoch: string, agentSeq: number): JournalRow {
    const id = this.#nextId;
    this.#nextId += 1;
    tx.run(
      `INSERT INTO journal (id, agent_uid, log_epoch, agent_seq, at, type, agent_id, conversation_id, turn_id, ref, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      draft.agent_uid,
      epoch,
      agentSeq,
      draft.at,
      draft.type,
      draft.agent_id,
      draft.conversation_id,
      draft.turn_id,
      draft.ref,
      draft.data,
    );
    return { id, ...draft };
  }

  /** Several copies may be under way: each keeps the ids it may take promised until it has taken them. */
  async #writeWithIds<Result>(most: number, run: (tx: Transaction) => Result): Promise<Result> {
    this.#promised += most;
    try {
      await this.#reserveBlock();
      return await this.#database.write(run);
    } finally {
      this.#promised -= most;
    }
  }

  async #reserveBlock(): Promise<void> {
    if (this.#nextId + this.#promised <= this.#blockEnd) return;
    const end = this.#nextId + this.#promised + BLOCK;
    await this.#durable.write((tx) =>
      tx.run(
        "INSERT INTO meta (key, value) VALUES ('journal_block_end', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        String(end),
      ),
    );
    this.#blockEnd = Math.max(this.#blockEnd, end);
  }
}

function fromAgent(event: EventRow, agentId: string, uid: string): Omit<JournalRow, 'id'> {
  const { at, type, conversation_id, turn_id, ref, data } = event;
  return { agent_uid: uid, agent_id: agentId, at, type, conversation_id, turn_id, ref, data };
}
