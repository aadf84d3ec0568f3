import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PidFile } from './pid-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-pid-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('[CLI-1] the file names this process, replaces a stale one, and goes with it', () => {
  const path = join(directory, 'spacebot.pid');
  writeFileSync(path, '1\n');
  const file = new PidFile(directory);
  file.write();
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
  file.remove();
  file.remove();
  expect(existsSync(path)).toBe(false);
});

test('the file of another process is left alone', () => {
  const path = join(directory, 'spacebot.pid');
  writeFileSync(path, '1\n');
  new PidFile(directory).remove();
  expect(existsSync(path)).toBe(true);
});
