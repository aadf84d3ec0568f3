import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moveToTrash, requireTemplate, writeIdentityFiles } from './agent-files.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spacebot-agent-files-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const DAY_MS = 24 * 60 * 60 * 1000;
const folderOf = (id: string) => join(root, 'agents', id);

test('a new agent gets its identity files, readable by its owner alone, and edits stay', async () => {
  await writeIdentityFiles(folderOf('main'), 'default');
  expect(readdirSync(folderOf('main')).sort()).toEqual(['IDENTITY.md', 'ROLE.md', 'SOUL.md', 'USER.md']);
  expect(statSync(join(folderOf('main'), 'SOUL.md')).mode & 0o777).toBe(0o600);
  writeFileSync(join(folderOf('main'), 'SOUL.md'), 'mine');
  await writeIdentityFiles(folderOf('main'), 'default');
  expect(readFileSync(join(folderOf('main'), 'SOUL.md'), 'utf8')).toBe('mine');
});

test('an unknown template is refused with those there are', async () => {
  await requireTemplate('default');
  await expect(requireTemplate('../etc')).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('default') });
});

test('[NV-13] a deleted agent lies in the trash for seven days', async () => {
  mkdirSync(folderOf('old'), { recursive: true });
  writeFileSync(join(folderOf('old'), 'SOUL.md'), 'soul');
  const kept = await moveToTrash(root, 'old', 1_000);
  expect(existsSync(folderOf('old'))).toBe(false);
  expect(readFileSync(join(kept ?? '', 'SOUL.md'), 'utf8')).toBe('soul');
  expect(await moveToTrash(root, 'nobody', 1_000 + 7 * DAY_MS)).toBeNull();
  expect(existsSync(kept ?? '')).toBe(true);
  await moveToTrash(root, 'nobody', 1_001 + 7 * DAY_MS);
  expect(existsSync(kept ?? '')).toBe(false);
});
