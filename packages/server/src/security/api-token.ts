/** The token that owns the API: made at first start, kept in `data/api.token`, compared in constant time. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../core/errors.ts';

const TOKEN_PATTERN = /^sbt_[A-Za-z0-9_-]{43}$/;

export interface ApiTokenFile {
  /** The token of the file, made when there is none or it is not a token. `created` is true once, for the call that made it. Throws StorageError. */
  load(): { readonly token: string; readonly created: boolean };
  /** Replaces the token, durable when it returns. Throws StorageError. */
  rotate(): string;
  /** Deletes the file, for when the configuration names the token. */
  remove(): void;
}

/** `path` is absolute; the file is written with mode 0600 and read once. */
export function openApiTokenFile(path: string): ApiTokenFile {
  let known: string | undefined;
  const write = () => {
    const token = newApiToken();
    guarded(() => writeDurably(path, `${token}\n`));
    known = token;
    return token;
  };
  return {
    load() {
      known ??= guarded(() => readToken(path));
      return known === undefined ? { token: write(), created: true } : { token: known, created: false };
    },
    rotate: write,
    remove() {
      known = undefined;
      guarded(() => rmSync(path, { force: true }));
    },
  };
}

/** `sbt_` and 43 base64url characters (256 random bits). */
function newApiToken(): string {
  return `sbt_${randomBytes(32).toString('base64url')}`;
}

/** Takes the same time for any two texts of these lengths; equal lengths are not needed. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function readToken(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return TOKEN_PATTERN.test(text) ? text : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function writeDurably(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.new`;
  rmSync(next, { force: true });
  const file = openSync(next, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
}

function guarded<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    throw new StorageError('storage_error', 'The file data/api.token cannot be read or written.', { cause });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
