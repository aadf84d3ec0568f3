/** One SQLite file: asserted pragmas, cached statements, and all writes through one group commit. */

import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { type AppError, StorageError, UnavailableError } from '../core/errors.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;

/** `full`: a commit survives power loss. `normal`: it survives a kill of the process. */
export type Durability = 'full' | 'normal';

/**
 * `durable`: promised to somebody when the promise resolves, so it survives power loss. `relaxed`: survives a kill of the process; after a power loss
 * the work is simply done again. A group is synced when one of its units is durable.
 */
export type Urgency = 'durable' | 'relaxed';

/** What a unit of work may do; valid only inside its `write` call. */
export interface Transaction {
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  /** Returns how many rows changed. */
  run(sql: string, ...values: SqlValue[]): number;
  /** Called after the commit that holds this unit, in order; never called when the unit rolled back. */
  afterCommit(callback: () => void): void;
}

interface QueuedUnit {
  readonly urgency: Urgency;
  readonly run: (transaction: Transaction) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface FinishedUnit {
  readonly unit: QueuedUnit;
  readonly value: unknown;
}

/** Longest time a group may hold the main thread before it commits, milliseconds. */
const GROUP_BUDGET_MS = 4;
/** Most units of one group: what waits for them runs between two groups, and must not hold the event loop either. */
const GROUP_UNITS = 12;

/**
 * Reads are synchronous and see everything committed. `write` queues a synchronous unit; every unit queued in the same turn of the event loop
 * shares one transaction and one sync, each behind a savepoint, so that one that throws rolls back alone. Promises settle after the commit.
 */
export class SqliteDatabase {
  readonly path: string;
  readonly #database: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();
  #queue: QueuedUnit[] = [];
  #scheduled = false;
  readonly #durability: Durability;
  #isSyncing = true;
  #failure: StorageError | null = null;
  #closed = false;
  #hooks: (() => void)[] = [];
  readonly #transaction: Transaction;
  readonly #onFailure: (error: StorageError) => void;

  constructor(path: string, options: { durability?: Durability; onFailure?: (error: StorageError) => void } = {}) {
    this.path = path;
    this.#onFailure = options.onFailure ?? (() => {});
    this.#database = new DatabaseSync(path);
    this.#transaction = {
      get: (sql, ...values) => this.get(sql, ...values),
      all: (sql, ...values) => this.all(sql, ...values),
      run: (sql, ...values) => Number(this.#prepare(sql).run(...values).changes),
      afterCommit: (callback) => void this.#hooks.push(callback),
    };
    this.#durability = options.durability ?? 'full';
    applyPragmas(this.#database, this.#durability);
  }

  /** Null while the file takes writes; else why it does not. */
  get failure(): StorageError | null {
    return this.#failure;
  }

  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** Runs several statements at once, outside any transaction of ours; for migrations. */
  execute(sql: string): void {
    this.#database.exec(sql);
  }

  /** Throws `StorageError` when the file refuses writes; rejects with the unit's own error when the unit throws. */
  write<Result>(run: (transaction: Transaction) => Result, urgency: Urgency = 'durable'): Promise<Result> {
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal);
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ urgency, run, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** The same at once, for start-up and tests; must not be used where several units could share a sync. */
  writeNow<Result>(run: (transaction: Transaction) => Result): Result {
    const refusal = this.#refusal();
    if (refusal) throw refusal;
    this.#syncWhen(true);
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = run(this.#transaction);
      this.#database.exec('COMMIT');
      this.#runHooks(this.#hooks.splice(0));
      return result;
    } catch (error) {
      this.#hooks = [];
      this.#rollback();
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    this.#statements.clear();
    this.#foldLog();
    this.#database.close();
  }

  /** After a clean end the file is whole by itself, so that copying the folder copies everything. */
  #foldLog(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Another connection still reads, or the disk is full: the log stays beside the file and loses nothing.
    }
  }

  /** Tries one small write that changes nothing; clears the failure when the file takes it again (a disk that was full). */
  probe(): boolean {
    try {
      const { user_version } = this.get<{ user_version: number }>('PRAGMA user_version') ?? { user_version: 0 };
      this.#database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${user_version}; COMMIT`);
      this.#failure = null;
      return true;
    } catch {
      this.#rollback();
      return false;
    }
  }

  #refusal(): AppError | null {
    if (this.#closed) return new UnavailableError('unavailable', 'The store is closed.');
    return this.#failure;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#queue = [...this.#commitGroup(this.#queue.splice(0)), ...this.#queue];
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const units = this.#queue;
    this.#queue = [];
    for (let rest = units; rest.length > 0; ) rest = this.#commitGroup(rest);
  }

  /** Commits as many units as fit the time budget, settles them, and returns the rest. */
  #commitGroup(units: readonly QueuedUnit[]): QueuedUnit[] {
    const started = performance.now();
    const finished: FinishedUnit[] = [];
    let taken = 0;
    try {
      this.#syncWhen(units.slice(0, GROUP_UNITS).some((unit) => unit.urgency === 'durable'));
      this.#prepare('BEGIN IMMEDIATE').run();
      for (const unit of units) {
        taken += 1;
        this.#runUnit(unit, finished);
        if (taken >= GROUP_UNITS || performance.now() - started > GROUP_BUDGET_MS) break;
      }
      this.#prepare('COMMIT').run();
    } catch (error) {
      this.#hooks = [];
      this.#fail(error, units);
      return [];
    }
    const hooks = this.#hooks.splice(0);
    for (const { unit, value } of finished) unit.resolve(value);
    this.#runHooks(hooks);
    return units.slice(taken);
  }

  /** SQLite takes the setting between two transactions only. */
  #syncWhen(isDurable: boolean): void {
    if (this.#durability === 'normal' || this.#isSyncing === isDurable) return;
    this.#database.exec(`PRAGMA synchronous = ${isDurable ? 'FULL' : 'NORMAL'}`);
    this.#isSyncing = isDurable;
  }

  #runUnit(unit: QueuedUnit, finished: FinishedUnit[]): void {
    const hooksBefore = this.#hooks.length;
    this.#prepare('SAVEPOINT unit').run();
    try {
      const value = unit.run(this.#transaction);
      this.#prepare('RELEASE unit').run();
      finished.push({ unit, value });
    } catch (error) {
      this.#hooks.length = hooksBefore;
      if (isFatal(error)) throw error;
      this.#database.exec('ROLLBACK TO unit; RELEASE unit');
      unit.reject(error);
    }
  }

  #runHooks(hooks: readonly (() => void)[]): void {
    for (const hook of hooks) hook();
  }

  #fail(error: unknown, units: readonly QueuedUnit[]): void {
    this.#rollback();
    const failure = new StorageError('storage_error', 'The disk does not take writes; nothing new is accepted until it does.', {
      cause: error,
    });
    this.#failure = failure;
    for (const unit of units) unit.reject(failure);
    this.#onFailure(failure);
  }

  #rollback(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself after a full disk or an input/output error.
    }
  }

  #prepare(sql: string): StatementSyncInstance {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

const FATAL_CODES = new Set([
  7, // SQLITE_NOMEM
  8, // SQLITE_READONLY
  10, // SQLITE_IOERR
  11, // SQLITE_CORRUPT
  13, // SQLITE_FULL
  26, // SQLITE_NOTADB
]);

/** True for errors of the file or the disk, after which no further statement of the group can be trusted. */
function isFatal(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && FATAL_CODES.has(code & 0xff);
}

/** The (possibly extended) SQLite result code of an error, if it has one. */
export function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code = 'sqliteExtendedCode' in error ? error.sqliteExtendedCode : 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code : undefined;
}

/**
 * Small pages: a commit of ours touches few bytes of many pages, and every touched page is written whole to the log. Measured over one answered message:
 * 72 KB of log with pages of 1 KiB, 260 KB with the usual 4 KiB. It counts for new files; a file keeps the size it was made with.
 */
const PAGE_BYTES = 1024;

function applyPragmas(database: DatabaseSyncInstance, durability: Durability): void {
  database.exec(`
    PRAGMA busy_timeout = 100;
    PRAGMA page_size = ${PAGE_BYTES};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'};
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -4096;
  `);
  assertPragma(database, 'journal_mode', 'wal');
  assertPragma(database, 'synchronous', durability === 'full' ? 2 : 1);
  assertPragma(database, 'foreign_keys', 1);
}

function assertPragma(database: DatabaseSyncInstance, name: string, expected: string | number): void {
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, unknown> | undefined;
  const actual = row?.[name];
  if (actual !== expected)
    throw new StorageError('storage_error', `The store refused the setting ${name}.`, { details: { name, expected } });
}
