/** The two doors: a TCP port and the instance's Unix socket, both before the same application. */

import { chmodSync, rmSync } from 'node:fs';
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { ConflictError, UnavailableError } from '../core/errors.ts';
import type { Connection } from './exchange.ts';

/** Told what goes wrong at an open door, for example when no more connections can be accepted. */
export type OnServerError = (error: Error) => void;
export type Fetch = (request: Request, connection: Connection) => Response | Promise<Response>;

/** Longer than the idle time that proxies and clients keep a connection for, so that they close first. */
const KEEP_ALIVE_MS = 75_000;
/** `sun_path` without its closing zero. */
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

export function isSocketPathUsable(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH;
}

/** Throws ConflictError `port_in_use` when somebody else listens there, UnavailableError when the system refuses the address. */
export async function listenOnPort(
  fetch: Fetch,
  { port, bind }: { readonly port: number; readonly bind: string },
  onError: OnServerError,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = makeServer(fetch, 'tcp');
  await listen(server, () => server.listen(port, bind), `${bind}:${port}`);
  server.on('error', onError);
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : port };
}

/** Replaces a socket that a crash left behind: whoever holds the instance's lock owns the path. Mode 0600. */
export async function listenOnSocket(fetch: Fetch, path: string, onError: OnServerError): Promise<Server> {
  rmSync(path, { force: true });
  const server = makeServer(fetch, 'socket');
  await listen(server, () => server.listen(path), path);
  server.on('error', onError);
  chmodSync(path, 0o600);
  return server;
}

/** Takes no new connection, lets running answers finish for `graceMs`, then cuts what is left. */
export function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function makeServer(fetch: Fetch, transport: Connection['transport']): Server {
  const answer = getRequestListener((request, { incoming, outgoing }) => {
    if (!(incoming instanceof IncomingMessage) || !(outgoing instanceof ServerResponse)) throw new TypeError('only HTTP/1 is served');
    const address = incoming.socket.remoteAddress ?? '';
    return fetch(request, { transport, address, host: sentHost.get(incoming), incoming, outgoing });
  });
  const sentHost = new WeakMap<object, string>();
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    // The adapter answers a strange Host by itself and without our error body: it gets a plain one, the check gets the real one.
    if (incoming.headers.host !== undefined) sentHost.set(incoming, incoming.headers.host);
    incoming.headers.host = 'localhost';
    void answer(incoming, outgoing);
  });
}

function listen(server: Server, start: () => void, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(toListenError(error, where));
    server.once('error', refuse);
    server.once('listening', () => {
      server.off('error', refuse);
      resolve();
    });
    start();
  });
}

function toListenError(error: Error, where: string): Error {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ConflictError('port_in_use', `${where} is in use by another program; stop it or set another api.port.`, { cause: error });
  }
  return new UnavailableError('unavailable', `Cannot listen on ${where} (${String(code)}).`, { cause: error });
}

/** What a person opens: every address is reached by loopback. */
export function urlOf(bind: string, port: number): string {
  if (bind === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (bind === '::') return `http://[::1]:${port}`;
  return `http://${bind.includes(':') ? `[${bind}]` : bind}:${port}`;
}
