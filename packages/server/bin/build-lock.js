/** A lock between processes of one machine that dies with its owner: a folder that names who holds it. Not published. */

import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill, pid } from 'node:process';

const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM']);

/** Returns `{ release }` when the lock is ours, else `{ ownerPid }`. A lock is broken only when its owner is dead, never by age. */
export function acquireLock(path) {
  const owner = { pid, startedAt: processStartTime(pid), token: randomUUID() };
  for (;;) {
    if (moveIntoPlace(path, owner)) return { release: () => releaseLock(path, owner) };
    const holder = readOwner(path);
    if (holder === undefined) continue;
    if (isAlive(holder)) return { ownerPid: holder.pid };
    breakLock(path, holder);
  }
}

/** Moved aside in one step first: a folder emptied in place could be taken by another while it is being removed. */
function releaseLock(path, owner) {
  const aside = `${path}.free-${owner.token}`;
  renameSync(path, aside);
  rmSync(aside, { recursive: true, force: true });
}

/** Renaming a filled folder onto another filled folder fails, so that the lock appears whole or not at all. */
function moveIntoPlace(path, owner) {
  const draft = `${path}.${owner.token}`;
  mkdirSync(draft);
  writeFileSync(join(draft, 'owner.json'), JSON.stringify(owner));
  try {
    renameSync(draft, path);
    return true;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (TAKEN.has(error.code)) return false;
    throw error;
  }
}

function readOwner(path) {
  try {
    return JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The dead owner's token names the target, so that of several breakers one succeeds and none moves a newer lock away. */
function breakLock(path, holder) {
  try {
    renameSync(path, `${path}.dead-${holder.token}`);
  } catch (error) {
    if (!TAKEN.has(error.code) && error.code !== 'ENOENT') throw error;
  }
}

function isAlive(holder) {
  try {
    kill(holder.pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
  }
  // A reused pid belongs to a process that started at another time.
  return processStartTime(holder.pid) === holder.startedAt;
}

/** Clock ticks since boot, where the system tells them. */
function processStartTime(processId) {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
