/** Brings one database to the newest schema: immutable `.sql` files, checked by checksum, after a verified copy, in one transaction. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Clock } from '../core/clock.ts';
import { StorageError } from '../core/errors.ts';
import { sha256 } from '../core/ids.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedRow {
  name: string;
  checksum: string;
}

/** Applies what is missing. Throws `StorageError` when the file is newer than this program or an applied migration was changed. */
export function migrate(database: SqliteDatabase, folder: string, clock: Clock): void {
  const migrations = readMigrations(folder);
  database.execute(
    'CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
  );
  const applied = database.all<AppliedRow>('SELECT name, checksum FROM schema_migrations ORDER BY name');
  verifyApplied(applied, migrations, database.path);
  const missing = migrations.slice(applied.length);
  if (missing.length === 0) return;
  if (applied.length > 0) copyBefore(database, missing[0]?.name ?? '');
  for (const migration of missing) {
    database.writeNow((transaction) => {
      database.execute(migration.sql);
      transaction.run(
        'INSERT INTO schema_migrations (name, checksum, applied_at) VALUES (?, ?, ?)',
        migration.name,
        migration.checksum,
        clock.now(),
      );
    });
  }
}

const known = new Map<string, readonly Migration[]>();

function readMigrations(folder: string): readonly Migration[] {
  let list = known.get(folder);
  if (!list) {
    const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
    list = names.sort().map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8');
      return { name, sql, checksum: sha256(sql) };
    });
    known.set(folder, list);
  }
  return list;
}

function verifyApplied(applied: readonly AppliedRow[], migrations: readonly Migration[], path: string): void {
  for (const [index, row] of applied.entries()) {
    const migration = migrations[index];
    const file = basename(path);
    if (!migration || migration.name !== row.name) {
      throw new StorageError(
        'storage_error',
        `${file} was written by a newer version of Spacebot (it holds ${row.name}). Update, or restore a copy made before.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new StorageError('storage_error', `The migration ${row.name} is not the one that ${file} was made with.`);
    }
  }
}

/** A consistent copy beside the file, opened once to prove that it can be read; an older copy of the same step is replaced. */
function copyBefore(database: SqliteDatabase, step: string): void {
  const folder = join(dirname(database.path), 'before-upgrade');
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  const target = join(folder, `${step.replace('.sql', '')}.db`);
  rmSync(target, { force: true });
  database.execute(`VACUUM INTO '${target.replaceAll("'", "''")}'`);
  const copy = new DatabaseSync(target);
  const row = copy.prepare('PRAGMA quick_check').get() as { quick_check?: string } | undefined;
  copy.close();
  if (row?.quick_check !== 'ok')
    throw new StorageError('storage_error', 'The copy made before the upgrade cannot be read; nothing was changed.');
}
