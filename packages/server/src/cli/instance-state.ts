/** Whether the daemon of an instance lives: its pid file, its process, its lock. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorField } from './node-errors.ts';

/** The pid in the file, or `null` without a readable one. */
export async function readPid(pidFile: string): Promise<number | null> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = /^\d{1,10}\s*$/u.test(text) ? Number(text) : 0;
  return pid > 0 ? pid : null;
}

/** False for a process that has ended but was not collected by its parent yet, too. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorField(error, 'code') === 'EPERM';
  }
  return !(await isZombie(pid));
}

/** The state letter follows the command name, which stands in parentheses and may hold anything. */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

/** True while a living process holds the data folder; a dead owner cannot hold it (ST-8). The pid alone proves nothing, as pids are used again. */
async function isLocked(lockFile: string): Promise<boolean> {
  if (!existsSync(lockFile)) return false;
  const { DatabaseSync } = await import('@photostructure/sqlite');
  const database = new DatabaseSync(lockFile, { readOnly: true });
  try {
    database.exec('select count(*) from sqlite_master');
    return false;
  } catch {
    return true;
  } finally {
    database.close();
  }
}

/** Pid of the living daemon that holds this instance, or `null`. */
export async function findDaemon(files: { readonly pidFile: string; readonly lockFile: string }): Promise<number | null> {
  const pid = await readPid(files.pidFile);
  if (pid === null || !(await isAlive(pid))) return null;
  return (await isLocked(files.lockFile)) ? pid : null;
}
