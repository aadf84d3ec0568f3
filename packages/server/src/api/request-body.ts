/** Reads a request body within its limit, straight from the connection where there is one. */

import { InputError } from '../core/errors.ts';
import type { Exchange } from './exchange.ts';

export const MAX_BODY_BYTES = 10 * 1024 * 1024;
export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

function payloadTooLarge(limit: number): InputError {
  return new InputError('payload_too_large', `The body is larger than ${limit / 1024 / 1024} MiB.`, { details: { limit_bytes: limit } });
}

/** Refuses by the declared length, before anything is read. */
export function checkDeclaredSize(exchange: Exchange, limit: number): void {
  const declared = Number(exchange.header('content-length') ?? 0);
  if (declared > limit) throw payloadTooLarge(limit);
}

/** Whether the caller sends a body at all. */
export function hasBody(exchange: Exchange): boolean {
  if (exchange.header('transfer-encoding') !== undefined) return true;
  const length = exchange.header('content-length');
  if (length !== undefined) return Number(length) > 0;
  return exchange.detachedBody !== null;
}

/** The media type without parameters, lower case; empty when there is none. */
function mediaType(exchange: Exchange): string {
  const header = exchange.header('content-type') ?? '';
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** The bytes as they come. Throws `payload_too_large` once they pass the limit. */
export async function* readChunks(exchange: Exchange, limit: number): AsyncGenerator<Uint8Array> {
  const { incoming } = exchange.connection;
  // Leaving the loop early must not destroy the connection: the refusal still has to go out on it.
  const source: AsyncIterable<Uint8Array> | null = incoming?.iterator({ destroyOnReturn: false }) ?? exchange.detachedBody;
  if (source === null) return;
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    if (size > limit) throw payloadTooLarge(limit);
    yield chunk;
  }
}

export async function readText(exchange: Exchange, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readChunks(exchange, limit)) chunks.push(chunk);
  const [first] = chunks;
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** An empty text counts as `{}`. Throws `invalid_json`. */
export function parseJson(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError('invalid_json', 'The body is not valid JSON.', { cause });
  }
}

/** Throws `unsupported_media_type`. */
export function requireMediaType(exchange: Exchange, expected: string): void {
  if (mediaType(exchange) === expected) return;
  throw new InputError('unsupported_media_type', `Send the body as ${expected}.`, { details: { expected } });
}
