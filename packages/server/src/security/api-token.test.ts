/** The token file of the API. */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isSameToken, openApiTokenFile } from './api-token.ts';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'spacebot-token-')), 'data', 'api.token');
});
afterEach(() => rmSync(dirname(dirname(path)), { recursive: true, force: true }));

test('the first load makes a token of 256 random bits, one line, mode 0600 [SE-1]', () => {
  const first = openApiTokenFile(path).load();
  expect(first).toEqual({ token: expect.stringMatching(/^sbt_[A-Za-z0-9_-]{43}$/), created: true });
  expect(readFileSync(path, 'utf8')).toBe(`${first.token}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(openApiTokenFile(path).load()).toEqual({ token: first.token, created: false });
});

test('rotation replaces it for good', () => {
  const file = openApiTokenFile(path);
  const before = file.load().token;
  const after = file.rotate();
  expect(after).not.toBe(before);
  expect(file.load().token).toBe(after);
  expect(openApiTokenFile(path).load().token).toBe(after);
});

test('a file that holds no token is replaced, one that cannot be read is an error without its path', () => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  expect(openApiTokenFile(path).load().created).toBe(true);
  rmSync(path);
  mkdirSync(path);
  chmodSync(path, 0o700);
  expect(() => openApiTokenFile(path).load()).toThrow('The file data/api.token cannot be read or written.');
});

test('tokens are the same only as a whole', () => {
  expect(isSameToken('abc', 'abc')).toBe(true);
  expect(isSameToken('ab', 'abc')).toBe(false);
  expect(isSameToken('', 'abc')).toBe(false);
});
