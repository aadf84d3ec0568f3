/** Replaces the file as a whole and keeps the last copies of what it was. */

import { open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NewId } from '../core/ids.ts';
import { ensurePrivateFolder } from './instance-dir.ts';

const KEPT_COPIES = 10;

/** Temporary file, sync, rename, sync of the folder; 0600. A symbolic link stays one. Throws what the system says. */
export async function replaceFile(path: string, text: string, newId: NewId): Promise<void> {
  const target = await realpath(path).catch(() => path);
  ensurePrivateFolder(dirname(target));
  const temporary = `${target}.${newId()}.tmp`;
  try {
    await writeSynced(temporary, text);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Keeps `text` in `folder` under a name that sorts by time, and only the last ten. */
export async function keepCopy(folder: string, text: string, newId: NewId): Promise<void> {
  ensurePrivateFolder(folder);
  await writeSynced(join(folder, `config-${newId()}.toml`), text);
  const copies = (await readdir(folder)).filter((name) => /^config-.*\.toml$/.test(name)).sort();
  for (const name of copies.slice(0, -KEPT_COPIES)) await rm(join(folder, name), { force: true });
}
