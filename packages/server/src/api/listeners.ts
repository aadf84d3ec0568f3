/** The two doors: a TCP port and the instance's Unix socket, both before the same application. */

import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ConflictError, UnavailableError } from '../core/errors.ts';
import type { Connection } from './exchange.ts';

/** Told what goes wrong at an open door, for example when no more connections can be accepted. */
export type OnServerError = (error: Error) => void;
/** Answers one request on its connection; must not throw. */
export type Handle = (incoming: IncomingMessage, outgoing: ServerResponse, connection: Connection) => void;

/** Longer than the idle time that proxies and clients keep a connection for, so that they close first. */
const KEEP_ALIVE_MS = 75_000;
/** How often a closing server looks for connections that have become idle. */
const SWEEP_MS = 25;
/** `sun_path` without its closing zero. */
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

export function isSocketPathUsable(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH;
}

/** Throws ConflictError `port_in_use` when somebody else listens there, UnavailableError when the system refuses the address. */
export async function listenOnPort(
  handle: Handle,
  { port, bind }: { readonly port: number; readonly bind: string },
  onError: OnServerError,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = makeServer(handle, 'tcp');
  await listen(server, () => server.listen(port, bind), `${bind}:${port}`);
  server.on('error', onError);
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : port };
}

/** Replaces a socket that a crash left behind: whoever holds the instance's lock owns the path. Mode 0600. */
export async function listenOnSocket(handle: Handle, path: string, onError: OnServerError): Promise<Server> {
  rmSync(path, { force: true });
  const server = makeServer(handle, 'socket');
  await listen(server, () => server.listen(path), path);
  server.on('error', onError);
  chmodSync(path, 0o600);
  return server;
}

/** Takes no new connection, lets running answers finish for `graceMs`, then cuts what is left. */
export function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection whose answer ends only now would stay open for a next request that nobody takes any more.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function makeServer(handle: Handle, transport: Connection['transport']): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    const address = incoming.socket.remoteAddress ?? '';
    handle(incoming, outgoing, { transport, address, host: incoming.headers.host, incoming, outgoing });
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
