/** Builds the daemon and the page when their sources changed; safe when several launches ask at once. Not published. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, execPath, version as nodeVersion, pid, stderr } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { acquireLock } from './build-lock.js';

const DEFAULT_REPOSITORY = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const KEEP_OLD_CHUNKS_MS = 24 * 60 * 60 * 1000;
const POLL_MS = 50;

/** Everything a bundle is made of, relative to the repository; files read at run time (migrations, prompts) are not. */
const INPUTS = [
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'packages/protocol/package.json',
  'packages/protocol/src',
  'packages/server/package.json',
  'packages/server/tsdown.config.ts',
  'packages/server/src',
  'packages/web/package.json',
  'packages/web/vite.config.ts',
  'packages/web/index.html',
  'packages/web/public',
  'packages/web/src',
];

const STEPS = [
  { name: 'daemon', folder: 'packages/server', tool: 'node_modules/tsdown/dist/run.mjs', args: ['--log-level', 'warn'] },
  { name: 'page', folder: 'packages/web', tool: 'node_modules/vite/bin/vite.js', args: ['build', '--logLevel', 'warn'] },
];

/** A build that did not succeed; the tools' own output is already on stderr. */
class BuildError extends Error {
  name = 'BuildError';
}

/** Brings `dist` up to date, or waits for the process that is doing it. Throws BuildError. */
export async function buildWhenStale(repository = DEFAULT_REPOSITORY) {
  if (isFresh(repository)) return;
  const release = await lockOrWaitUntilFresh(repository);
  if (release === undefined) return;
  try {
    if (!isFresh(repository)) await build(repository);
  } finally {
    release();
  }
}

/** Builds whether needed or not. Throws BuildError. */
export async function buildAlways(repository = DEFAULT_REPOSITORY) {
  rmSync(stampFile(repository), { force: true });
  await buildWhenStale(repository);
}

async function lockOrWaitUntilFresh(repository) {
  const folder = join(repository, 'node_modules', '.cache');
  if (!existsSync(join(repository, 'node_modules'))) throw new BuildError('dependencies are missing: run "npm ci" first');
  mkdirSync(folder, { recursive: true });
  for (let told = false; ; told = true) {
    const lock = acquireLock(join(folder, 'spacebot-build.lock'));
    if (lock.release !== undefined) return lock.release;
    if (!told) stderr.write(`spacebot: waiting for the build of process ${lock.ownerPid}\n`);
    await wait(POLL_MS);
    if (isFresh(repository)) return undefined;
  }
}

async function build(repository) {
  stderr.write('spacebot: building\n');
  const startedAt = Date.now();
  // Taken first: an edit during the build leaves the stamp stale, so that the next launch builds again.
  const hash = hashInputs(repository);
  const results = await Promise.allSettled(STEPS.map((step) => runStep(repository, step)));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  sweepOldChunks(join(repository, 'packages/server/dist'), startedAt - KEEP_OLD_CHUNKS_MS);
  const draft = `${stampFile(repository)}.${pid}`;
  writeFileSync(draft, hash);
  renameSync(draft, stampFile(repository));
}

function runStep(repository, step) {
  const tool = join(repository, step.tool);
  if (!existsSync(tool)) throw new BuildError('build tools are missing: run "npm ci" first');
  return new Promise((resolve, reject) => {
    const child = spawn(execPath, [tool, ...step.args], {
      cwd: join(repository, step.folder),
      stdio: ['ignore', stderr.fd, stderr.fd],
      env: { ...process.env, NODE_ENV: 'production', ...(stderr.isTTY ? {} : { NO_COLOR: '1' }) },
    });
    child.once('error', (error) => reject(new BuildError(`the build of the ${step.name} did not start: ${error.message}`)));
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new BuildError(`the build of the ${step.name} failed (${signal ?? `exit ${code}`}); nothing was started`));
    });
  });
}

function stampFile(repository) {
  return join(repository, 'packages/server/dist/.stamp');
}

function isFresh(repository) {
  const stamp = stampFile(repository);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashInputs(repository);
}

function hashInputs(repository) {
  const hash = createHash('sha256').update(nodeVersion);
  for (const input of INPUTS) addToHash(hash, join(repository, input), input);
  return hash.digest('hex');
}

function addToHash(hash, path, name) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    hash.update(`${name}\0${stats.size}\0${stats.mtimeMs}\n`);
    return;
  }
  for (const entry of readdirSync(path).sort()) {
    if (!/\.test\.tsx?$/.test(entry)) addToHash(hash, join(path, entry), `${name}/${entry}`);
  }
}

/** Removes files that this build did not write again and that no daemon or page of the last day can still ask for. */
function sweepOldChunks(folder, olderThan) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sweepOldChunks(path, olderThan);
    else if (statSync(path).mtimeMs < olderThan) rmSync(path, { force: true });
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildAlways();
  } catch (error) {
    stderr.write(`spacebot: ${error instanceof BuildError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
