/** An agent's own folder: identity files from a template, and the trash that deleted agents go to. */

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrivateFolder } from '../config/instance-dir.ts';
import { CliError } from './cli-error.ts';
import { errorField } from './node-errors.ts';

const IDENTITY_FILES = ['SOUL.md', 'IDENTITY.md', 'USER.md', 'ROLE.md'] as const;
const TRASH_MS = 7 * 24 * 60 * 60 * 1000;

const templateFolder = (packageRoot: string) => join(packageRoot, 'templates', 'identity');

/** Throws `not_found` naming those there are. `default` is always one. */
export async function requireTemplate(packageRoot: string, name: string): Promise<void> {
  const entries = await readdir(templateFolder(packageRoot), { withFileTypes: true });
  const names = ['default', ...entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)];
  if (!names.includes(name)) throw new CliError('not_found', `There is no template "${name}".`, { hint: `Templates: ${names.join(', ')}` });
}

/** Writes the identity files that are missing; a template overrides the default ones file by file. */
export async function writeIdentityFiles(packageRoot: string, agentFolder: string, template: string): Promise<void> {
  ensurePrivateFolder(agentFolder);
  for (const name of IDENTITY_FILES) await writeWhenMissing(join(agentFolder, name), await readTemplate(packageRoot, template, name));
}

async function readTemplate(packageRoot: string, template: string, name: string): Promise<string> {
  const folder = templateFolder(packageRoot);
  const own = join(folder, template, name);
  return readFile(template !== 'default' && existsSync(own) ? own : join(folder, name), 'utf8');
}

async function writeWhenMissing(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorField(error, 'code') !== 'EEXIST') throw error;
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
