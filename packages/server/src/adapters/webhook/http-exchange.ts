/** One HTTP request and its answer in the house form: headers on everything, JSON in and out, typed errors. */

import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorBody, statusOf } from '@spacebot/protocol/errors';
import { AppError, AuthError, InputError, UnavailableError } from '../../core/errors.ts';

const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** How much of a body that is too large is read to its end, so that the sender hears why. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024;
/** Answers that ask to come back, and after how long when nothing better is known. */
const RETRIABLE_STATUS: ReadonlySet<number> = new Set([429, 503]);
const DEFAULT_RETRY_MS = 5_000;
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Echoes the caller's own id when it is well formed. */
export function requestIdOf(request: IncomingMessage, make: () => string): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : make();
}

export function sendJson(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

/** Anything that is no `AppError` is our own fault and says nothing about itself. */
export function sendError(response: ServerResponse, error: unknown, requestId: string, headers: Record<string, string>): void {
  const known = error instanceof AppError ? error : new UnavailableError('internal', 'Something went wrong on our side.');
  const body: ErrorBody = { error: { code: known.code, message: known.publicMessage, details: detailsOf(known), request_id: requestId } };
  sendJson(response, statusOf(known.code), JSON.stringify(body), { 'X-Request-Id': requestId, ...errorHeaders(known), ...headers });
}

function detailsOf(error: AppError): Record<string, unknown> {
  return error instanceof InputError || error.code === 'idempotency_conflict' ? error.details : {};
}

function errorHeaders(error: AppError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error instanceof AuthError) headers['WWW-Authenticate'] = 'Bearer';
  const delayMs = typeof error.retry === 'object' ? error.retry.afterMs : DEFAULT_RETRY_MS;
  if (RETRIABLE_STATUS.has(statusOf(error.code))) headers['Retry-After'] = String(Math.max(1, Math.ceil(delayMs / 1000)));
  if (error.code === 'method_not_allowed') headers.Allow = String(error.details.allow);
  return headers;
}

/** Throws `payload_too_large` past 10 MiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (size > MAX_DRAINED_BYTES) break;
  }
  if (size > MAX_BODY_BYTES) throw new InputError('payload_too_large', 'The body is larger than 10 MiB.');
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** An empty body counts as `{}`. Throws `unsupported_media_type` and `invalid_json`. */
export function parseJson(request: IncomingMessage, body: Buffer): unknown {
  if (body.length === 0) return {};
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new InputError('unsupported_media_type', 'The body must be application/json.');
  if (!isUtf8(body)) throw new InputError('invalid_json', 'The body is not valid UTF-8.');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new InputError('invalid_json', 'The body is not valid JSON.', { cause: error });
  }
}

export interface FieldIssue {
  readonly path: string;
  readonly message: string;
}

export function invalidRequest(issues: readonly FieldIssue[]): InputError {
  const [first] = issues;
  return new InputError('invalid_request', first ? `${first.path || 'body'}: ${first.message}` : 'The request is not valid.', {
    details: { issues },
  });
}
