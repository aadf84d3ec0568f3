/** From an answer to the response on the wire. */

import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
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

export function toResponse(exchange: Exchange, result: HandlerResult): Response {
  if (result === ALREADY_SENT) return RESPONSE_ALREADY_SENT;
  const headers = { ...baseHeaders(exchange), ...result.headers };
  const { status } = result;
  // What was refused for its size is not read to its end.
  if (status === 413) headers.Connection = 'close';
  if (result.text !== undefined) return new Response(result.text, { status, headers });
  if (result.body === undefined) return new Response(null, { status, headers });
  headers['Content-Type'] = 'application/json';
  const revision = revisionOf(result);
  if (revision !== undefined) headers.ETag ??= `"${revision}"`;
  return new Response(JSON.stringify(result.body), { status, headers });
}

/** What `If-Match` will be compared with. */
function revisionOf({ body, status }: Answer): string | undefined {
  if (status >= 300 || typeof body !== 'object' || body === null || !('revision' in body)) return undefined;
  return String(body.revision);
}
