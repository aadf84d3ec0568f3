/** Proof that one daemon works on a folder: a lock the kernel frees with the process, also after `kill -9`. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { ConflictError } from '../core/errors.ts';
import { sqliteCode } from './sqlite-database.ts';

const SQLITE_BUSY = 5;

export interface InstanceLock {
  release(): void;
}

/** Holds `data/lock` until released. Throws `ConflictError('already_running')` while another process holds it. */
export function lockInstance(instanceDir: string): InstanceLock {
  const folder = join(instanceDir, 'data');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    acquire(database);
  } catch (error) {
    database.close();
    if (((sqliteCode(error) ?? 0) & 0xff) !== SQLITE_BUSY) throw error;
    throw new ConflictError('already_running', `Another Spacebot is running on ${instanceDir}. Stop it with: spacebot stop`, {
      cause: error,
    });
  }
  return {
    release() {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

/** A rollback journal and a held exclusive transaction: SQLite then keeps operating-system locks for as long as the process lives. */
function acquire(database: DatabaseSyncInstance): void {
  database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
}
