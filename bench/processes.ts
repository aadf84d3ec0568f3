/** Starts the processes of a benchmark and reads what they cost from /proc (Linux only). */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const READY_WITHIN_MS = 60_000;
const READY_POLL_MS = 4;
/** Of /proc/<pid>/stat; the kernel reports in hundredths whatever its own clock is. */
const TICKS_PER_SECOND = 100;

export interface Started {
  readonly pid: number;
  /** Milliseconds from spawn to the first 200 of `readyUrl`. */
  readonly readyMs: number;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

export interface Command {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readyUrl: string;
}

/** Starts a Node process and waits until it is ready; throws with its output when it ends before. */
export async function startProcess(command: Command): Promise<Started> {
  const from = performance.now();
  const child = spawn(process.execPath, [...command.args], { env: { ...process.env, ...command.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-4000);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-4000);
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command.args[0]} did not start`);
  while (!(await isReady(command.readyUrl))) {
    if (child.exitCode !== null || performance.now() - from > READY_WITHIN_MS) {
      child.kill('SIGKILL');
      throw new Error(`${command.args.join(' ')} did not become ready:\n${output}`);
    }
    await wait(READY_POLL_MS);
  }
  return { pid, readyMs: performance.now() - from, stop: () => stopChild(child), kill: () => killChild(child) };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(forced);
}

async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', () => resolve(false));
  });
}

/** Runs a Node program to its end and returns its stdout. */
export async function runToEnd(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string): Promise<string> {
  const child = spawn(process.execPath, [...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return output;
}

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** User and system time of all threads since the start, milliseconds, in steps of 10. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
}

/** Resident memory, MiB. */
function rssMiB(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) / 1024;
}

/** Resident memory once it has stopped moving: the least of the last seconds. */
export async function settledRssMiB(pid: number): Promise<number> {
  const samples: number[] = [];
  for (let index = 0; index < 12; index += 1) {
    await wait(500);
    samples.push(rssMiB(pid));
  }
  return Math.min(...samples.slice(-6));
}
