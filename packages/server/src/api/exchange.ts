/** One request with everything that is known about it, and what a handler answers. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { invalidRequest } from './invalid-request.ts';
import type { Principal } from './principal.ts';

/** What the listener knows about the caller. */
export interface Connection {
  /** `socket` = the instance's Unix socket, whose callers are trusted. */
  readonly transport: 'tcp' | 'socket';
  /** Address of the peer. */
  readonly address: string;
  /** As sent, `undefined` when missing. */
  readonly host: string | undefined;
  readonly incoming?: IncomingMessage;
  readonly outgoing?: ServerResponse;
}

export interface Exchange {
  readonly connection: Connection;
  readonly requestId: string;
  /** As sent; HEAD counts as GET everywhere but in the body. */
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  /** Without `?`. */
  readonly search: string;
  /** The caller's own address, behind trusted proxies too. */
  readonly clientAddress: string;
  readonly isHttps: boolean;
  /** Name in lower case. */
  header(name: string): string | undefined;
  /** As sent, so that a HEAD is known as one. */
  readonly sentMethod: string;
  /** The body where there is no connection to read it from: an answer made for a test. */
  readonly detachedBody: AsyncIterable<Uint8Array> | null;
  /** Headers of the answer, filled on the way; error answers carry them too. */
  readonly answerHeaders: Record<string, string>;
  /** Set by the authentication step. */
  principal: Principal | undefined;
  /** The path template of the route, for metrics. */
  template: string;
  /** SHA-256 over name, type and content of an uploaded file, once it has been read. */
  uploadFingerprint: string | undefined;
}

/** `body` is sent as JSON, `text` as it is; neither = no body. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string | Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The handler wrote to the raw response itself. */
export const ALREADY_SENT: unique symbol = Symbol('already sent');
export type HandlerResult = Answer | typeof ALREADY_SENT;

/** `"REVISION"` of an `If-Match` header without its quotes; `*` and none = whatever there is. Throws `invalid_request`. */
export function expectedRevision(exchange: Exchange): string | undefined {
  const header = exchange.header('if-match')?.trim();
  if (header === undefined || header === '*') return undefined;
  const revision = QUOTED.exec(header)?.[1];
  if (revision === undefined) throw invalidRequest([{ path: 'If-Match', message: 'expected one revision in double quotes' }]);
  return revision;
}

const QUOTED = /^"([^"]{1,256})"$/;

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(location: string, body: unknown): Answer {
  return { status: 201, body, headers: { Location: location } };
}

export const noContent: Answer = { status: 204 };

/** Aborts when the caller goes away before the answer is finished. */
export function disconnectSignal(exchange: Exchange): AbortSignal {
  const { outgoing } = exchange.connection;
  const controller = new AbortController();
  if (outgoing === undefined) return controller.signal;
  outgoing.once('close', () => controller.abort(new Error('the caller went away')));
  if (outgoing.destroyed) controller.abort(new Error('the caller went away'));
  return controller.signal;
}
