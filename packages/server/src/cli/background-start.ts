/** Starts the daemon as a process of its own and waits until it says how that went. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isTable } from '../config/paths.ts';
import { CancelledError } from '../core/errors.ts';
import { CliError, isErrorCode } from './cli-error.ts';
import type { CommandContext } from './context.ts';
import { type DaemonReport, parseDaemonReport, type ReadyReport } from './daemon-report.ts';
import { findDaemon } from './instance-state.ts';

const START_TIMEOUT_MS = 30_000;
/** The output file only holds what went wrong outside the log; it starts anew beyond this size. */
const MAX_OUTPUT_BYTES = 1_048_576;

/** Throws the error the daemon failed with, or `start_timeout`; a daemon that is merely slow goes on starting. */
export async function startInBackground(context: CommandContext, demo: boolean): Promise<ReadyReport> {
  const running = await findDaemon(context.instance);
  if (running !== null)
    throw new CliError('already_running', `spacebot is running already (pid ${running})`, { details: { pid: running } });
  const outputFrom = statSync(context.instance.outputFile, { throwIfNoEntry: false })?.size ?? 0;
  const child = launchDetached(context, demo, true);
  try {
    return await waitForReport(context, child, outputFrom);
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** Starts another daemon in place of this background one, which is about to end. */
export function launchSuccessor(context: CommandContext, demo: boolean): void {
  launchDetached(context, demo, false).unref();
}

function launchDetached({ host, instance, flags }: CommandContext, demo: boolean, withReport: boolean): ChildProcess {
  mkdirSync(instance.root, { recursive: true, mode: 0o700 });
  mkdirSync(instance.logFolder, { recursive: true, mode: 0o700 });
  const [program, ...launcherArguments] = host.launcher;
  const output = openOutputFile(instance.outputFile);
  try {
    return spawn(program, [...launcherArguments, ...startArguments(instance, demo, flags.debug === true), '--background-child'], {
      cwd: instance.root,
      detached: true,
      env: { ...host.environment },
      stdio: withReport ? ['ignore', output, output, 'ipc'] : ['ignore', output, output],
    });
  } finally {
    closeSync(output);
  }
}

/** Names the instance outright, so that the daemon does not depend on the folder it is started in. */
export function startArguments(instance: { readonly root: string; readonly configFile: string }, demo: boolean, debug: boolean): string[] {
  const always = ['start', '--dir', instance.root, '--config', instance.configFile];
  return [...always, ...(demo ? ['--demo'] : []), ...(debug ? ['--debug'] : [])];
}

function openOutputFile(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_OUTPUT_BYTES) truncateSync(path);
  return openSync(path, 'a', 0o600);
}

async function waitForReport(context: CommandContext, child: ChildProcess, outputFrom: number): Promise<ReadyReport> {
  const report = await nextReport(context, child);
  if (report === 'ended') throw await describeDeath(context, child, outputFrom);
  if (report.type === 'ready') return report;
  throw new CliError(isErrorCode(report.code) ? report.code : 'internal', report.message, {
    details: isTable(report.details) ? report.details : {},
  });
}

function nextReport({ host, instance }: CommandContext, child: ChildProcess): Promise<DaemonReport | 'ended'> {
  return new Promise((resolve, reject) => {
    const stopTimer = host.clock.schedule(START_TIMEOUT_MS, () => {
      settle();
      const message = `spacebot (pid ${child.pid}) is not ready after ${START_TIMEOUT_MS / 1000} s and goes on starting`;
      reject(new CliError('start_timeout', message, { hint: `Follow it with: spacebot logs -f   Its output: ${instance.outputFile}` }));
    });
    const stopListening = host.onSignal('SIGINT', () => {
      settle();
      child.kill('SIGTERM');
      reject(new CancelledError('The start was interrupted.'));
    });
    const settle = () => {
      stopTimer();
      stopListening();
      child.removeAllListeners();
    };
    child.on('message', (message) => {
      const report = parseDaemonReport(message);
      if (report === undefined) return;
      settle();
      resolve(report);
    });
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', () => {
      settle();
      resolve('ended');
    });
  });
}

const SHOWN_OUTPUT_LINES = 10;

async function describeDeath({ instance }: CommandContext, child: ChildProcess, outputFrom: number): Promise<CliError> {
  const how = child.signalCode === null ? `exit status ${child.exitCode}` : child.signalCode;
  const written = await readFile(instance.outputFile).catch(() => Buffer.alloc(0));
  // Shorter than before: it was begun anew for this start.
  const output = written
    .subarray(written.length < outputFrom ? 0 : outputFrom)
    .toString('utf8')
    .trim();
  const tail = output.split('\n').slice(-SHOWN_OUTPUT_LINES).join('\n');
  return new CliError('internal', `spacebot ended while it started (${how})`, tail === '' ? {} : { hint: tail });
}
