/** From an answer to the response on the wire. */

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ALREADY_SENT, type Answer, type Exchange, type HandlerResult } from './exchange.ts';

/** The headers of every response. */
export function baseHeaders(exchange: Exchange): Record<string, string> {
  return {
    'X-Request-Id': exchange.requestId,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...exchange.answerHeaders,
  };
}

export interface RenderedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: NonNullable<Answer['text']> | null;
}

/** Status, headers and payload of an answer; the same for a connection and for a test. */
export function renderAnswer(exchange: Exchange, result: Answer): RenderedAnswer {
  const headers = { ...baseHeaders(exchange), ...result.headers };
  const { status } = result;
  // What was refused for its size is not read to its end.
  if (status === 413) headers.Connection = 'close';
  if (result.text !== undefined) return { status, headers, payload: result.text };
  if (result.body === undefined) return { status, headers, payload: null };
  headers['Content-Type'] = 'application/json';
  const revision = revisionOf(result);
  if (revision !== undefined) headers.ETag ??= `"${revision}"`;
  return { status, headers, payload: JSON.stringify(result.body) };
}

/** Sends what the handler has not sent itself. A stream that breaks off cuts the connection, so that nobody takes a part for the whole. */
export async function sendAnswer(outgoing: ServerResponse, exchange: Exchange, result: HandlerResult): Promise<void> {
  if (result === ALREADY_SENT) return;
  const { status, headers, payload } = renderAnswer(exchange, result);
  if (isStream(payload)) {
    outgoing.writeHead(status, headers);
    if (exchange.sentMethod === 'HEAD') outgoing.end();
    else await pipeline(Readable.from(payload), outgoing).catch(() => outgoing.destroy());
    return;
  }
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
  outgoing.writeHead(status, bytes === null ? headers : { ...headers, 'Content-Length': String(bytes.byteLength) });
  outgoing.end(bytes === null || exchange.sentMethod === 'HEAD' ? undefined : bytes);
}

function isStream(payload: RenderedAnswer['payload']): payload is AsyncIterable<Uint8Array> {
  return typeof payload === 'object' && payload !== null && Symbol.asyncIterator in payload;
}

/** What `If-Match` will be compared with. */
function revisionOf({ body, status }: Answer): string | undefined {
  if (status >= 300 || typeof body !== 'object' || body === null || !('revision' in body)) return undefined;
  return String(body.revision);
}
