import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StorageError } from '../core/errors.ts';
import { SqliteDatabase } from './sqlite-database.ts';

let directory: string;
let database: SqliteDatabase;
const failures: StorageError[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-sqlite-'));
  failures.length = 0;
  database = new SqliteDatabase(join(directory, 'a.db'), { onFailure: (error) => void failures.push(error) });
  database.execute('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT');
});

afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

const insert = (text: string) =>
  database.write((tx) => {
    tx.run('INSERT INTO notes (text) VALUES (?)', text);
    return text;
  });
const stored = (source = database) => source.all<{ text: string }>('SELECT text FROM notes ORDER BY id').map((row) => row.text);
/** What another process would read at this moment. */
const committed = () => {
  const other = new SqliteDatabase(join(directory, 'a.db'));
  const texts = stored(other);
  other.close();
  return texts;
};

test('[ST-2] the settings that durability rests on are asserted, not hoped for', () => {
  const pragma = (name: string) => Object.values(database.get<Record<string, unknown>>(`PRAGMA ${name}`) ?? {})[0];
  expect(pragma('journal_mode')).toBe('wal');
  expect(pragma('synchronous')).toBe(2);
  expect(pragma('foreign_keys')).toBe(1);
  expect(pragma('secure_delete')).toBe(1);
  expect(pragma('busy_timeout')).toBe(100);
  expect(pragma('wal_autocheckpoint')).toBe(0);
  const copies = new SqliteDatabase(join(directory, 'copies.db'), { durability: 'normal' });
  expect(copies.get('PRAGMA synchronous')).toEqual({ synchronous: 1 });
  copies.close();
});

test('[ST-2] a file that cannot keep a write-ahead log is refused', () => {
  expect(() => new SqliteDatabase(':memory:')).toThrow(StorageError);
});

test('one failing unit of a group rolls back alone and gets its own error', async () => {
  const results = await Promise.allSettled([
    insert('first'),
    database.write((tx) => {
      tx.run("INSERT INTO notes (text) VALUES ('half')");
      throw new RangeError('no');
    }),
    insert('first'),
    insert('last'),
  ]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: new RangeError('no') });
  expect(committed()).toEqual(['first', 'last']);
  expect(database.failure).toBeNull();
});

test('[G-3] a promise settles, and a hook runs, only when the commit is there for everyone to read', async () => {
  const seen: string[][] = [];
  const written = database.write((tx) => {
    tx.run("INSERT INTO notes (text) VALUES ('a')");
    tx.afterCommit(() => seen.push(committed()));
  });
  expect(committed()).toEqual([]);
  await written.then(() => seen.push(committed()));
  expect(seen).toEqual([['a'], ['a']]);
});

test('hooks run in the order of their units, and not for a unit that rolled back', async () => {
  const rung: string[] = [];
  const unit = (name: string, fails = false) =>
    database.write((tx) => {
      tx.afterCommit(() => void rung.push(name));
      if (fails) throw new Error(name);
    });
  await Promise.allSettled([unit('a'), unit('b', true), unit('c')]);
  expect(rung).toEqual(['a', 'c']);
  expect(() =>
    database.writeNow((tx) => {
      tx.afterCommit(() => void rung.push('d'));
      throw new Error('d');
    }),
  ).toThrow('d');
  await unit('e');
  expect(rung).toEqual(['a', 'c', 'e']);
});

test('units beyond the time of one group commit in the next, in order', async () => {
  const slow = (text: string) =>
    database.write((tx) => {
      for (const end = performance.now() + 5; performance.now() < end; );
      tx.run('INSERT INTO notes (text) VALUES (?)', text);
    });
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map(slow));
  expect(committed()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('[ST-9] a full disk fails the whole group, refuses what comes after, and keeps what is stored readable', async () => {
  await insert('kept');
  database.execute(`PRAGMA max_page_count = ${database.get<{ page_count: number }>('PRAGMA page_count')?.page_count}`);
  const hook = vi.fn();
  const group = [database.write((tx) => tx.afterCommit(hook)), insert('x'.repeat(100_000)), insert('innocent')];
  const results = await Promise.allSettled(group);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(results[2]).toMatchObject({ reason: { code: 'storage_error' } });
  expect(failures).toEqual([database.failure]);
  expect(hook).not.toHaveBeenCalled();
  await expect(insert('later')).rejects.toMatchObject({ code: 'storage_error' });
  expect(() => database.writeNow(() => {})).toThrow(StorageError);
  expect(stored()).toEqual(['kept']);
});

test('[ST-9] a probe clears the failure only once the file takes a write again', async () => {
  const other = new DatabaseSync(join(directory, 'a.db'));
  other.exec('BEGIN IMMEDIATE');
  await expect(insert('a')).rejects.toMatchObject({ code: 'storage_error' });
  expect(database.probe()).toBe(false);
  expect(database.failure).not.toBeNull();
  other.exec('ROLLBACK');
  other.close();
  const before = statSync(join(directory, 'a.db-wal')).size;
  expect(database.probe()).toBe(true);
  expect(statSync(join(directory, 'a.db-wal')).size).toBeGreaterThan(before);
  expect(await insert('b')).toBe('b');
});

test('[ST-11] closing commits what waits and refuses what comes after', async () => {
  const last = insert('last');
  database.close();
  expect(await last).toBe('last');
  expect(committed()).toEqual(['last']);
  await expect(insert('late')).rejects.toMatchObject({ code: 'unavailable' });
});

test('after a clean close the file is whole by itself: its write-ahead log is empty or gone', async () => {
  await database.write((tx) => tx.run("INSERT INTO notes (text) VALUES ('kept')"));
  database.close();
  expect(statSync(join(directory, 'a.db-wal'), { throwIfNoEntry: false })?.size ?? 0).toBe(0);
});

test('[ST-2] a group is synced when one of its units was promised to somebody, and only then', async () => {
  const level = (tx: { get<Row>(sql: string): Row | undefined }) => tx.get<{ synchronous: number }>('PRAGMA synchronous')?.synchronous;
  const FULL = 2;
  const NORMAL = 1;
  expect(await database.write(level, 'relaxed')).toBe(NORMAL);
  expect(await Promise.all([database.write(level, 'relaxed'), database.write(level)])).toEqual([FULL, FULL]);
  expect(await database.write(level)).toBe(FULL);
  expect(await database.write(level, 'relaxed')).toBe(NORMAL);
  expect(database.writeNow(level)).toBe(FULL);
});
