import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError } from '../core/errors.ts';
import { createIdGenerator, sha256 } from '../core/ids.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { BlobStore } from './blob-store.ts';

let directory: string;
let blobs: BlobStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-blobs-'));
  blobs = new BlobStore(join(directory, 'blobs'), createIdGenerator(new ManualClock()));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('bytes are kept once under their hash and come back as they were', async () => {
  const bytes = Buffer.from('hello');
  const [first, second] = await Promise.all([blobs.put(bytes), blobs.put(bytes)]);
  expect(first).toBe(sha256('hello'));
  expect(second).toBe(first);
  expect(Buffer.from(await blobs.get(first)).toString()).toBe('hello');
  expect(readdirSync(join(directory, 'blobs', first.slice(0, 2)))).toEqual([first]);
  expect(statSync(blobs.pathOf(first)).mode & 0o777).toBe(0o600);
});

test('an unknown hash, and a name that is no hash, are not found', async () => {
  await expect(blobs.get(sha256('nothing'))).rejects.toMatchObject({ code: 'attachment_not_found' });
  await expect(blobs.get('../../etc/passwd')).rejects.toMatchObject({ code: 'attachment_not_found' });
});

test('a folder that takes no files is a storage error', async () => {
  writeFileSync(join(directory, 'file'), '');
  const closed = new BlobStore(join(directory, 'file', 'blobs'), createIdGenerator(new ManualClock()));
  await expect(closed.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'storage_error' });
});

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function readAll(hash: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of blobs.read(hash)) parts.push(part);
  return Buffer.concat(parts).toString();
}

test('a stream is hashed on its way to disk and lies where the same bytes would', async () => {
  const written = await blobs.putStream(pieces('hel', '', 'lo'));
  expect(written).toEqual({ hash: sha256('hello'), size: 5 });
  expect(await readAll(written.hash)).toBe('hello');
  expect(await blobs.put(Buffer.from('hello'))).toBe(written.hash);
  expect(await blobs.putStream(pieces('hello'))).toEqual(written);
});

test('an empty file is a file', async () => {
  const { hash, size } = await blobs.putStream(pieces());
  expect([hash, size, await readAll(hash)]).toEqual([sha256(''), 0, '']);
});

test('an upload that breaks off keeps nothing and throws what broke it', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    throw new InputError('payload_too_large', 'Too large.');
  }
  await expect(blobs.putStream(broken())).rejects.toMatchObject({ code: 'payload_too_large' });
  expect(readdirSync(join(directory, 'blobs'))).toEqual([]);
});
