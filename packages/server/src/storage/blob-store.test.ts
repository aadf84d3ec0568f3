import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
