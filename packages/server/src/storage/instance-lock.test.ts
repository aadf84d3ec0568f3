import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError } from '../core/errors.ts';
import { lockInstance } from './instance-lock.ts';

let directory: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-lock-'));
});

afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
});

/** Another process that holds the lock; resolves once it does. */
async function startHolder(): Promise<ChildProcess> {
  const code = `
    import { lockInstance } from ${JSON.stringify(new URL('./instance-lock.ts', import.meta.url).href)};
    lockInstance(${JSON.stringify(directory)});
    process.stdout.write('held');
    setInterval(() => {}, 1_000);`;
  const args = ['--conditions=source', '--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', code];
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

test('[ST-8] a second process on the same data is refused, and a dead owner holds nothing', async () => {
  const holder = await startHolder();
  expect(() => lockInstance(directory)).toThrow(ConflictError);
  expect(() => lockInstance(directory)).toThrow(/Another Spacebot is running/);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const lock = lockInstance(directory);
  lock.release();
});

test('[ST-8] the lock is free again after it was given back', () => {
  lockInstance(directory).release();
  const lock = lockInstance(directory);
  expect(() => lockInstance(directory)).toThrow(expect.objectContaining({ code: 'already_running' }));
  lock.release();
});
