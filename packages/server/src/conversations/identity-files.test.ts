import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StorageError } from '../core/errors.ts';
import { byteLength } from '../core/text.ts';
import { IDENTITY_LIMIT, IdentityFiles } from './identity-files.ts';

let directory: string;
let files: IdentityFiles;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-identity-'));
  files = new IdentityFiles(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, text: string, at: number): void {
  writeFileSync(join(directory, name), text);
  utimesSync(join(directory, name), at, at);
}

test('a file that is not there, or blank, is left out', () => {
  write('SOUL.md', ' \n', 1);
  expect(files.read().texts).toEqual({ soul: '', identity: '', user: '', role: '' });
});

test('an edit is seen at the next read, and without one nothing is read again', () => {
  write('SOUL.md', 'calm\n', 1);
  const first = files.read();
  expect(first.texts.soul).toBe('calm');
  expect(files.read()).toEqual(first);
  expect(files.read().texts).toBe(first.texts);
  write('SOUL.md', 'loud\n', 2);
  expect(files.read().texts.soul).toBe('loud');
  expect(files.read().stamp).not.toBe(first.stamp);
  rmSync(join(directory, 'SOUL.md'));
  expect(files.read().texts.soul).toBe('');
});

test('a file is read up to 64 KiB, and no character is cut', () => {
  write('USER.md', '世'.repeat(30_000), 1);
  const { user } = files.read().texts;
  expect(IDENTITY_LIMIT).toBe(65_536);
  expect(byteLength(user)).toBe(65_535);
  expect(user.endsWith('世')).toBe(true);
});

test('[NV-10] a file that cannot be read is an error, not an absent identity', () => {
  mkdirSync(join(directory, 'IDENTITY.md'));
  expect(() => files.read()).toThrow(StorageError);
  expect(() => files.read()).toThrow('IDENTITY.md cannot be read.');
  rmSync(join(directory, 'IDENTITY.md'), { recursive: true });
  expect(files.read().texts.identity).toBe('');
});
