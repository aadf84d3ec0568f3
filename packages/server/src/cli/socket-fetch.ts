/** `fetch` over a Unix socket, as Node's own cannot. */

import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Longest path that the system takes for a socket, in bytes without the closing zero. */
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

export function isSocketPathUsable(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH;
}

/** Sends text bodies only. Rejects with Node's error (`ENOENT`, `ECONNREFUSED`) when nobody listens, and with the signal's reason. */
export function createSocketFetch(socketPath: string): Fetch {
  return (url, init = {}) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(url);
      const call = request({
        socketPath,
        path: pathname + search,
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        agent: false,
      });
      const stop = () => call.destroy(toError(init.signal?.reason));
      if (init.signal?.aborted === true) stop();
      init.signal?.addEventListener('abort', stop, { once: true });
      call.once('close', () => init.signal?.removeEventListener('abort', stop));
      call.once('error', reject);
      call.once('response', (message) => resolve(toResponse(message)));
      call.end(typeof init.body === 'string' ? init.body : undefined);
    });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The request was aborted.');
}

function toResponse(message: IncomingMessage): Response {
  const status = message.statusCode ?? 500;
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) for (const value of values ?? []) headers.append(name, value);
  const hasBody = status !== 204 && status !== 304;
  if (!hasBody) message.resume();
  return new Response(hasBody ? bodyOf(message) : null, { status, headers });
}

/** The stream of bytes as the web's type; Node's typing of the same object differs in nothing that matters here. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = Readable.toWeb(message).getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => chunks.cancel(reason),
  });
}
