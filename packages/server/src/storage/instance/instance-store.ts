/** The instance's own file: boots, sessions, settings and hints; facts that belong to no agent. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { StorageError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';
import { migrate } from '../migrations.ts';
import { SqliteDatabase } from '../sqlite-database.ts';

export interface BootReport {
  /** No boot was recorded before. */
  readonly isFirst: boolean;
  /** The last boot did not end by a clean shutdown. */
  readonly crashed: boolean;
  /** Unclean boots within the last ten minutes, this one not counted. */
  readonly recentCrashes: number;
}

export interface SessionRow {
  id: string;
  tokenHash: string;
  createdAt: number;
  expiresAt: number;
}

export interface SeenKeyRow {
  fingerprint: string;
  status: number;
  headers: string;
  body: string;
}

export interface AgentRecord {
  uid: string;
  id: string;
  createdAt: number;
}

const CRASH_WINDOW_MS = 10 * 60 * 1000;
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;
const REJECTIONS_KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const REJECTIONS_KEPT = 10_000;

export class InstanceStore {
  readonly database: SqliteDatabase;
  readonly path: string;
  readonly #clock: Clock;
  readonly #owners = new Map<string, Set<string>>();

  constructor(instanceDir: string, clock: Clock, onFailure: (error: StorageError) => void) {
    const folder = join(instanceDir, 'data');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.path = join(folder, 'spacebot.db');
    this.#clock = clock;
    this.database = new SqliteDatabase(this.path, { onFailure });
    migrate(this.database, join(packageRoot(), 'migrations', 'instance'), clock);
  }

  close(): void {
    this.database.close();
  }

  // Boots

  recordBoot(runId: string): BootReport {
    const now = this.#clock.now();
    return this.database.writeNow((tx) => {
      const last = tx.get<{ clean: number }>('SELECT clean FROM boots ORDER BY started_at DESC, run_id DESC LIMIT 1');
      const recent = tx.get<{ n: number }>('SELECT count(*) AS n FROM boots WHERE clean = 0 AND started_at > ?', now - CRASH_WINDOW_MS);
      tx.run('INSERT INTO boots (run_id, started_at) VALUES (?, ?)', runId, now);
      tx.run('DELETE FROM boots WHERE started_at < ?', now - 30 * KEY_LIFETIME_MS);
      return { isFirst: last === undefined, crashed: last?.clean === 0, recentCrashes: recent?.n ?? 0 };
    });
  }

  recordReady(runId: string): Promise<number> {
    return this.database.write((tx) => tx.run('UPDATE boots SET ready_at = ? WHERE run_id = ?', this.#clock.now(), runId));
  }

  recordCleanEnd(runId: string): void {
    this.database.writeNow((tx) => tx.run('UPDATE boots SET ended_at = ?, clean = 1 WHERE run_id = ?', this.#clock.now(), runId));
  }

  // Agents

  /** The agent's creation time, recorded when it is first opened. */
  registerAgent(id: string, uid: string): AgentRecord {
    return this.database.writeNow((tx) => {
      tx.run(
        "INSERT INTO agents (uid, id, state, created_at) VALUES (?, ?, 'active', ?) ON CONFLICT DO NOTHING",
        uid,
        id,
        this.#clock.now(),
      );
      tx.run("UPDATE agents SET uid = ?, state = 'active' WHERE id = ?", uid, id);
      const row = tx.get<{ created_at: number }>('SELECT created_at FROM agents WHERE id = ?', id);
      return { uid, id, createdAt: row?.created_at ?? this.#clock.now() };
    });
  }

  forgetAgent(id: string): Promise<void> {
    return this.database.write((tx) => {
      const row = tx.get<{ uid: string }>('SELECT uid FROM agents WHERE id = ?', id);
      tx.run('DELETE FROM agents WHERE id = ?', id);
      tx.run('DELETE FROM owners WHERE agent_id = ?', id);
      tx.run('DELETE FROM adapter_replies WHERE agent_id = ?', id);
      if (row) tx.run('DELETE FROM relay_cursors WHERE agent_uid = ?', row.uid);
      this.#owners.clear();
    });
  }

  // Owner hints: written before the first message of a pair, never wrong by leaving one out

  async registerOwner(adapterKey: string, conversationId: string, agentId: string): Promise<void> {
    if (this.#ownersOf(adapterKey, conversationId).has(agentId)) return;
    await this.database.write((tx) =>
      tx.run(
        'INSERT INTO owners (adapter_key, conversation_id, agent_id, first_seen) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        adapterKey,
        conversationId,
        agentId,
        this.#clock.now(),
      ),
    );
    this.#ownersOf(adapterKey, conversationId).add(agentId);
  }

  owners(adapterKey: string, conversationId: string): readonly string[] {
    return [...this.#ownersOf(adapterKey, conversationId)];
  }

  #ownersOf(adapterKey: string, conversationId: string): Set<string> {
    const key = `${adapterKey}\n${conversationId}`;
    let found = this.#owners.get(key);
    if (!found) {
      const rows = this.database.all<{ agent_id: string }>(
        'SELECT agent_id FROM owners WHERE adapter_key = ? AND conversation_id = ?',
        adapterKey,
        conversationId,
      );
      found = new Set(rows.map((row) => row.agent_id));
      if (this.#owners.size > 10_000) this.#owners.clear();
      this.#owners.set(key, found);
    }
    return found;
  }

  // Sessions

  createSession(session: SessionRow): Promise<void> {
    return this.database.write((tx) => {
      tx.run('DELETE FROM sessions WHERE expires_at < ?', this.#clock.now());
      tx.run(
        'INSERT INTO sessions (id, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?)',
        session.id,
        session.tokenHash,
        session.createdAt,
        session.expiresAt,
      );
    });
  }

  findSession(id: string): SessionRow | undefined {
    return this.database.get<SessionRow>(
      'SELECT id, token_hash AS tokenHash, created_at AS createdAt, expires_at AS expiresAt FROM sessions WHERE id = ?',
      id,
    );
  }

  /** Without an id, all of them. */
  async deleteSessions(id?: string): Promise<void> {
    await this.database.write((tx) =>
      id === undefined ? tx.run('DELETE FROM sessions') : tx.run('DELETE FROM sessions WHERE id = ?', id),
    );
  }

  // Answers to requests that came with a key

  findAnswer(scope: string): SeenKeyRow | undefined {
    return this.database.get<SeenKeyRow>(
      'SELECT fingerprint, status, headers, body FROM api_keys_seen WHERE scope = ? AND expires_at > ?',
      scope,
      this.#clock.now(),
    );
  }

  saveAnswer(scope: string, answer: SeenKeyRow, at: number): Promise<void> {
    return this.database.write((tx) => {
      tx.run('DELETE FROM api_keys_seen WHERE expires_at <= ?', this.#clock.now());
      tx.run(
        'INSERT INTO api_keys_seen (scope, fingerprint, status, headers, body, expires_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        scope,
        answer.fingerprint,
        answer.status,
        answer.headers,
        answer.body,
        at + KEY_LIFETIME_MS,
      );
    });
  }

  // Messages no agent took: metadata only, bounded by age and number

  recordRejection(row: {
    id: string;
    adapterKey: string;
    conversationId: string;
    senderId: string;
    reason: string;
    at: number;
  }): Promise<void> {
    return this.database.write((tx) => {
      tx.run(
        'INSERT INTO rejections (id, adapter_key, conversation_id, sender_id, reason, created_at) VALUES (?, ?, ?, ?, ?, ?)',
        row.id,
        row.adapterKey,
        row.conversationId,
        row.senderId,
        row.reason,
        row.at,
      );
      tx.run('DELETE FROM rejections WHERE created_at < ?', row.at - REJECTIONS_KEPT_MS);
      tx.run(`DELETE FROM rejections WHERE id IN (SELECT id FROM rejections ORDER BY id DESC LIMIT 100 OFFSET ${REJECTIONS_KEPT})`);
    });
  }

  // Settings: JSON by name

  setting(key: string): unknown {
    const row = this.database.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key);
    return row === undefined ? undefined : JSON.parse(row.value);
  }

  async setSetting(key: string, value: unknown): Promise<void> {
    await this.database.write((tx) =>
      tx.run(
        'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        key,
        JSON.stringify(value),
      ),
    );
  }
}
