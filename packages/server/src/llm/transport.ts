/** HTTP for model calls over node:http with keep-alive: cheaper than fetch, with a timeout for each stage and an abort that reaches the socket. */

import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Clock } from '../core/clock.ts';
import { LlmError, type LlmErrorKind } from '../core/errors.ts';
import { abortError, type CallTarget, providerError } from './provider-error.ts';

/** Milliseconds. */
export interface CallTimeouts {
  readonly connectMs: number;
  /** From the request to the first byte of the response body. */
  readonly firstByteMs: number;
  /** Between two pieces of the body; any byte counts as life, a heartbeat too. */
  readonly idleMs: number;
  readonly totalMs: number;
}

export interface HttpCall {
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  /** Sent as POST, JSON. */
  readonly body: string;
  readonly timeouts: CallTimeouts;
  readonly target: CallTarget;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Throws `LlmError` of kind timeout, truncated or bad_response; ending the iteration early closes the socket. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the body this many milliseconds more to end, so that its connection can be used again. */
  endWithin(milliseconds: number): void;
}

export interface Transport {
  /** Throws `LlmError` of kind unreachable or timeout, or the signal's reason. */
  post(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer>;
  /** Closes idle connections; calls in flight end by their signals. */
  close(): void;
}

/** A provider that sends more than this in one answer is broken. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
const IDLE_SOCKET_MS = 30_000;

export function createTransport(clock: Clock): Transport {
  const options = { keepAlive: true, timeout: IDLE_SOCKET_MS, maxFreeSockets: 64 };
  const plain = new http.Agent(options);
  const secure = new https.Agent(options);
  return {
    post: (call, signal) => post(call, call.url.protocol === 'https:' ? secure : plain, clock, signal),
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function post(call: HttpCall, agent: http.Agent, clock: Clock, signal: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortError(signal));
      return;
    }
    const client = agent instanceof https.Agent ? https : http;
    const body = Buffer.from(call.body, 'utf8');
    const headers = { ...call.headers, 'content-length': body.byteLength };
    let request: ClientRequest;
    try {
      request = client.request(call.url, { method: 'POST', agent, headers });
    } catch (error) {
      reject(providerError('bad_request', call.target, { cause: error }));
      return;
    }
    const guard = new CallGuard(request, call, clock, signal);
    request.on('response', (message) => resolve(createAnswer(message, guard, call.target)));
    request.on('error', (error) => {
      guard.release();
      reject(guard.explain(error, 'unreachable'));
    });
    request.end(body);
  });
}

function createAnswer(message: IncomingMessage, guard: CallGuard, target: CallTarget): HttpAnswer {
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    body: readBody(message, guard, target),
    endWithin: (milliseconds) => guard.endWithin(milliseconds),
  };
}

async function* readBody(message: IncomingMessage, guard: CallGuard, target: CallTarget): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      guard.touch();
      received += chunk.length;
      if (received > MAX_RESPONSE_BYTES) throw providerError('bad_response', target, { text: 'the answer is larger than 32 MiB' });
      yield chunk;
    }
  } catch (error) {
    throw error instanceof LlmError ? error : guard.explain(error, 'truncated');
  } finally {
    guard.release();
  }
}

type Stage = 'connect' | 'first-byte' | 'idle';

/** Watches one call. A single timer looks at the nearest deadline and goes back to sleep, so that a chunk costs one assignment and no timer. */
class CallGuard {
  readonly #request: ClientRequest;
  readonly #call: HttpCall;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  #stage: Stage = 'connect';
  #stageDeadline: number;
  #totalDeadline: number;
  #cancelTimer: () => void = () => {};
  #failure: Error | null = null;
  #released = false;

  constructor(request: ClientRequest, call: HttpCall, clock: Clock, signal: AbortSignal) {
    this.#request = request;
    this.#call = call;
    this.#clock = clock;
    this.#signal = signal;
    const now = clock.now();
    this.#totalDeadline = now + call.timeouts.totalMs;
    this.#stageDeadline = now + call.timeouts.connectMs;
    this.#onAbort = () => this.#fail(abortError(signal));
    signal.addEventListener('abort', this.#onAbort, { once: true });
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once(call.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => this.#connected());
      else this.#connected();
    });
    this.#watch();
  }

  #connected(): void {
    if (this.#stage !== 'connect') return;
    this.#stage = 'first-byte';
    this.#stageDeadline = this.#clock.now() + this.#call.timeouts.firstByteMs;
    this.#watch();
  }

  touch(): void {
    this.#stageDeadline = this.#clock.now() + this.#call.timeouts.idleMs;
    if (this.#stage === 'idle') return;
    this.#stage = 'idle';
    this.#watch();
  }

  endWithin(milliseconds: number): void {
    this.#totalDeadline = Math.min(this.#totalDeadline, this.#clock.now() + milliseconds);
    this.#watch();
  }

  release(): void {
    this.#released = true;
    this.#cancelTimer();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  /** What to throw for a socket error: our own reason for closing it comes first. */
  explain(error: unknown, kind: LlmErrorKind): Error {
    return this.#failure ?? providerError(kind, this.#call.target, { cause: error, text: codeOf(error) });
  }

  #watch(): void {
    if (this.#released) return;
    this.#cancelTimer();
    const deadline = Math.min(this.#stageDeadline, this.#totalDeadline);
    this.#cancelTimer = this.#clock.schedule(deadline - this.#clock.now(), () => this.#check());
  }

  #check(): void {
    const now = this.#clock.now();
    if (now < this.#stageDeadline && now < this.#totalDeadline) {
      this.#watch();
    } else {
      const stage = now >= this.#totalDeadline ? 'total' : this.#stage;
      this.#fail(providerError(stage === 'connect' ? 'unreachable' : 'timeout', this.#call.target, { type: `${stage} timeout` }));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.release();
    this.#request.destroy(this.#failure);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
