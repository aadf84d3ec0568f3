/** Builds every `LlmError` of a provider: kind from status and structured body, sentence from us, provider text scrubbed into `details`. */

import { CancelledError, isAppError, LlmError, type LlmErrorKind } from '../core/errors.ts';
import { scrubProviderText } from './scrub.ts';

/** Whom a failing call was for. */
export interface CallTarget {
  readonly provider: string;
  readonly model: string;
  /** Values that must never appear in an error, such as the key in use. */
  readonly secrets: readonly string[];
}

export interface ProviderFailure {
  readonly status?: number;
  readonly requestId?: string;
  /** Milliseconds. */
  readonly retryAfterMs?: number;
  /** The provider's own words and codes, for the log. */
  readonly text?: string;
  readonly type?: string;
  readonly cause?: unknown;
}

const SENTENCES: Record<LlmErrorKind, string> = {
  unauthorized: 'refused the key or has no credit left. Check the key and the account.',
  rate_limited: 'limits how often it may be asked. Try again in a moment.',
  overloaded: 'is overloaded or failing. Try again in a moment.',
  unreachable: 'could not be reached. Check the network and the base URL.',
  timeout: 'did not answer in time. Try again in a moment.',
  truncated: 'broke off in the middle of its answer.',
  bad_response: 'sent something that is not an answer. Check the base URL and the API type.',
  bad_request: 'refused the request as invalid.',
  content_filtered: 'refused to answer for reasons of content.',
  model_unavailable: 'does not offer this model. Choose another one.',
  context_overflow: 'says that the conversation is too long for this model.',
  setup_required: 'is not set up. Add its key first.',
};

export function providerError(kind: LlmErrorKind, target: CallTarget, failure: ProviderFailure = {}): LlmError {
  const text = failure.text ? scrubProviderText(failure.text, target.secrets) : '';
  return new LlmError(kind, `The model provider "${target.provider}" ${SENTENCES[kind]}`, {
    provider: target.provider,
    model: target.model,
    details: {
      ...(failure.type ? { provider_type: scrubProviderText(failure.type, target.secrets) } : {}),
      ...(text ? { provider_text: text } : {}),
      ...(failure.status === undefined ? {} : { status: failure.status }),
    },
    ...(failure.status === undefined ? {} : { status: failure.status }),
    ...(failure.requestId === undefined ? {} : { requestId: failure.requestId }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    ...(failure.cause === undefined ? {} : { cause: failure.cause }),
  });
}

/** What a status means when the body says nothing better. */
export function kindOfStatus(status: number): LlmErrorKind {
  if (status === 401 || status === 402 || status === 403) return 'unauthorized';
  if (status === 404) return 'model_unavailable';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 413) return 'context_overflow';
  if (status === 429) return 'rate_limited';
  if (status >= 500 || status === 409 || status === 425) return 'overloaded';
  return status >= 400 ? 'bad_request' : 'bad_response';
}

/** The error of an aborted call: the reason itself when it is one of ours. */
export function abortError(signal: AbortSignal): Error {
  return isAppError(signal.reason) ? signal.reason : new CancelledError(undefined, { cause: signal.reason });
}
