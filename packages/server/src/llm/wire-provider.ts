/** One call over HTTP in some dialect: encode, send, tell a stream from a JSON body, decode, and type every failure. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { LlmError, type LlmErrorKind } from '../core/errors.ts';
import type { LlmEvent, LlmProvider, LlmRequest } from '../core/llm.ts';
import { parseJson, toObject } from './json-value.ts';
import { type CallTarget, kindOfStatus, providerError } from './provider-error.ts';
import { ResponseBuilder } from './response-builder.ts';
import { type SseEvent, SseParser } from './sse-parser.ts';
import type { CallTimeouts, HttpAnswer, Transport } from './transport.ts';

/** A structured error of a provider, as its dialect reads it. */
export interface DialectError {
  /** `null`: its codes say nothing we know, so the status decides, or `overloaded` inside a stream. */
  readonly kind: LlmErrorKind | null;
  readonly type: string;
  readonly text: string;
}

export interface StreamDecoder {
  /** One server-sent event; throws `LlmError`. */
  push(event: SseEvent): void;
  /** The whole answer as one JSON body; throws `LlmError`. */
  whole(body: unknown): void;
  /** True once the answer is complete, so that whatever happens to the connection no longer matters. */
  readonly isComplete: boolean;
  /** True once the terminal event itself was read: nothing more will come. */
  readonly isTerminated: boolean;
  /** The connection ended; tells the builder to finish, or throws `LlmError('truncated')`. */
  end(): void;
}

export interface WireDialect {
  encode(request: LlmRequest): string;
  createDecoder(builder: ResponseBuilder, target: CallTarget): StreamDecoder;
  /** `null` when the body is not an error of this dialect. */
  readError(body: unknown): DialectError | null;
}

export interface WireEndpoint {
  readonly id: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly timeouts: CallTimeouts;
}

const MAX_ERROR_BYTES = 64 * 1024;
/** How long a connection may take to end after the last event; a tidy end keeps it for the next call. */
const TIDY_END_MS = 250;
/** How long the tail of a complete answer (its usage, its terminal event) may take: some servers never send it and keep the connection open. */
const TAIL_MS = 5_000;

export function createWireProvider(endpoint: WireEndpoint, dialect: WireDialect, transport: Transport, clock: Clock): LlmProvider {
  return {
    id: endpoint.id,
    async *stream(request, signal) {
      const target: CallTarget = { provider: endpoint.id, model: request.model, secrets: endpoint.secrets };
      const call = { url: endpoint.url, headers: endpoint.headers, body: dialect.encode(request), timeouts: endpoint.timeouts, target };
      const answer = await transport.post(call, signal);
      if (answer.status < 200 || answer.status > 299) throw await readFailure(answer, dialect, target, clock);
      yield* readAnswer(answer, request, dialect, target);
    },
  };
}

async function* readAnswer(answer: HttpAnswer, request: LlmRequest, dialect: WireDialect, target: CallTarget): AsyncGenerator<LlmEvent> {
  const out: LlmEvent[] = [];
  const builder = new ResponseBuilder(target.provider, request, out);
  builder.requestId = requestIdOf(answer.headers);
  const reader = new AnswerReader(dialect.createDecoder(builder, target), target);
  try {
    for await (const chunk of answer.body) {
      if (reader.isTerminated) continue;
      reader.push(chunk);
      if (out.length > 0) yield* drain(out);
      if (reader.isComplete) answer.endWithin(reader.isTerminated ? TIDY_END_MS : TAIL_MS);
    }
  } catch (error) {
    if (!reader.isComplete || !(error instanceof LlmError)) throw withRequestId(error, builder.requestId, target);
  }
  try {
    reader.end();
  } catch (error) {
    throw withRequestId(error, builder.requestId, target);
  }
  yield* drain(out);
}

function* drain(out: LlmEvent[]): Generator<LlmEvent> {
  for (const event of out) yield event;
  out.length = 0;
}

/** Feeds a body to the decoder: server-sent events, or one JSON value when the first byte says so, whatever the content type claims. */
class AnswerReader {
  readonly #decoder: StreamDecoder;
  readonly #target: CallTarget;
  readonly #parser = new SseParser();
  readonly #events: SseEvent[] = [];
  #form: 'unknown' | 'events' | 'json' = 'unknown';
  readonly #json: Uint8Array[] = [];
  #sawEvent = false;

  constructor(decoder: StreamDecoder, target: CallTarget) {
    this.#decoder = decoder;
    this.#target = target;
  }

  get isComplete(): boolean {
    return this.#decoder.isComplete;
  }

  get isTerminated(): boolean {
    return this.#decoder.isTerminated;
  }

  push(chunk: Uint8Array): void {
    if (this.#form === 'unknown') this.#form = formOf(chunk);
    if (this.#form === 'json') {
      this.#json.push(chunk);
    } else {
      this.#parser.push(chunk, this.#events);
      this.#decode();
    }
  }

  end(): void {
    if (this.#form === 'json') {
      const body = parseJson(Buffer.concat(this.#json).toString('utf8'));
      if (body === undefined) throw providerError('truncated', this.#target, { text: 'the JSON body broke off' });
      this.#decoder.whole(body);
    } else {
      this.#parser.end(this.#events);
      this.#decodeTail();
      if (!this.#sawEvent && this.#form === 'events') {
        throw providerError('bad_response', this.#target, { text: 'the body holds neither events nor JSON' });
      }
    }
    this.#decoder.end();
  }

  /** An event that the end of the stream cut in half is a truncation, not nonsense. */
  #decodeTail(): void {
    try {
      this.#decode();
    } catch (error) {
      if (error instanceof LlmError && error.kind === 'bad_response') throw providerError('truncated', this.#target, { cause: error });
      throw error;
    }
  }

  #decode(): void {
    for (const event of this.#events) {
      this.#sawEvent = true;
      if (!this.#decoder.isTerminated) this.#decoder.push(event);
    }
    this.#events.length = 0;
  }
}

function formOf(chunk: Uint8Array): 'unknown' | 'events' | 'json' {
  for (const byte of chunk) {
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) continue;
    return byte === 0x7b || byte === 0x5b ? 'json' : 'events';
  }
  return 'unknown';
}

async function readFailure(answer: HttpAnswer, dialect: WireDialect, target: CallTarget, clock: Clock): Promise<LlmError> {
  const text = await readText(answer);
  const body = parseJson(text);
  const known = dialect.readError(body);
  const requestId = requestIdOf(answer.headers);
  const retryAfterMs = retryAfterOf(answer.headers, clock.now());
  return providerError(known?.kind ?? kindOfStatus(answer.status), target, {
    status: answer.status,
    type: known?.type ?? '',
    text: known?.text || (body === undefined ? text.slice(0, 200) : ''),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The status already says what happened, so a body that breaks off or is too long is used as far as it came. */
async function readText(answer: HttpAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ERROR_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['request-id'] ?? headers['x-request-id'];
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;
}

/** Milliseconds from now; a header that cannot be read is no header. */
function retryAfterOf(headers: IncomingHttpHeaders, now: number): number | undefined {
  const fine = Number(headers['retry-after-ms']);
  if (Number.isFinite(fine) && fine > 0) return Math.ceil(fine);
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function withRequestId(error: unknown, requestId: string | undefined, target: CallTarget): unknown {
  if (!(error instanceof LlmError) || error.requestId !== undefined || requestId === undefined) return error;
  return new LlmError(error.kind, error.publicMessage, {
    provider: target.provider,
    model: target.model,
    requestId,
    details: error.details,
    cause: error.cause,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}

/** The `error` member that both dialects put into bodies and streams. */
export function errorMember(body: unknown): { readonly type: string; readonly code: unknown; readonly text: string } | null {
  const holder = toObject(body);
  const error = holder.error;
  if (typeof error === 'string') return { type: '', code: undefined, text: error };
  if (typeof error !== 'object' || error === null) return null;
  const { type, code, message } = toObject(error);
  return { type: typeof type === 'string' ? type : '', code, text: typeof message === 'string' ? message : '' };
}
