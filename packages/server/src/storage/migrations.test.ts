import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StorageError } from '../core/errors.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { migrate } from './migrations.ts';
import { SqliteDatabase } from './sqlite-database.ts';

let directory: string;
let releases = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-migrations-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const FIRST = { '0001_notes.sql': 'CREATE TABLE notes (text TEXT NOT NULL) STRICT;' };
const SECOND = { ...FIRST, '0002_titles.sql': "ALTER TABLE notes ADD COLUMN title TEXT NOT NULL DEFAULT 'none';" };

/** The migrations of one released version. */
function release(files: Record<string, string>): string {
  releases += 1;
  const folder = join(directory, `release-${releases}`);
  mkdirSync(folder);
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return folder;
}

function open<Result>(work: (database: SqliteDatabase) => Result): Result {
  const database = new SqliteDatabase(join(directory, 'data.db'));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

const upgrade = (files: Record<string, string>) => open((database) => migrate(database, release(files), new ManualClock()));
const columns = (path: string) => {
  const database = new SqliteDatabase(path);
  const names = database.all<{ name: string }>("SELECT name FROM pragma_table_info('notes')").map((row) => row.name);
  const rows = database.all<{ text: string }>('SELECT text FROM notes').map((row) => row.text);
  database.close();
  return { names, rows };
};

test('[ST-6] an upgrade keeps the rows and leaves a readable copy of what was before', () => {
  upgrade(FIRST);
  open((database) => database.writeNow((tx) => tx.run("INSERT INTO notes (text) VALUES ('old')")));
  upgrade(SECOND);
  expect(columns(join(directory, 'data.db'))).toEqual({ names: ['text', 'title'], rows: ['old'] });
  expect(columns(join(directory, 'before-upgrade', '0002_titles.db'))).toEqual({ names: ['text'], rows: ['old'] });
});

test('a new file and an unchanged one need no copy', () => {
  upgrade(FIRST);
  upgrade(FIRST);
  expect(existsSync(join(directory, 'before-upgrade'))).toBe(false);
});

test('[ST-6] a file of a newer version is refused in words, and nothing in it changes', () => {
  upgrade(SECOND);
  expect(() => upgrade(FIRST)).toThrow(/data\.db was written by a newer version of Spacebot \(it holds 0002_titles\.sql\)/);
  expect(columns(join(directory, 'data.db')).names).toEqual(['text', 'title']);
  expect(readdirSync(directory)).not.toContain('before-upgrade');
});

test('[ST-6] a migration that was changed after it was applied is refused', () => {
  upgrade(FIRST);
  const changed = { '0001_notes.sql': 'CREATE TABLE notes (text TEXT) STRICT;' };
  expect(() => upgrade(changed)).toThrow(StorageError);
  expect(() => upgrade(changed)).toThrow(/0001_notes\.sql is not the one that data\.db was made with/);
});

test('[ST-6] a migration that fails half way leaves the schema of before, and the next try goes on from there', () => {
  upgrade(FIRST);
  const broken = { ...FIRST, '0002_titles.sql': `${SECOND['0002_titles.sql']} INSERT INTO nothing VALUES (1);` };
  expect(() => upgrade(broken)).toThrow(/nothing/);
  expect(columns(join(directory, 'data.db')).names).toEqual(['text']);
  upgrade(SECOND);
  expect(columns(join(directory, 'data.db')).names).toEqual(['text', 'title']);
});
