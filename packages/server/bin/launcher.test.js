/** The launcher in a small source tree of its own, with tools that only write down that they ran. */

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const BIN = dirname(fileURLToPath(import.meta.url));
const FAKE_BUNDLER = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
console.log('bundler speaks');
appendFileSync('builds.log', 'x');
await wait(150);
if (process.env.FAIL_BUILD) process.exit(3);
mkdirSync('dist/server', { recursive: true });
writeFileSync('dist/server/main.js', 'export async function main(args) { console.log("started", ...args); }');
`;

let repository;

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'spacebot-launcher-'));
  write('packages/server/package.json', JSON.stringify({ version: '9.8.7', type: 'module' }));
  write('packages/server/src/cli/main.ts', 'one');
  write('packages/server/src/cli/other.ts', 'other');
  write('packages/web/index.html', '');
  write('node_modules/tsdown/dist/run.mjs', FAKE_BUNDLER);
  write('node_modules/vite/bin/vite.js', '');
  cpSync(BIN, join(repository, 'packages/server/bin'), { recursive: true });
});

afterEach(() => rmSync(repository, { recursive: true, force: true }));

test('the first launch builds, then starts with the arguments; nothing but the program speaks on stdout', async () => {
  expect(await launch(['chat', '-m', 'hi'])).toMatchObject({ code: 0, stdout: 'started chat -m hi\n' });
  expect(buildCount()).toBe(1);
});

test('a second launch of the same sources does not build', async () => {
  await launch(['a']);
  expect(await launch(['b'])).toMatchObject({ code: 0, stdout: 'started b\n', stderr: '' });
  expect(buildCount()).toBe(1);
});

test('an edited, a deleted and a changed package file each make the bundle stale; a test file does not', async () => {
  await launch(['a']);
  write('packages/server/src/cli/main.ts', 'two!');
  await launch(['a']);
  expect(buildCount()).toBe(2);
  rmSync(join(repository, 'packages/server/src/cli/other.ts'));
  await launch(['a']);
  expect(buildCount()).toBe(3);
  write('packages/server/package.json', JSON.stringify({ version: '9.8.8', type: 'module' }));
  await launch(['a']);
  expect(buildCount()).toBe(4);
  write('packages/server/src/cli/main.test.ts', 'a test');
  await launch(['a']);
  expect(buildCount()).toBe(4);
});

test('launches at the same moment build once, and all of them start', async () => {
  const results = await Promise.all(['a', 'b', 'c'].map((name) => launch([name])));
  expect(results.map((result) => result.stdout)).toEqual(['started a\n', 'started b\n', 'started c\n']);
  expect(buildCount()).toBe(1);
});

test('a failed build ends in one line and exit 1, starts nothing, and the next launch tries again', async () => {
  const failed = await launch(['a'], { FAIL_BUILD: '1' });
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(failed.stderr.trim().split('\n').at(-1)).toBe('spacebot: the build of the daemon failed (exit 3); nothing was started');
  expect(await launch(['a'])).toMatchObject({ code: 0, stdout: 'started a\n' });
});

test('a lock whose owner is dead is broken, whatever its age', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => gone.once('exit', resolve));
  write('node_modules/.cache/spacebot-build.lock/owner.json', JSON.stringify({ pid: gone.pid, startedAt: '1', token: 'old' }));
  expect(await launch(['a'])).toMatchObject({ code: 0, stdout: 'started a\n' });
});

test('a lock whose owner lives is respected, whatever its age', async () => {
  const lock = join(repository, 'node_modules/.cache/spacebot-build.lock');
  const { acquireLock } = await import('./build-lock.js');
  mkdirSync(dirname(lock), { recursive: true });
  const { release } = acquireLock(lock);
  utimesSync(lock, 1, 1);
  const waiting = launch(['a'], {}, (text) => text.includes('waiting for the build of process') && release());
  expect(await waiting).toMatchObject({ code: 0, stdout: 'started a\n' });
  expect((await waiting).stderr).toContain(`waiting for the build of process ${process.pid}`);
});

test('a build sweeps chunks that are a day old and keeps those a running daemon may still import', async () => {
  write('packages/server/dist/server/old.js', '');
  write('packages/server/dist/server/recent.js', '');
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  utimesSync(join(repository, 'packages/server/dist/server/old.js'), twoDaysAgo, twoDaysAgo);
  await launch(['a']);
  expect(readdirSync(join(repository, 'packages/server/dist/server')).sort()).toEqual(['main.js', 'recent.js']);
});

test('--version alone is answered without a build', async () => {
  expect(await launch(['--version'])).toMatchObject({ code: 0, stdout: 'spacebot 9.8.7\n', stderr: '' });
  expect(existsSync(join(repository, 'packages/server/dist'))).toBe(false);
});

test('a tree without installed dependencies says which command is missing', async () => {
  rmSync(join(repository, 'node_modules'), { recursive: true });
  expect(await launch(['a'])).toMatchObject({ code: 1, stdout: '', stderr: 'spacebot: dependencies are missing: run "npm ci" first\n' });
});

test('a published package has no sources and starts its bundle as it is', async () => {
  await launch(['a']);
  for (const name of ['src', 'bin/build.js', 'bin/build-lock.js']) {
    rmSync(join(repository, 'packages/server', name), { recursive: true });
  }
  expect(await launch(['status'])).toMatchObject({ code: 0, stdout: 'started status\n', stderr: '' });
});

function write(path, text) {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

function buildCount() {
  return readFileSync(join(repository, 'packages/server/builds.log'), 'utf8').length;
}

function launch(args, environment = {}, onStderr = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(repository, 'packages/server/bin/spacebot.js'), ...args], {
      env: { ...process.env, NODE_OPTIONS: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      onStderr(String(chunk));
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
