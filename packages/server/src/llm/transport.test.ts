import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { CancelledError } from '../core/errors.ts';
import { type CallTimeouts, createTransport } from './transport.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`);
}

const LONG: CallTimeouts = { connectMs: 5_000, firstByteMs: 5_000, idleMs: 5_000, totalMs: 5_000 };

async function read(
  url: URL,
  timeouts: Partial<CallTimeouts> = {},
  signal = new AbortController().signal,
  transport = newTransport(),
): Promise<string> {
  const target = { provider: 'p', model: 'm', secrets: [] };
  const answer = await transport.post({ url, headers: {}, body: '{}', timeouts: { ...LONG, ...timeouts }, target }, signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function newTransport() {
  const transport = createTransport(systemClock);
  closers.push(() => transport.close());
  return transport;
}

test('connections are used again', async () => {
  const sockets = new Set<unknown>();
  const url = await serve((request, response) => {
    sockets.add(request.socket);
    response.end('ok');
  });
  const transport = newTransport();
  for (let index = 0; index < 3; index += 1) expect(await read(url, {}, new AbortController().signal, transport)).toBe('ok');
  expect(sockets.size).toBe(1);
});

test('[LLM-11] silence before the first byte ends the call, headers alone do not count', async () => {
  const silent = await serve(() => {});
  await expect(read(silent, { firstByteMs: 30 })).rejects.toMatchObject({
    kind: 'timeout',
    details: { provider_type: 'first-byte timeout' },
  });
  const headersOnly = await serve((_request, response) => response.flushHeaders());
  await expect(read(headersOnly, { firstByteMs: 30 })).rejects.toMatchObject({
    kind: 'timeout',
    details: { provider_type: 'first-byte timeout' },
  });
});

test('[LLM-11] heartbeats keep a call alive, silence after them does not', async () => {
  const url = await serve((_request, response) => {
    let beats = 0;
    const timer = setInterval(() => {
      beats += 1;
      response.write(': beat\n');
      if (beats === 12) clearInterval(timer);
    }, 20);
    response.on('close', () => clearInterval(timer));
  });
  const started = Date.now();
  await expect(read(url, { idleMs: 100 })).rejects.toMatchObject({ kind: 'timeout', details: { provider_type: 'idle timeout' } });
  expect(Date.now() - started).toBeGreaterThan(240);
});

test('[LLM-11] a call that never ends is ended by its total time', async () => {
  const url = await serve((_request, response) => {
    const timer = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(timer));
  });
  await expect(read(url, { totalMs: 80 })).rejects.toMatchObject({ kind: 'timeout', details: { provider_type: 'total timeout' } });
});

test('[LLM-5] a refused connection is unreachable, a cut body truncated', async () => {
  await expect(read(new URL('http://127.0.0.1:1/'))).rejects.toMatchObject({
    kind: 'unreachable',
    details: { provider_text: 'ECONNREFUSED' },
  });
  const cut = await serve((_request, response) => {
    response.write('half', () => response.destroy());
  });
  await expect(read(cut)).rejects.toMatchObject({ kind: 'truncated' });
  const early = await serve((_request, response) => {
    response.destroy();
  });
  await expect(read(early)).rejects.toMatchObject({ kind: 'unreachable' });
});

test('an abort reaches the socket, before and during the answer', async () => {
  const stop = new AbortController();
  let closed = () => {};
  const wasClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const url = await serve((_request, response) => {
    response.on('close', closed);
    response.write('x', () => stop.abort());
  });
  await expect(read(url, {}, stop.signal)).rejects.toBeInstanceOf(CancelledError);
  await wasClosed;
  await expect(read(url, {}, stop.signal)).rejects.toBeInstanceOf(CancelledError);
});

test('[LLM-14] an answer without end in size is refused', async () => {
  const block = Buffer.alloc(1024 * 1024, 'x');
  const url = await serve((_request, response) => {
    const fill = () => {
      while (!response.destroyed && response.write(block));
    };
    response.on('drain', fill);
    fill();
  });
  await expect(read(url)).rejects.toMatchObject({ kind: 'bad_response' });
});
