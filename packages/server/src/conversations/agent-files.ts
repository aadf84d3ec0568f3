/** An agent's own folder: identity files from a template, and the trash that deleted agents go to. */

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrivateFolder } from '../config/instance-dir.ts';
import { NotFoundError } from '../core/errors.ts';
import { packageRoot } from '../core/package-root.ts';
import { IDENTITY_PARTS, identityFileName } from './identity-files.ts';

const TRASH_MS = 7 * 24 * 60 * 60 * 1000;

const templateFolder = () => join(packageRoot(), 'templates', 'identity');

/** Throws `not_found` naming those there are. `default` is always one. */
export async function requireTemplate(name: string): Promise<void> {
  const entries = await readdir(templateFolder(), { withFileTypes: true });
  const names = ['default', ...entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)];
  if (!names.includes(name)) {
    throw new NotFoundError('not_found', `There is no template "${name}". Templates: ${names.join(', ')}.`);
  }
}

/** Writes the identity files that are missing; a template overrides the default ones file by file. */
export async function writeIdentityFiles(agentFolder: string, template: string): Promise<void> {
  ensurePrivateFolder(agentFolder);
  for (const part of IDENTITY_PARTS) {
    const name = identityFileName(part);
    await writeWhenMissing(join(agentFolder, name), await readTemplate(template, name));
  }
}

async function readTemplate(template: string, name: string): Promise<string> {
  const folder = templateFolder();
  const own = join(folder, template, name);
  return readFile(template !== 'default' && existsSync(own) ? own : join(folder, name), 'utf8');
}

async function writeWhenMissing(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** Moves the folder aside for 7 days and clears what has been there longer. Returns where it lies now, `null` when there was none. */
export async function moveToTrash(root: string, agentId: string, now: number): Promise<string | null> {
  const trash = join(root, 'data', 'trash');
  await clearTrash(trash, now);
  const folder = join(root, 'agents', agentId);
  if (!existsSync(folder)) return null;
  await mkdir(trash, { recursive: true, mode: 0o700 });
  const target = join(trash, `${agentId}.${now}`);
  await rename(folder, target);
  return target;
}

async function clearTrash(trash: string, now: number): Promise<void> {
  for (const name of await readdir(trash).catch(() => [])) {
    const deletedAt = Number(/\.(\d+)$/u.exec(name)?.[1] ?? Number.NaN);
    if (now - deletedAt > TRASH_MS) await rm(join(trash, name), { recursive: true, force: true });
  }
}
