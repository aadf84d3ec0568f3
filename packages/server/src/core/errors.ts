/** Typed errors: what went wrong (`code`), what a person may read (`publicMessage`) and whether trying again can help (`retry`). */

import type { ErrorCode } from '@spacebot/protocol/errors';

/** `afterMs` is milliseconds from now. */
export type RetryRule = 'never' | 'later' | { readonly afterMs: number };

export interface ErrorOptions {
  readonly cause?: unknown;
  readonly retry?: RetryRule;
  /** Extra facts for machines; must hold neither credentials nor paths outside the instance directory. */
  readonly details?: Record<string, unknown>;
}

/** The one error hierarchy. `publicMessage` is safe to show: no credential, provider body or foreign path. */
export abstract class AppError extends Error {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly retry: RetryRule;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, publicMessage: string, options: ErrorOptions = {}) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.publicMessage = publicMessage;
    this.retry = options.retry ?? 'never';
    this.details = options.details ?? {};
  }
}

export class InputError extends AppError {}
export class AuthError extends AppError {}
export class PolicyError extends AppError {}
export class NotFoundError extends AppError {}
export class ConflictError extends AppError {}
export class ConfigError extends AppError {}
export class ToolError extends AppError {}
export class StorageError extends AppError {}
export class UnavailableError extends AppError {}

/** Someone asked for the work to stop; never shown as a failure. */
export class CancelledError extends AppError {
  constructor(publicMessage = 'The work was cancelled.', options: ErrorOptions = {}) {
    super('turn_cancelled', publicMessage, options);
  }
}

/** What a provider did, decided once at the transport edge from status and structured body. */
export type LlmErrorKind =
  | 'unauthorized'
  | 'rate_limited'
  | 'overloaded'
  | 'unreachable'
  | 'timeout'
  | 'truncated'
  | 'bad_response'
  | 'bad_request'
  | 'content_filtered'
  | 'model_unavailable'
  | 'context_overflow'
  | 'setup_required';

const LLM_CODES: Record<LlmErrorKind, ErrorCode> = {
  unauthorized: 'provider_unauthorized',
  rate_limited: 'provider_rate_limited',
  overloaded: 'provider_overloaded',
  unreachable: 'provider_unreachable',
  timeout: 'provider_timeout',
  truncated: 'provider_bad_response',
  bad_response: 'provider_bad_response',
  bad_request: 'provider_bad_response',
  content_filtered: 'provider_content_filtered',
  model_unavailable: 'model_unavailable',
  context_overflow: 'context_overflow',
  setup_required: 'setup_required',
};

const RETRIABLE_LLM_KINDS: ReadonlySet<LlmErrorKind> = new Set(['rate_limited', 'overloaded', 'unreachable', 'timeout', 'truncated']);

export interface LlmErrorOptions extends ErrorOptions {
  readonly provider: string;
  readonly model: string;
  readonly status?: number;
  readonly requestId?: string;
  /** Milliseconds from a `Retry-After` header. */
  readonly retryAfterMs?: number;
}

export class LlmError extends AppError {
  readonly kind: LlmErrorKind;
  readonly provider: string;
  readonly model: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: LlmErrorKind, publicMessage: string, options: LlmErrorOptions) {
    const later = options.retryAfterMs === undefined ? 'later' : { afterMs: options.retryAfterMs };
    super(LLM_CODES[kind], publicMessage, { ...options, retry: RETRIABLE_LLM_KINDS.has(kind) ? later : 'never' });
    this.kind = kind;
    this.provider = options.provider;
    this.model = options.model;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** How a send failed, in the adapter's words; the delivery engine decides by kind alone. */
export type DeliveryErrorKind = 'transient' | 'rate_limited' | 'permanent' | 'ambiguous' | 'unauthorized';

export class DeliveryError extends AppError {
  readonly kind: DeliveryErrorKind;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: DeliveryErrorKind,
    code: ErrorCode,
    publicMessage: string,
    options: ErrorOptions & { readonly retryAfterMs?: number } = {},
  ) {
    super(code, publicMessage, { ...options, retry: kind === 'permanent' ? 'never' : 'later' });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}
