import { expect, test } from 'vitest';
import type { LlmErrorKind } from '../core/errors.ts';
import { providerError } from './provider-error.ts';
import { decideNextStep } from './retry-policy.ts';

const decide = (kind: LlmErrorKind, options: { attempts?: number; retryAfterMs?: number; hasFallback?: boolean; random?: number } = {}) => {
  const { attempts = 1, retryAfterMs, hasFallback = false, random = 1 } = options;
  const error = providerError(kind, { provider: 'p', model: 'm', secrets: [] }, retryAfterMs === undefined ? {} : { retryAfterMs });
  return decideNextStep({ error, attempts, maxAttempts: 3, hasFallback, cooldownMs: 60_000 }, () => random);
};

test.each(['rate_limited', 'overloaded', 'timeout', 'unreachable', 'truncated'] as const)('[LLM-6] %s is tried again', (kind) => {
  expect(decide(kind).type).toBe('retry');
});

test.each([
  'unauthorized',
  'bad_request',
  'content_filtered',
  'context_overflow',
  'setup_required',
] as const)('[LLM-6] %s is final', (kind) => {
  expect(decide(kind, { hasFallback: true }).type).toBe('fail');
});

test.each(['bad_response', 'model_unavailable'] as const)('[LLM-28] %s goes to another model or ends', (kind) => {
  expect(decide(kind, { hasFallback: true })).toEqual({ type: 'fallback', cooldownMs: null });
  expect(decide(kind)).toEqual({ type: 'fail' });
});

test('[LLM-7] three attempts with exponential delay and full jitter', () => {
  expect(decide('overloaded', { attempts: 1 })).toEqual({ type: 'retry', delayMs: 500 });
  expect(decide('overloaded', { attempts: 2 })).toEqual({ type: 'retry', delayMs: 1000 });
  expect(decide('overloaded', { attempts: 2, random: 0 })).toEqual({ type: 'retry', delayMs: 0 });
  expect(decide('overloaded', { attempts: 3 })).toEqual({ type: 'fail' });
});

test('[LLM-7] no retry comes before a Retry-After', () => {
  expect(decide('rate_limited', { retryAfterMs: 4_000, random: 0 })).toEqual({ type: 'retry', delayMs: 4_000 });
  expect(decide('rate_limited', { retryAfterMs: 4_000, hasFallback: true, random: 0 })).toEqual({ type: 'retry', delayMs: 4_000 });
  expect(decide('overloaded', { retryAfterMs: 100_000, random: 0 })).toEqual({ type: 'retry', delayMs: 100_000 });
  expect(decide('rate_limited', { retryAfterMs: 120_001 })).toEqual({ type: 'fail' });
});

test('[LLM-7, LLM-8] a longer one goes to the fallback at once, and the model rests at least its cooldown', () => {
  expect(decide('rate_limited', { retryAfterMs: 5_001, hasFallback: true })).toEqual({ type: 'fallback', cooldownMs: 60_000 });
  expect(decide('rate_limited', { retryAfterMs: 90_000, hasFallback: true })).toEqual({ type: 'fallback', cooldownMs: 90_000 });
  expect(decide('rate_limited', { attempts: 3, hasFallback: true })).toEqual({ type: 'fallback', cooldownMs: 60_000 });
  expect(decide('timeout', { attempts: 3, hasFallback: true })).toEqual({ type: 'fallback', cooldownMs: null });
});
