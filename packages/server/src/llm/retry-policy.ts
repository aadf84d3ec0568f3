/** The one rule for what follows a failed model call: try again, go to the next model, or give up (LLM-6..8). Pure, so that its test is a table. */

import type { LlmError, LlmErrorKind } from '../core/errors.ts';

export interface FailedCall {
  readonly error: LlmError;
  /** Attempts made on this model, from 1. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly hasFallback: boolean;
  /** Milliseconds; the shortest rest of a model that was rate limited. */
  readonly cooldownMs: number;
}

export type NextStep =
  | { readonly type: 'retry'; readonly delayMs: number }
  /** `cooldownMs` is set when the model shall rest. */
  | { readonly type: 'fallback'; readonly cooldownMs: number | null }
  | { readonly type: 'fail' };

/** A longer Retry-After makes the fallback answer at once. */
const PATIENCE_MS = 5_000;
/** Without a fallback a Retry-After up to this is waited for. */
const LONGEST_WAIT_MS = 120_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;

const RETRIED: ReadonlySet<LlmErrorKind> = new Set(['rate_limited', 'overloaded', 'unreachable', 'timeout', 'truncated']);
/** Nothing to repeat, but another model may well answer. */
const FALLBACK_ONLY: ReadonlySet<LlmErrorKind> = new Set(['bad_response', 'model_unavailable']);

export function decideNextStep(call: FailedCall, random: () => number): NextStep {
  const { error, hasFallback } = call;
  if (!RETRIED.has(error.kind))
    return hasFallback && FALLBACK_ONLY.has(error.kind) ? { type: 'fallback', cooldownMs: null } : { type: 'fail' };
  const wait = error.retryAfterMs ?? 0;
  const isExhausted = call.attempts >= call.maxAttempts;
  if (hasFallback && (isExhausted || wait > PATIENCE_MS)) return { type: 'fallback', cooldownMs: restOf(call, wait) };
  if (isExhausted || wait > LONGEST_WAIT_MS) return { type: 'fail' };
  return { type: 'retry', delayMs: wait + jitter(call.attempts, random) };
}

function restOf({ error, cooldownMs }: FailedCall, wait: number): number | null {
  return error.kind === 'rate_limited' || wait > PATIENCE_MS ? Math.max(wait, cooldownMs) : null;
}

/** Full jitter: anywhere between nothing and the exponential bound, so that callers that failed together do not come back together. */
function jitter(attempts: number, random: () => number): number {
  return Math.floor(random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - 1)));
}
