/** One command line in a test's hands: a folder of its own, captured output, and a daemon that answers what the test says. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { CreateApp } from '../app/app.ts';
import { systemClock } from '../core/clock.ts';
import { packageRoot } from '../core/package-root.ts';
import type { CliHost, HandledSignal } from './host.ts';
import { runCli } from './run-cli.ts';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRun {
  readonly finished: Promise<CliResult>;
  /** What was written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves once stdout holds the text. */
  printed(text: string): Promise<void>;
  /** Calls the listeners of the signal; returns how many there were. */
  raise(signal: HandledSignal): number;
  /** Exit codes of `exitNow`. */
  readonly exits: readonly number[];
}

export interface RunSettings {
  readonly stdin?: string;
  readonly environment?: Record<string, string>;
  readonly terminal?: boolean;
  readonly createApp?: CreateApp;
  readonly launcher?: readonly [string, ...string[]];
  readonly report?: (message: unknown) => Promise<void>;
}

export interface DaemonRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export type Answer = (request: DaemonRequest, response: ServerResponse) => void;

export class CliTestWorld {
  readonly dir = mkdtempSync(join(tmpdir(), 'spacebot-cli-'));
  readonly requests: DaemonRequest[] = [];
  readonly #routes = new Map<string, Answer>();
  #server: Server | undefined;

  run(args: readonly string[], settings: RunSettings = {}): CliRun {
    const listeners = new Map<HandledSignal, Set<() => void>>();
    const exits: number[] = [];
    const stdout = new CapturedSink(settings.terminal === true);
    const stderr = new CapturedSink(settings.terminal === true);
    const host: CliHost = {
      packageRoot: packageRoot(),
      launcher: settings.launcher ?? [process.execPath, '-e', ''],
      environment: { SPACEBOT_DIR: this.dir, ...settings.environment },
      stdin: Readable.from(settings.stdin === undefined ? [] : [settings.stdin]),
      stdout,
      stderr,
      clock: systemClock,
      loadApp: async () => settings.createApp ?? Promise.reject(new Error('this test has no daemon')),
      onSignal(name, listener) {
        const known = listeners.get(name) ?? new Set();
        listeners.set(name, known.add(listener));
        return () => known.delete(listener);
      },
      exitNow: (code) => void exits.push(code),
      ...(settings.report === undefined ? {} : { report: settings.report }),
    };
    const finished = runCli(args, '1.2.3', host).then((code) => ({ code, stdout: stdout.text, stderr: stderr.text }));
    return {
      finished,
      stdout: () => stdout.text,
      stderr: () => stderr.text,
      printed: (expected) => stdout.holds(expected),
      exits,
      raise(signal) {
        const called = [...(listeners.get(signal) ?? [])];
        for (const listener of called) listener();
        return called.length;
      },
    };
  }

  spacebot(...args: string[]): Promise<CliResult> {
    return this.run(args).finished;
  }

  /** Answers `METHOD /path` below `/api`; a value is sent as JSON with 200. */
  answer(route: string, answer: unknown): void {
    this.#routes.set(
      route,
      typeof answer === 'function' ? (request, response) => answer(request, response) : (_, response) => sendJson(response, 200, answer),
    );
  }

  /** Begins to listen on the socket of the folder, or on a free port whose address is returned. */
  async startDaemon(where: 'socket' | 'port' = 'socket'): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    const socket = join(this.dir, 'spacebot.sock');
    await new Promise<void>((resolve) => (where === 'socket' ? server.listen(socket, resolve) : server.listen(0, '127.0.0.1', resolve)));
    const address = server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : socket;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request);
    const path = decodeURIComponent((request.url ?? '').replace(/^\/api/u, ''));
    const method = request.method ?? 'GET';
    const received: DaemonRequest = { method, path, headers: request.headers, body: raw === '' ? undefined : JSON.parse(raw) };
    this.requests.push(received);
    const answer = this.#routes.get(`${method} ${path.replace(/\?.*$/u, '')}`);
    if (answer === undefined) sendError(response, 404, 'route_not_found', 'No such route.');
    else answer(received, response);
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server === undefined ? resolve(undefined) : this.#server.close(resolve)));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

class CapturedSink {
  readonly isTTY: boolean;
  readonly columns = 120;
  text = '';
  #waiting: (() => void)[] = [];

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(piece: string): void {
    this.text += piece;
    for (const check of this.#waiting) check();
  }

  holds(expected: string): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.text.includes(expected)) resolve();
      };
      this.#waiting.push(check);
      check();
    });
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

export function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error: { code, message, details: {}, request_id: 'r1' } });
}

/** Events of one turn in wire form; the caller ends the response. */
export function sendEvent(response: ServerResponse, type: string, data: unknown): void {
  if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const envelope = {
    id: 1,
    type,
    at: '2026-03-01T09:30:00.000Z',
    agent_id: 'main',
    conversation_id: 'portal:chat:main:cli',
    turn_id: 't1',
    data,
  };
  response.write(`id: 1\nevent: ${type}\ndata: ${JSON.stringify(envelope)}\n\n`);
}
