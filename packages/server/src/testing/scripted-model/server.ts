/** A model behind real HTTP that says what a script tells it, in both dialects, and remembers what it was asked. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AnswerStep, type ModelScript, type ModelStep, type SeenRequest, script } from './script.ts';
import { readRequest } from './seen-request.ts';
import { writeAnswer } from './wire.ts';

export interface ScriptedModel {
  /** Root URL without a path, for `base_url`. */
  readonly url: string;
  /** Every model request, in order of arrival. */
  readonly requests: readonly SeenRequest[];
  /** Connections opened so far. */
  readonly connections: () => number;
  use(next: ModelScript): void;
  /** Resolves once `count` requests have arrived. */
  waitForRequests(count: number): Promise<void>;
  close(): Promise<void>;
}

const PATHS: ReadonlySet<string> = new Set(['/v1/chat/completions', '/chat/completions', '/v1/messages']);

/** Listens on a free loopback port. */
export async function startScriptedModel(initial: ModelScript = script(), port = 0): Promise<ScriptedModel> {
  const requests: SeenRequest[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let current = initial;
  let connections = 0;
  const server = createServer((incoming, response) => {
    void serve(incoming, response, (seen) => {
      requests.push(seen);
      for (const waiter of waiting) if (requests.length >= waiter.count) waiter.resolve();
      return { step: current(seen, requests.length - 1), number: requests.length };
    }).catch(() => response.destroy());
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    connections: () => connections,
    use(next) {
      current = next;
    },
    waitForRequests: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the scripted model listens on a port');
  return address.port;
}

type Choose = (seen: SeenRequest) => { readonly step: ModelStep; readonly number: number };

async function serve(incoming: IncomingMessage, response: ServerResponse, choose: Choose): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const path = (incoming.url ?? '').split('?')[0] ?? '';
  if (incoming.method !== 'POST' || !PATHS.has(path)) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"no such path","type":"not_found"}}');
    return;
  }
  const body: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const seen = readRequest(path, incoming.headers, body);
  const { step, number } = choose(seen);
  switch (step.type) {
    case 'answer':
      return answer(response, step, seen, number);
    case 'raw':
      response.writeHead(step.status, step.headers).end(step.body);
      return;
    case 'silence':
      return;
    case 'hang-up':
      response.destroy();
      return;
  }
}

async function answer(response: ServerResponse, step: AnswerStep, seen: SeenRequest, number: number): Promise<void> {
  if (step.delayMs !== undefined) await pause(step.delayMs);
  const wire = writeAnswer(step, seen, number);
  if (step.asJson === true) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(wire.whole));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': `req_${number}` });
  response.flushHeaders();
  const limit = Math.min(step.cutAfter ?? wire.chunks.length, step.silentAfter ?? wire.chunks.length);
  const chunks = wire.chunks.slice(0, limit);
  if (step.chunkDelayMs === undefined) {
    if (chunks.length > 0) response.write(chunks.join(''));
  } else {
    for (const chunk of chunks) {
      await pause(step.chunkDelayMs);
      response.write(chunk);
    }
  }
  if (step.silentAfter !== undefined) return;
  if (step.cutAfter === undefined) response.end();
  else setImmediate(() => response.destroy());
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
